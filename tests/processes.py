"""Processes that tests start, and that end with them."""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has other signals, pipes, links and permissions")
PATIENCE = 20.0  # seconds in which a process that was asked to end does so


@contextmanager
def started(command: Sequence[str], patience: float = PATIENCE, **options: Any) -> Iterator["subprocess.Popen[Any]"]:
    """A process, terminated after the block, and killed if it has not ended `patience` seconds later.

    Ctrl-C (SIGINT) reaches it also where it is ignored here, as in a suite that runs in the background: a signal that
    has a handler here has its default action there.

    Args:
        command: what is started.
        patience: seconds.
        options: those of `subprocess.Popen`.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(command, **options)
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(patience)
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()
