"""The package as people install it: built, installed beside the test environment's libraries, used from elsewhere."""

import json
import os
import re
import socket
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from email import message_from_string
from pathlib import Path

import pytest
from streamlit.web.server.app_discovery import discover_asgi_app

from tests.browser.conftest import wait_for
from tests.browser.driving import opened
from tests.processes import started
from vaeexplorer.app.server.settings import settings, unless_in_environment
from vaeexplorer.version import __version__

ROOT = Path(__file__).parent.parent
MOST = 80e6  # bytes of the wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


def built(target: str, source: Path, folder: Path) -> Path:
    """Build a wheel or an sdist of the project in a folder, without a network."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=120)
    (made,) = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the wheel is unpacked by pip, with its command in bin/."""
    folder = tmp_path_factory.mktemp("installed")
    options = ["--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check", "--target", str(folder)]
    command = [sys.executable, "-m", "pip", "install", "-q", *options, str(wheel)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture
def elsewhere(installed: Path, tmp_path: Path) -> dict[str, str]:
    """An environment in which the installed package is found, and the repository is not."""
    assert ROOT not in installed.parents
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VAEEXPLORER")}
    return kept | {"PYTHONPATH": str(installed), "XDG_CACHE_HOME": str(tmp_path / "cache")}


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_what_the_repository_has(wheel: Path) -> None:
    assert wheel.stat().st_size < MOST
    assert wheel.name == f"vaeexplorer-{__version__}-py3-none-any.whl"
    held = names(wheel)
    package = [path for path in (ROOT / "vaeexplorer").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {path.suffix for path in package} >= {".py", ".js", ".css", ".html", ".svg", ".typed"}
    shipped = [path for path in (ROOT / "pretrained").rglob("*") if path.is_file()]
    wanted = {path.relative_to(ROOT).as_posix() for path in package}
    wanted |= {f"vaeexplorer/{path.relative_to(ROOT).as_posix()}" for path in shipped} | {"vaeexplorer/app/config.toml"}
    assert {name for name in held if ".dist-info/" not in name} == wanted


def test_the_requirements_are_those_of_requirements_txt(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        metadata = message_from_string(archive.read(name).decode())
    app, tests = (ROOT / "requirements.txt").read_text(encoding="utf-8").split("# What its tests need.")
    required = metadata.get_all("Requires-Dist") or []

    def packages(lines: list[str]) -> set[str]:
        return {re.split(r"[^\w.-]", line)[0] for line in lines if line and not line.startswith("#")}

    assert packages([line for line in required if "extra ==" not in line]) == packages(app.splitlines())
    assert packages([line for line in required if "'test'" in line]) == packages(tests.splitlines())
    assert packages([line for line in required if "'notebook'" in line]) == {"anywidget", "kaleido"}
    assert metadata.get_all("Provides-Extra") == ["film", "notebook", "test"]


def test_the_installed_command_lists_and_exports(elsewhere: dict[str, str], installed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    command = [sys.executable, str(installed / "bin" / "vaeexplorer")]

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [*command, *arguments], cwd=folder, env=elsewhere, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    runs = [each["name"] for each in json.loads(run("list", "--json"))["runs"]]
    assert runs == sorted(path.parent.name for path in (ROOT / "pretrained").glob("*/run.json"))
    run("export", "mnist-ae-2d", "--html", "page.html")
    assert [path.name for path in folder.iterdir()] == ["page.html"]  # and nothing else, no folder of runs


@pytest.fixture
def served(elsewhere: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """The address of the app that the installed command serves from an empty folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "vaeexplorer", "app", "--port", str(port), "--headless"]
    folder = tmp_path / "empty"
    folder.mkdir()
    with started(command, cwd=folder, env=elsewhere, stdout=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/_stcore/health", process)
        yield url


@pytest.mark.slow  # that all files are installed and found: the two tests above
@pytest.mark.browser
def test_the_installed_app_opens(served: str, chromium: object) -> None:
    stage = opened(chromium, served)
    assert "10,000 test images" in stage.get_attribute("aria-label")


@pytest.mark.slow
def test_an_sdist_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    archive = built("sdist", ROOT, tmp_path / "sdist")
    with tarfile.open(archive) as file:
        file.extractall(tmp_path, filter="data")
    again = built("wheel", tmp_path / archive.name.removesuffix(".tar.gz"), tmp_path / "again")
    with zipfile.ZipFile(wheel) as first, zipfile.ZipFile(again) as second:
        assert {each.filename: each.CRC for each in first.infolist()} == {
            each.filename: each.CRC for each in second.infolist()
        }


def test_the_command_has_the_settings_of_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings()
    assert found["server.allowedHosts"] == ["localhost", "127.0.0.1"]
    assert found["theme.light.sidebar.backgroundColor"] == "#f1efe9"
    assert unless_in_environment(found) == found
    monkeypatch.setenv("STREAMLIT_SERVER_ALLOWED_HOSTS", "lab.example.org")
    assert found.keys() - unless_in_environment(found).keys() == {"server.allowedHosts"}


def test_streamlit_finds_the_app_of_the_repository() -> None:
    assert discover_asgi_app(ROOT / "app.py").is_asgi_app
