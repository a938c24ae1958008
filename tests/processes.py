"""Processes that tests start, and that end with them."""

import atexit
import functools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has other signals, pipes, links and permissions")
PATIENCE = 20.0  # seconds in which a process that was asked to end does so

GUARD = """
import os, signal, sys, time
left = set()
for line in sys.stdin:
    (left.add if line[0] == "+" else left.discard)(int(line[1:]))
for how in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
    for pid in left:
        try:
            os.kill(pid, how)
        except OSError:
            pass
    time.sleep(5 * bool(left))
"""


@functools.cache
def _guard() -> "subprocess.Popen[str]":
    """A process that ends what is left when this one ends, by whatever signal: it reads of both in its input.

    pytest-xdist kills its processes at Ctrl-C, and at SIGTERM they end with their pipes: no `finally` is run.
    """
    own_group = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # as `start_new_session`, for Windows
    command = [sys.executable, "-I", "-S", "-c", GUARD]
    guard = subprocess.Popen(
        command,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        creationflags=own_group,
    )
    atexit.register(guard.communicate)
    return guard


def _tell_guard(sign: str, pid: int) -> None:
    stdin = _guard().stdin
    assert stdin
    stdin.write(f"{sign}{pid}\n")
    stdin.flush()


@contextmanager
def started(command: Sequence[str], patience: float = PATIENCE, **options: Any) -> Iterator["subprocess.Popen[Any]"]:
    """A process, terminated after the block, and killed if it has not ended `patience` seconds later.

    It is ended as well where this process is killed inside the block.

    Ctrl-C (SIGINT) reaches it also where it is ignored here, as in a suite that runs in the background: a signal that
    has a handler here has its default action there.

    Args:
        command: what is started.
        patience: seconds.
        options: those of `subprocess.Popen`.
    """
    _guard()  # which is there first, so that it learns of the process at once
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(command, **options)
    finally:
        signal.signal(signal.SIGINT, before)
    _tell_guard("+", process.pid)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(patience)
        _tell_guard("-", process.pid)
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()
