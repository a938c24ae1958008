"""Where the JavaScript of the package runs in tests under node, which may be missing."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.processes import started
from vaeexplorer.browser import bundle, links
from vaeexplorer.data.datasets import SAMPLE

NODE = shutil.which("node")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package's JavaScript modules and those of the tests."""
    folder = tmp_path_factory.mktemp("modules")
    (folder / "package.json").write_text(json.dumps({"type": "module"}))
    shutil.copytree(bundle.HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"), dirs_exist_ok=True)
    keys = {"plane": links.PLANE, "walk": links.WALK, "pair": links.PAIR, "film": links.FILM, "vae": links.LINEAR_VAE}
    keys |= {"dial": links.dial((0.5, 1.0)), "train": links.TRAIN}
    tables = json.dumps({name: links.table(each) for name, each in keys.items()})
    (folder / "keys.js").write_text(f"export const keys = {tables};\n")
    for path in Path(__file__).parent.glob("*.js"):
        shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="session")
def node(modules: Path) -> Callable[..., str]:
    """Runs node in that folder and returns what it said; what it complains of fails the test."""
    if NODE is None:
        pytest.skip("no node here")

    def run(*arguments: str) -> str:
        assert NODE is not None
        done = subprocess.run([NODE, *arguments], cwd=modules, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app on the shipped runs, at the address this yields."""
    with serving(tmp_path_factory.mktemp("runs")) as (url, _):
        yield url


@pytest.fixture
def mortal_server(tmp_path: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """An app of the test's own, and its process, which the test may end."""
    with serving(tmp_path / "runs") as served:
        yield served


@contextmanager
def serving(runs: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The app with this folder of runs beside the shipped ones: its address, and its process, which is ended after."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--server.port", str(port), "--server.headless", "true", "--server.address", "127.0.0.1"]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *options]
    env = os.environ | {"VAEEXPLORER_RUNS": str(runs), "VAEEXPLORER_DATA": str(SAMPLE.root)}
    with started(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/_stcore/health", process)
        yield url, process


def wait_for(url: str, process: "subprocess.Popen[Any]") -> None:
    """Until a server of ours answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail("the server did not come up")
