"""What a test starts ends with it, whatever it does."""

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from threadpoolctl import threadpool_info

from tests.processes import posix, started

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
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


def test_a_process_computes_in_one_thread() -> None:
    """More wait for each other where the tests of another process use the other core."""
    assert {library["num_threads"] for library in threadpool_info()} == {int(os.environ["OMP_NUM_THREADS"])}


def test_no_test_takes_for_ever(request: pytest.FixtureRequest) -> None:
    deadline = request.node.get_closest_marker("timeout")
    assert deadline.args == (300,)


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
