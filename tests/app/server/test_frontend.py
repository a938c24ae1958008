"""Streamlit's own files, answered from memory."""

import asyncio
import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from streamlit import file_util

from vaeexplorer.app.server import frontend
from vaeexplorer.app.server.frontend import FrontendMiddleware

SCRIPT = b"export const answer = 42;\n" * 100


@pytest.fixture
def _streamlit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder of files, and nothing in memory."""
    (tmp_path / "static/js").mkdir(parents=True)
    (tmp_path / "static/media").mkdir()
    (tmp_path / "static/js/index.Ab1_-x.js").write_bytes(SCRIPT)
    (tmp_path / "static/media/font.Cd2.woff2").write_bytes(b"font")
    (tmp_path / "index.html").write_bytes(b"page")
    monkeypatch.setattr(file_util, "get_static_dir", lambda: str(tmp_path))
    monkeypatch.setattr(frontend, "_answers", {})


def ask(path: str, accepts: str = "gzip, br", method: str = "GET") -> tuple[Mapping[bytes, bytes], bytes]:
    """Headers and body of an answer; the app behind answers with nothing."""
    sent: list[Any] = []

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"handed on"})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"accept-encoding", accepts.encode())]
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    asyncio.run(FrontendMiddleware(behind)(scope, receive, send))
    return dict(sent[0]["headers"]), sent[1]["body"]


@pytest.mark.usefixtures("_streamlit")
@pytest.mark.parametrize("base", ["", "/lab/latent"])
def test_a_file_is_answered_compressed_and_kept_by_the_browser(base: str) -> None:
    assert ask(f"{base}/static/js/index.Ab1_-x.js")[1] == b"handed on"  # not compressed yet
    frontend.compress()
    headers, body = ask(f"{base}/static/js/index.Ab1_-x.js")
    assert gzip.decompress(body) == SCRIPT
    assert (headers[b"content-encoding"], headers[b"content-type"]) == (b"gzip", b"text/javascript")
    assert b"immutable" in headers[b"cache-control"]
    headers, body = ask(f"{base}/static/media/font.Cd2.woff2")
    assert (body, headers[b"content-type"]) == (b"font", b"font/woff2")
    assert headers[b"content-encoding"] == b"identity"  # or Streamlit's layer would compress it


@pytest.mark.usefixtures("_streamlit")
def test_everything_else_is_handed_on() -> None:
    frontend.compress()
    script = "/static/js/index.Ab1_-x.js"
    assert ask(script, accepts="br")[1] == b"handed on"
    assert ask(script, method="HEAD")[1] == b"handed on"
    for path in (
        "/",
        "/index.html",
        "/static/js/other.js",
        f"{script}/x",
        "/static/js/../index.html",
        f"/x{script}.gz",
    ):
        assert ask(path)[1] == b"handed on"


def test_streamlit_has_its_files_where_they_are_looked_for() -> None:
    """Its layout is nobody's promise: where it changes, all of this does nothing."""
    folder = Path(file_util.get_static_dir())
    page = (folder / "index.html").read_text(encoding="utf-8")
    scripts = [path for path in folder.glob("static/js/*.js") if f"./static/js/{path.name}" in page]
    assert scripts
    assert all(frontend._FILE.search(f"/static/js/{path.name}") for path in scripts)
