"""Text of a run's files, of addresses and of errors, shown as the text that it is."""

import re

MOST = 500  # characters
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def literal(text: object) -> str:
    """A text as Markdown that shows its very characters, in one line, cut where it is long.

    Streamlit takes what it is given for Markdown. A key of a stranger's run.json may be an image, which would make the
    browser of everyone who looks at the run ask for it; here it is a row of characters.
    """
    line = " ".join(str(text).split())
    return _PUNCTUATION.sub(r"\\\1", line if len(line) <= MOST else f"{line[:MOST]}…")
