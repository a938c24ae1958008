"""deploy/Caddyfile before two real replicas: below a path, under its Content-Security-Policy, sticky by cookie."""

import asyncio
import hashlib
import hmac
import os
import shutil
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import wait_for
from tests.browser.driving import at_rest, changed, middle, next_frame, opened, pixels, wait_until
from tests.processes import started
from vaeexplorer.data.datasets import SAMPLE

ROOT = Path(__file__).parents[2]
CADDY = shutil.which("caddy")
PREFIX = "/lab/latent"
SESSIONS = 80
SECRET = "test"
pytestmark = pytest.mark.slow


class Site:
    """What the proxy serves, and the replicas behind it by their addresses."""

    def __init__(self, url: str, replicas: dict[str, "subprocess.Popen[Any]"]) -> None:
        self.url, self.replicas = url, replicas

    def of(self, cookie: str) -> str:
        """The replica that a visitor with this cookie stays with."""
        names = {hmac.new(SECRET.encode(), name.encode(), hashlib.sha256).hexdigest(): name for name in self.replicas}
        return names[cookie]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    if CADDY is None:
        pytest.skip("no Caddy here")
    env = os.environ | {"VAEEXPLORER_DATA": str(SAMPLE.root), "STREAMLIT_SERVER_BASE_URL_PATH": PREFIX}
    with ExitStack() as stack:
        replicas = {}
        for number in range(2):
            port = free_port()
            own = env | {"VAEEXPLORER_RUNS": str(tmp_path / f"runs{number}"), "STREAMLIT_SERVER_PORT": str(port)}
            command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
            process = stack.enter_context(started(command, cwd=ROOT, env=own, stdout=subprocess.DEVNULL))
            replicas[f"127.0.0.1:{port}"] = process
        for address, process in replicas.items():
            wait_for(f"http://{address}{PREFIX}/_stcore/health", process)
        url = f"http://127.0.0.1:{free_port()}"
        own = os.environ | {"SITE": url, "PREFIX": PREFIX, "REPLICAS": " ".join(replicas), "SECRET": SECRET}
        own |= {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
        command = [CADDY, "run", "--config", "deploy/Caddyfile", "--adapter", "caddyfile"]
        proxy = stack.enter_context(started(command, cwd=ROOT, env=own, stderr=subprocess.DEVNULL))
        wait_for(f"{url}{PREFIX}/_stcore/health", proxy)
        yield Site(f"{url}{PREFIX}", replicas)


async def visit(site: Site) -> str:
    """Open the app as a front end does, and wait until its script has run: the cookie that came with it."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.asyncio.client import connect
    from websockets.typing import Origin, Subprotocol

    host = site.url.removeprefix("http://").removesuffix(PREFIX)
    reader, writer = await asyncio.open_connection(*host.split(":"))
    writer.write(f"GET {PREFIX}/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode("latin-1")
    writer.close()
    (cookie,) = (line for line in answer.split("\r\n") if line.startswith("Set-Cookie: vaeexplorer-replica="))
    cookie = cookie.split(": ")[1].split(";")[0]
    async with connect(
        f"ws://{host}{PREFIX}/_stcore/stream",
        origin=Origin(f"http://{host}"),
        subprotocols=[Subprotocol("streamlit")],
        additional_headers={"Cookie": cookie},
        max_size=None,
        open_timeout=60,
    ) as front:
        assert front.response is not None
        assert "Set-Cookie" not in front.response.headers  # it went where the cookie says
        ask = BackMsg()
        ask.rerun_script.query_string = ""
        await front.send(ask.SerializeToString())
        async for data in front:
            assert isinstance(data, bytes)
            message = ForwardMsg.FromString(data)
            assert message.delta.new_element.exception.type == ""
            if message.WhichOneof("type") == "script_finished":
                assert message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
                break
    return cookie.split("=")[1]


def test_eighty_visitors_are_shared_out_and_stay(site: Site) -> None:
    async def all_of_them() -> list[str]:
        async with asyncio.timeout(300):
            return await asyncio.gather(*(visit(site) for _ in range(SESSIONS)))

    visits = Counter(site.of(cookie) for cookie in asyncio.run(all_of_them()))
    assert visits.total() == SESSIONS
    assert min(visits[address] for address in site.replicas) > SESSIONS / 5


@pytest.mark.browser
def test_a_replica_that_dies_in_a_drag_is_replaced_by_the_other(site: Site, chromium: Any, troubles: list[str]) -> None:
    page = chromium
    policies: list[str | None] = []

    def note(response: Any) -> None:
        if response.url.startswith(site.url):
            policies.append(response.headers.get("content-security-policy"))

    page.on("response", note)
    stage = opened(page, f"{site.url}/")
    assert policies
    assert all(policy and policy.startswith("default-src 'self'") for policy in policies)
    assert troubles == []  # nothing was blocked

    def replica() -> str:
        (cookie,) = (each["value"] for each in page.context.cookies() if each["name"] == "vaeexplorer-replica")
        return site.of(cookie)

    first = replica()
    x, y = middle(stage)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y, steps=3)
    site.replicas[first].kill()
    site.replicas[first].wait()
    before = pixels(page)
    page.mouse.move(x + 90, y + 20, steps=3)
    changed(page, lambda: pixels(page), before)
    next_frame(page)
    shown, z = pixels(page), page.locator(".z").inner_text()
    page.mouse.up()
    wait_until(page, lambda: "z=" in page.url, "the point in the address")
    wait_until(page, lambda: replica() != first, "the other replica")
    at_rest(page)
    assert (pixels(page), page.locator(".z").inner_text()) == (shown, z)

    opened(page, page.url)
    assert page.locator(".z").inner_text() == z
    assert all("WebSocket" in trouble or "502" in trouble or "server" in trouble for trouble in troubles), troubles
    troubles.clear()
