"""Streamlit's own scripts, styles and fonts, compressed once and answered from memory.

A browser that opens the app asks for a hundred of these files, 5 MB. Streamlit reads each from the disk, in pieces, and
sends it as it is, after seven layers that look at it: 3 ms of the one core that all visitors share, a third of a second
a browser. Their names hold a hash, so a browser keeps them.
"""

import gzip
import mimetypes
import re
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import file_util

_FILE = re.compile(r"/static/((?:js|css|media)/[\w.-]+\.(?:js|css|woff2))$")
_KEEP = "public, max-age=31536000, immutable"
_answers: dict[str, tuple[bytes, dict[str, str]]] = {}


def compress() -> None:
    """Take all of Streamlit's scripts, styles and fonts into memory: 9 MB; half a second, most of it beside Python."""
    folder = Path(file_util.get_static_dir()) / "static"
    for file in sorted(folder.glob("*/*")):
        name = file.relative_to(folder).as_posix()
        if name not in _answers and _FILE.search(f"/static/{name}"):
            data, kind = file.read_bytes(), mimetypes.guess_type(name)[0] or "application/octet-stream"
            is_text = file.suffix != ".woff2"  # fonts are compressed as they are
            headers = {"Cache-Control": _KEEP, "Content-Encoding": "gzip" if is_text else "identity"}
            headers |= {"Content-Type": kind, "Vary": "Accept-Encoding"}
            _answers[name] = gzip.compress(data, 6, mtime=0) if is_text else data, headers


class FrontendMiddleware:
    """Answers for Streamlit's files, once `compress` has run; hands on all else, and what clients without gzip ask."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["method"] == "GET" and (match := _FILE.search(scope["path"])):
            answer = _answers.get(match[1])
            if answer and "gzip" in Headers(scope=scope).get("accept-encoding", ""):
                return await Response(answer[0], headers=answer[1])(scope, receive, send)
        await self._app(scope, receive, send)
