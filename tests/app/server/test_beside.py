"""What runs in a process beside the server."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest

from tests.processes import started
from vaeexplorer.app.server import beside
from vaeexplorer.errors import UserError


@pytest.fixture
def process() -> Iterator[int]:
    """The number of a process beside this one."""
    beside.start()
    try:
        yield beside.beside(os.getpid)
    finally:
        beside.stop()


def refuse(reason: str) -> None:
    raise UserError(reason)


def ends(process: int) -> bool:
    """Whether a process has ended, within some seconds."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with suppress(ChildProcessError):
            os.waitpid(process, os.WNOHANG)
        stat = Path(f"/proc/{process}/stat")
        if (
            not stat.exists() or stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
        ):  # ended, but nobody was told
            return True
        time.sleep(0.02)
    return False


def test_it_runs_elsewhere_at_a_lower_priority_and_refuses_as_here(process: int) -> None:
    assert process != os.getpid()
    assert beside.beside(os.nice, 0) == min(19, os.nice(0) + beside.NICENESS)
    with pytest.raises(UserError, match="That cannot be"):
        beside.beside(refuse, "That cannot be.")
    assert beside.beside(os.getpid) == process


def test_one_that_was_killed_is_replaced_and_nobody_notices(process: int) -> None:
    os.kill(process, signal.SIGKILL)
    assert beside.beside(abs, -1) == 1
    assert ends(process)
    assert beside.beside(os.getpid) not in (process, os.getpid())


def test_without_one_it_runs_here() -> None:
    assert beside.beside(os.getpid) == os.getpid()


def test_it_runs_nothing_of_the_page_that_a_visitor_has_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit runs each page as the module __main__; a process of multiprocessing would run it once more."""
    page = tmp_path / "page.py"
    page.write_text(f"from pathlib import Path\nPath({str(tmp_path / 'was_run')!r}).touch()\n")
    main = ModuleType("__main__")
    main.__file__ = str(page)
    monkeypatch.setitem(sys.modules, "__main__", main)
    beside.start()
    try:
        assert beside.beside(os.getpid) != os.getpid()
    finally:
        beside.stop()
    assert not (tmp_path / "was_run").exists()


def test_it_ends_with_a_server_that_is_killed() -> None:
    code = "import os, time; from vaeexplorer.app.server import beside; beside.start()"
    code += "; print(beside.beside(os.getpid), flush=True); time.sleep(60)"
    with started([sys.executable, "-c", code], stdout=subprocess.PIPE) as server:
        assert server.stdout
        process = int(server.stdout.readline())
        server.kill()
        assert ends(process)
