"""Text of a run's files, of addresses and of errors, shown as the text that it is."""

import re

from vaeexplorer.app.public import without_paths

MOST = 500  # characters
_MARKUP = re.compile(
    r"[\\`*_{}\[\]<>$~|&]"  # emphasis, code, links, images, HTML, formulas, tables, entities
    r"|:(?=\S)|(?<=www)\.|@"  # directives and bare addresses
    r"|^[-+#=]|" + "|".join(rf"(?<=^\d{{{digits}}})[.)]" for digits in range(1, 10)),  # headings and lists
    re.IGNORECASE,
)


def literal(text: object) -> str:
    """A text as Markdown that shows its very characters, in one line, cut where it is long.

    Streamlit takes what it is given for Markdown. A key of a stranger's run.json may be an image, which would make the
    browser of everyone who looks at the run ask for it; here it is a row of characters.
    """
    line = without_paths(" ".join(str(text).split()))
    return _MARKUP.sub(r"\\\g<0>", line if len(line) <= MOST else f"{line[:MOST]}…")
