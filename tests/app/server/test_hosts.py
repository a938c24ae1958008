"""The app as `streamlit run app.py` serves it: to this machine, under its own names."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.processes import started

ROOT = Path(__file__).parents[3]
PATHS = [("GET", "/"), ("GET", "/_stcore/health"), ("GET", "/vx/mnist/x.bin"), ("POST", "/vx/mine/decode")]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    env = os.environ | {"VAEEXPLORER_RUNS": str(tmp_path_factory.mktemp("runs"))}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    command.append(f"--server.port={number}")
    with started(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while True:
            assert process.poll() is None
            try:
                status("GET", "/_stcore/health", number)
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield number


def ask(method: str, path: str, port: int, host: str | None = None, **headers: str) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as asked:
        asked.request(method, path, b"", {"Host": host or f"127.0.0.1:{port}"} | headers)
        with asked.getresponse() as answer:
            return answer.status, b"" if answer.status == 101 else answer.read()


def status(method: str, path: str, port: int, host: str | None = None, **headers: str) -> int:
    return ask(method, path, port, host, **headers)[0]


def test_every_route_answers_to_the_apps_own_names_alone(port: int) -> None:
    for name in ("127.0.0.1", "localhost"):
        assert [status(*each, port, f"{name}:{port}") for each in PATHS] == [200, 200, 404, 400]
    for name in ("evil.example", "127.0.0.1.evil.example", "evil.example:8501"):
        assert {status(*each, port, name, Origin=f"http://{name}") for each in PATHS} == {400}, name


def test_a_page_of_another_site_gets_no_websocket(port: int) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    own = f"http://127.0.0.1:{port}"
    assert status("GET", "/_stcore/stream", port, Origin=own, **upgrade) == 101
    assert status("GET", "/_stcore/stream", port, Origin="http://evil.example", **upgrade) == 403
    assert status("GET", "/_stcore/stream", port, "evil.example", Origin="http://evil.example", **upgrade) in (400, 403)


def test_no_agent_drives_the_app(port: int) -> None:
    for name in ("interact", "mcp"):
        number, content = ask("POST", f"/_stcore/agent/{name}", port, Accept="application/json, text/event-stream")
        assert number in (400, 403)
        assert b"does not serve the agent API" in content


def test_it_listens_to_this_machine_alone(port: int) -> None:
    """Linux has all of 127.0.0.0/8; a server at 0.0.0.0 would answer there."""
    with socket.socket() as asked:
        asked.settimeout(5)
        assert asked.connect_ex(("127.0.0.2", port)) != 0
