"""The app in headless Chromium: every page, no error in the console, no request to another machine."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest

from vaeexplorer.data import SAMPLE_ROOT

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ROOT = Path(__file__).parents[2]
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--server.port", str(port), "--server.headless", "true", "--server.address", "127.0.0.1"]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *options]
    runs = str(tmp_path_factory.mktemp("runs"))
    env = os.environ | {"VAEEXPLORER_RUNS": runs, "VAEEXPLORER_DATA": str(SAMPLE_ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/_stcore/health", process)
            yield url
        finally:
            process.terminate()


def wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(150):
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(url):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the server did not come up")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_quiet_and_stays_at_home(server: str, scheme: str, tmp_path: Path) -> None:
    troubles: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            tmp_path, executable_path=CHROMIUM, headless=True, args=QUIET, color_scheme=scheme
        )
        page = browser.pages[0]
        page.set_default_timeout(30_000)
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: troubles.append(request.url) if is_elsewhere(request.url, server) else None)

        page.goto(f"{server}/?z=0.5,-0.5")
        page.get_by_role("heading", name="Every point is an image").wait_for()
        page.locator(".js-plotly-plot").first.wait_for()
        page.locator("img.vx-large").wait_for()
        assert page.evaluate("getComputedStyle(document.querySelector('img.vx-large')).imageRendering") == "pixelated"
        assert all(page.locator("img").evaluate_all("images => images.map(image => image.alt)"))

        ring = page.locator(".vx-ring")
        ring.wait_for()
        before = ring.bounding_box()
        decoded = page.locator("img.vx-large").get_attribute("src")
        page.get_by_role("slider").first.press("ArrowRight")
        page.wait_for_function("before => document.querySelector('img.vx-large').src !== before", arg=decoded)
        assert ring.bounding_box() != before

        page.get_by_role("link", name="Training").click()
        page.get_by_role("heading", name="How it was learned").wait_for()
        page.locator(".js-plotly-plot").nth(2).wait_for()
        browser.close()
    assert not troubles


def is_elsewhere(url: str, server: str) -> bool:
    parts = urlparse(url)
    return parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != urlparse(server).netloc
