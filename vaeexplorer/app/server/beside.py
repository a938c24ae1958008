"""Computations of a second that would hold all visitors up: they run in a process of their own, at a lower priority.

Python runs one thread at a time, so a training in the server delays every other page. The process starts when the
server has time, and ends with it, however that ends: then there is nothing more to read. It is no `multiprocessing`
one, which would begin by running the module `__main__`, and that is the page of some visitor under Streamlit.
"""

import os
import pickle
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Event, Lock
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

NICENESS = 10  # of 19
_ROOT = Path(__file__).parents[3]
_starting, _asking = Lock(), Lock()
_process: "Popen[bytes] | None" = None
started = Event()
"""set once the server had time to start it, after torch was imported"""


def start() -> None:
    """Start the process, unless it is there."""
    global _process  # noqa: PLW0603
    with _starting:
        if _process is None:
            path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
            command = [sys.executable, "-m", "vaeexplorer.app.server.beside"]
            _process = Popen(command, stdin=PIPE, stdout=PIPE, env=os.environ | {"PYTHONPATH": path})
            started.set()


def stop() -> None:
    """End it."""
    global _process
    with _starting:
        process, _process = _process, None
    if process is not None:
        with suppress(OSError), process:  # closes the pipes and waits; what was being sent goes nowhere
            process.kill()


def beside(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """What a function of a module returns, one caller after the other; where no such process is, it is called here.

    Args:
        function: takes and returns what can be pickled; only what this program has pickled is unpickled.
        arguments: of the function.
        named: the same, by name.
    """
    with _asking:
        if (process := _process) is not None:
            try:
                is_result, found = _ask(process, (function, arguments, named))
            except (OSError, EOFError, pickle.UnpicklingError):  # somebody killed it, or the server ends
                if process is _process:
                    stop()
                    start()
            else:
                if is_result:
                    return found  # type: ignore[no-any-return]
                raise found
    return function(*arguments, **named)


def _ask(process: "Popen[bytes]", task: object) -> Any:
    assert process.stdin
    assert process.stdout
    pickle.dump(task, process.stdin)
    process.stdin.flush()
    return pickle.load(process.stdout)


def _work() -> None:
    """In the process: one task after the other."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's
    if nice := getattr(os, "nice", None):  # not on Windows
        nice(NICENESS)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed is no answer
    while True:
        try:
            function, arguments, named = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = True, function(*arguments, **named)
        except Exception as error:
            answer = False, error
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    _work()
