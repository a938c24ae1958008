"""What an app that is open to everybody does not do, and how much it does for one visitor.

`VAEEXPLORER_PUBLIC=1` makes it one. It computes and stores nothing that a visitor asks for: no UMAP, no report, no
comparison, no training on the server; the pages show what was measured before. It takes no uploads, names no path of
the server, and answers an address at a rate that suits a class behind one router (`server/limits.py`). How much any
other app trains for its visitors is in `trainings/limits.py`.
"""

import os
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
REQUESTS, REQUEST_RATE = 2000.0, 20.0  # of an address: so many at once, and a second from then on
RERUNS, RERUN_RATE = 30.0, 5.0  # of a session
MOST_SESSIONS = 200  # of an address at a time
MOST_MESSAGE = 1_000_000  # bytes that a browser sends at once; a drawing has some thousands
_PATH = re.compile(r"(?<![\w:/.\\])(?:[A-Za-z]:)?(?:[/\\][^\s/\\:;,'\"<>]+){2,}")


def is_public() -> bool:
    """Whether the app is open to everybody, and read-only."""
    return os.environ.get("VAEEXPLORER_PUBLIC") == "1"


def without_paths(text: str) -> str:
    """A text for visitors, which names no folder of the server where the app is public.

    A path is cut to its last name, or to what lies below the folder of the app, of the process or of the user.
    """
    if not is_public():
        return text
    for known in sorted({str(ROOT), str(Path.cwd()), str(Path.home())} - {"/"}, key=len, reverse=True):
        text = text.replace(known + os.sep, "").replace(known, "…")
    return _PATH.sub(lambda found: re.split(r"[/\\]", found[0])[-1], text)
