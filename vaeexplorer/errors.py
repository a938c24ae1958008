"""The one base of errors that are written for people."""


class UserError(ValueError):
    """Bad input, or a file that cannot be read or written; the message is one sentence.

    Pages show it and the command line prints it, with exit code 2. Any other error is a mistake of ours and is shown as
    one. Each part of the package has a class of its own; this one is raised where none fits.
    """
