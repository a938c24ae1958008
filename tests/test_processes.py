"""What a test starts ends with it, whatever it does."""

import ast
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from threadpoolctl import threadpool_info

from tests.conftest import APP, scope
from tests.processes import posix, started

ROOT = Path(__file__).parents[1]
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
SLEEP = "import time; time.sleep(600)"
IDLE = "import time; print('up', flush=True); time.sleep(600)"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


@posix
@pytest.mark.parametrize(("code", "ended_by"), [(IDLE, "SIGTERM"), (DEAF, "SIGKILL")], ids=["idle", "deaf"])
def test_a_process_is_ended_though_the_test_fails_and_it_does_not_listen(code: str, ended_by: str) -> None:
    ended = []

    def fail() -> None:
        with started(python(code), 0.5, stdout=subprocess.PIPE) as process:
            ended.append(process)
            assert process.stdout is not None
            assert process.stdout.readline() == b"up\n"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert ended[0].returncode == -signal.Signals[ended_by]


@posix
def test_a_process_hears_ctrl_c_though_this_one_ignores_it() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with started(python(IDLE), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"up\n"
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == -signal.SIGINT
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_what_a_killed_process_had_started_ends_too() -> None:
    # Said once the process is known: one that is killed between its start and that leaves it behind.
    code = "from tests.processes import started\n"
    code += f"with started([{sys.executable!r}, '-c', {SLEEP!r}]) as it: print('up', flush=True); it.wait()"
    with started(python(code), cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        process.kill()
        process.communicate(timeout=60)  # what it says ends when nobody is left to say it


def test_a_process_computes_in_one_thread() -> None:
    """More wait for each other where the tests of another process use the other core."""
    assert {library["num_threads"] for library in threadpool_info()} == {int(os.environ["OMP_NUM_THREADS"])}


def test_no_test_takes_for_ever(request: pytest.FixtureRequest) -> None:
    deadline = request.node.get_closest_marker("timeout")
    assert deadline.args == (300,)


def test_all_that_drive_the_app_are_one_scope_and_come_first(request: pytest.FixtureRequest) -> None:
    scopes = [scope(item.nodeid, request.config.rootpath) for item in request.session.items]
    assert scopes[: scopes.count(APP)] == scopes.count(APP) * [APP]
    story = "test_back_undoes_one_choice_and_shows_what_the_address_says"
    assert scope(f"tests/browser/test_links.py::{story}", ROOT) == APP
    assert scope("tests/browser/test_beta.py::test_ticks_are_round_and_few[x]", ROOT) == "tests/browser/test_beta.py"


def starts(path: Path) -> list[ast.Call]:
    """Where a file calls a function of `subprocess`."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return [call for call in calls if ast.unparse(call.func).startswith("subprocess.")]


def test_no_test_waits_for_a_process_without_end() -> None:
    """They are run with a deadline, or by `started`; benchmarks are watched by whoever runs them."""
    for path in Path(__file__).parent.rglob("*.py"):
        if path.name != "processes.py" and path.parent.name != "benchmarks":
            for call in starts(path):
                assert "timeout" in [each.arg for each in call.keywords], f"{path}:{call.lineno}"


def told_of(folder: Path) -> list[str]:
    """The processes whose arguments or environment name a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended, or is another user's
            about = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            if os.fsencode(folder) in about:
                found.append(about.split(b"\0")[0].decode() + f" {process.name}")
    return found


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("signals", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_suite_leaves_no_browser_and_no_server(tmp_path: Path, signals: signal.Signals) -> None:
    if not Path("/proc/self/environ").exists():
        pytest.skip("reads /proc")
    base = tmp_path / "base"
    options = ["-n", "2", "-m", "browser", f"--basetemp={base}"]  # slow tests too
    command = [sys.executable, "-m", "pytest", *options, "tests/browser/test_tour.py"]
    with started(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 120
        while not any("chrom" in each for each in told_of(base)):  # and with it the server, which is started first
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        process.send_signal(signals)
        process.wait(60)
    deadline = time.monotonic() + 60
    while left := told_of(base):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)
