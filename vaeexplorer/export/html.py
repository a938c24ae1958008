"""HTML pages from templates of this folder, by Jinja, which escapes every value; and their files."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from vaeexplorer.errors import UserError
from vaeexplorer.files import user_path, whole_file, why

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
)

PAGE_STYLE = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
"""of the pages that `page.html` is the frame of"""


class ExportError(UserError):
    """A page that cannot be made or written; the message is one sentence."""


def render(template: str, **values: Any) -> str:
    """A page; values are text and are escaped, other than those that the template marks as safe."""
    return _environment.get_template(template).render(values)


def write(path: Path, text: str) -> None:
    """Write a page, whole or not at all.

    Raises:
        ExportError: the file cannot be written.
    """
    try:
        with whole_file(user_path(path)) as file:
            file.write(text.encode())
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {why(error)}.") from None
