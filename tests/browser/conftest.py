"""Where the JavaScript of the package runs in tests under node, which may be missing."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.processes import started
from vaeexplorer.browser import bundle, links
from vaeexplorer.data.datasets import SAMPLE

NODE = shutil.which("node")
ROOT = Path(__file__).parents[2]
APP = ("streamlit", "run", "app.py")
LECTURE = ROOT / "tests" / "lecture" / "short.yaml"


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
def server_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what the app stores, in `runs` and `sets`: both are empty but for what a test puts there."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def server(server_home: Path) -> Iterator[str]:
    """The app on the shipped runs, with a lecture of three scenes, at the address this yields."""
    with serving(server_home, ["tests.quick_app"], VAEEXPLORER_LECTURE=str(LECTURE)) as (url, _):
        yield url


@pytest.fixture
def at_home(server_home: Path, runs_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """That folder, where this process looks for runs and sets too; after the test it is as empty as before."""
    for name in ("runs", "sets"):
        monkeypatch.setenv(f"VAEEXPLORER_{name.upper()}", str(server_home / name))
    yield server_home
    for name in ("runs", "sets"):
        shutil.rmtree(server_home / name, ignore_errors=True)


@contextmanager
def serving(
    home: Path, program: Sequence[str] = APP, **environment: str
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The app with what is stored in this folder: its address, and its process, which is ended after."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--server.port", str(port), "--server.headless", "true", "--server.address", "127.0.0.1"]
    command = [sys.executable, "-m", *program, *options]
    places = {"VAEEXPLORER_RUNS": str(home / "runs"), "VAEEXPLORER_SETS": str(home / "sets")}
    env = os.environ | places | {"VAEEXPLORER_DATA": str(SAMPLE.root)} | environment
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
