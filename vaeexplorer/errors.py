"""The one base of errors that are written for people."""

from collections.abc import Iterator
from contextlib import contextmanager

_PACKAGES = {"PIL": "pillow", "sklearn": "scikit-learn", "umap": "umap-learn", "yaml": "pyyaml"}
"""what is installed under another name than it is imported by"""


class UserError(ValueError):
    """Bad input, or a file that cannot be read or written; the message is one sentence.

    Pages show it and the command line prints it, with exit code 2. Any other error is a mistake of ours and is shown as
    one. Each part of the package has a class of its own; this one is raised where none fits.
    """


@contextmanager
def installed() -> Iterator[None]:
    """A library that is not there becomes a sentence that says what to install.

    Raises:
        UserError: an import inside finds no such library.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if not library or library == __package__:
            raise
        package = _PACKAGES.get(library, library)
        raise UserError(f"This needs {package}, which is not installed: pip install {package}.") from None
