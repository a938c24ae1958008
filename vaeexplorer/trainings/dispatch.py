"""Starts the next training of the queue where none is under way: a thread, as long as there is something to do.

The processes outlive the server: another one finds them by the lock that they hold. Only how a process ended that could
not say so itself is the knowledge of the server that started it.
"""

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event as Flag
from threading import Lock, Thread

from filelock import FileLock, Timeout

from vaeexplorer.config import RunConfig
from vaeexplorer.files import read_file
from vaeexplorer.runs.folder import runs_folder
from vaeexplorer.trainings import ahead, folder, limits
from vaeexplorer.trainings.listing import LIVING, TrainingCard, list_trainings

PACE = 0.3  # seconds between two looks at what is under way

_waking = Lock()
_processes: "dict[subprocess.Popen[bytes], Path]" = {}
_wake, _end = Flag(), Flag()
_thread: Thread | None = None


def wake() -> None:
    """Look at once whether a training can begin, in a thread that goes on looking while there is something to do."""
    global _thread  # noqa: PLW0603
    with _waking:
        if _thread is None or not _thread.is_alive():
            _end.clear()
            _thread = Thread(target=_look_after, name="trainings", daemon=True)
            _thread.start()
    _wake.set()


def rest() -> None:
    """Begin nothing any more. What is under way goes on."""
    ahead.stop()
    _end.set()
    _wake.set()
    if _thread is not None:
        _thread.join()


def left() -> "list[subprocess.Popen[bytes]]":
    """The processes that this one started and that have not ended."""
    return [process for process in _processes if process.poll() is None]


def _look_after() -> None:
    while not _end.is_set():
        _wake.clear()
        is_busy = advance()
        _wake.wait(PACE if is_busy else None)


def advance() -> bool:
    """Start the next training where none is under way; whether there is something to look after."""
    _reap()
    cards = list_trainings()
    if any(card.state in LIVING for card in cards):
        return True
    waiting = [card for card in cards if card.state == "waiting"]
    if not waiting:
        return bool(_processes)
    locks = runs_folder() / ".locks"
    with suppress(OSError):
        locks.mkdir(parents=True, exist_ok=True)
    lock = FileLock(locks / "trainings.lock")  # of several servers of one folder, one starts it
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return True
    try:
        if not any(card.state in LIVING for card in list_trainings()):
            _start(waiting[0])
    finally:
        lock.release()
    return True


def _start(card: TrainingCard) -> None:
    """Start its process, and wait until it has begun or ended."""
    (card.path / folder.ENDED).unlink(missing_ok=True)
    process = ahead.take(card.path) or _begin(card)
    _processes[process] = card.path
    for _ in range(int(limits.STARTING / 0.02)):
        if process.poll() is not None or not (card.path / folder.WAITING).exists():
            break
        _end.wait(0.02)
    _reap()
    if process.poll() is not None:  # without a word
        (card.path / folder.WAITING).unlink(missing_ok=True)


def _begin(card: TrainingCard) -> "subprocess.Popen[bytes]":
    with (card.path / folder.LOG).open("wb") as log:
        return subprocess.Popen(
            command(card),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=ahead.environment(),
            start_new_session=True,
        )


def command(card: TrainingCard) -> list[str]:
    """The command line of its process."""
    words = [sys.executable, "-m", "vaeexplorer", "train", *options(card.config), "--name", card.name]
    return [*words, "--control", str(card.path.absolute())]


def options(config: RunConfig) -> list[str]:
    """A configuration as options of the command line."""
    words = []
    for values in config.chosen().values():
        for name, value in values.items():
            words.append(f"--{name.replace('_', '-')}")
            if value is not True:  # a flag
                words += map(str, value) if isinstance(value, list | tuple) else [str(value)]
    return words


def _reap() -> None:
    """Note how processes of ours ended that could not say so themselves."""
    for process, path in list(_processes.items()):
        if (code := process.poll()) is None:
            continue
        del _processes[process]
        if path in _processes.values():  # it was resumed while its process was still ending
            continue
        status = folder.read_status(path)
        has_said = status is not None and status.state in ("stopped", "done", "failed")
        if code and not has_said and path.exists() and not (path / folder.ENDED).exists():
            with suppress(OSError):
                (path / folder.ENDED).write_text(_how(code, path), encoding="utf-8")


def _how(code: int, path: Path) -> str:
    if -code == getattr(signal, "SIGKILL", None):
        return "Its process was killed, by somebody or by the system for want of memory; resume goes on."
    try:
        said = read_file(path / folder.LOG, 1_000_000).decode("utf-8", "replace").strip().splitlines()
    except OSError:
        said = []
    return said[-1].removeprefix("vaeexplorer: ") if said else f"Its process ended with code {code}."
