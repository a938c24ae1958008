"""Computations of a second that would hold all visitors up: they run in a process of their own, at a lower priority.

Python runs one thread at a time, so a training in the server delays every other page. The process starts when the
server has time, and ends with it, however that ends.
"""

import os
import signal
from collections.abc import Callable
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from threading import Lock, Thread
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

NICENESS = 10  # of 19
_lock = Lock()
_pool: ProcessPoolExecutor | None = None


def start() -> None:
    """Start the process, unless it is there."""
    global _pool  # noqa: PLW0603
    with _lock:
        if _pool is None:
            _pool = ProcessPoolExecutor(1, get_context("spawn"), _begin)
            _pool.submit(os.getpid)  # what starts it


def stop() -> None:
    """End it, after what it is at."""
    global _pool
    with _lock:
        pool, _pool = _pool, None
    if pool is not None:
        pool.shutdown(wait=False, cancel_futures=True)


def beside(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """What a function of a module returns; where there is no such process, or no longer, it is called here.

    Args:
        function: takes and returns what can be sent between processes.
        arguments: of the function.
        named: the same, by name.
    """
    pool = _pool
    if pool is not None:
        try:
            return pool.submit(function, *arguments, **named).result()
        except (BrokenProcessPool, CancelledError):  # somebody killed it, or the server ends
            _replace(pool)
    return function(*arguments, **named)


def _replace(pool: ProcessPoolExecutor) -> None:
    """Start another process, once, where one has died."""
    if pool is _pool:
        stop()
        start()


def _begin() -> None:
    """At the start of the process: Ctrl-C is the server's, whose end is the end of this one too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    Thread(target=_end_with_the_server, daemon=True).start()


def _end_with_the_server() -> None:
    server = parent_process()
    assert server is not None
    server.join()
    os._exit(0)
