"""How long a visitor waits: from `streamlit run` to the first page, for a rerun, to encode a test set.

python -m tests.benchmarks.app
"""

import logging
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
PORT = 8793
STARTS = 3
RERUNS = 25


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def first_page() -> None:
    """Several starts of the server, each with a first and a second visit in a browser that is running already.

    An earlier start has left compiled modules behind, as on any machine but a new one.
    """
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for module in ("vaeexplorer.app.server.server", "vaeexplorer.app.views.explore.page", "streamlit.web.bootstrap"):
        subprocess.run([sys.executable, "-c", f"import {module}"], cwd=ROOT, env=env, capture_output=True, check=False)
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for _ in range(STARTS):
            start = time.perf_counter()
            server = subprocess.Popen(
                [*command, "--server.port", str(PORT)],
                cwd=ROOT,
                env=env,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            while not healthy():
                time.sleep(0.02)
            print(f"server up after {time.perf_counter() - start:.2f} s")
            for visit in ("first", "second"):
                if visit == "second":
                    start = time.perf_counter()
                page = browser.new_page(viewport={"width": 1440, "height": 960})
                page.goto(f"http://localhost:{PORT}/")
                for what, selector in {"heading": "h1", "decoded image": ".facts dd"}.items():
                    page.wait_for_selector(selector)
                    print(f"  {visit} visit: {what} after {time.perf_counter() - start:.2f} s")
                page.close()
            server.terminate()
            server.wait()
        browser.close()


def healthy() -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{PORT}/_stcore/health"):
            return True
    except OSError:
        return False


def rerun(run: str) -> None:
    """The whole script of Explore, on the server. (Dragging z reruns nothing: see browser_plane.py.)"""
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(ROOT / "vaeexplorer/app/main.py"), default_timeout=60)
    app.query_params["run"] = run
    app.run()
    times = [seconds(app.run) for _ in range(RERUNS)]
    print(f"rerun of {run}: median {1000 * statistics.median(times):.0f} ms of {RERUNS}")


def encode(run: str) -> None:
    """10,000 test images to their codes."""
    from vaeexplorer.data.datasets import load_dataset
    from vaeexplorer.runs.folder import load_run

    model = load_run(run).model
    images = load_dataset("mnist", "test", download=False).images
    print(f"encode 10,000 images with {run}: {min(seconds(lambda: model.encode(images)) for _ in range(5)):.2f} s")


def main() -> None:
    logging.disable(logging.WARNING)  # Streamlit's about running without a server
    os.environ["VAEEXPLORER_RUNS"] = tempfile.mkdtemp()
    first_page()
    from vaeexplorer.app.server.server import warm_up

    warm_up()
    for run in ("mnist-vae-2d", "mnist-vae-16d"):
        rerun(run)
        encode(run)


if __name__ == "__main__":
    main()
