"""A process has a training's folder to itself, and says why where it fails. It begins before torch is imported."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from vaeexplorer.errors import UserError
from vaeexplorer.files import why
from vaeexplorer.trainings import folder
from vaeexplorer.trainings.folder import ServedError, Status


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Have the folder until the block ends; what it raises is noted for who watches.

    Raises:
        ServedError: there is no training in the folder, or another process has it.
        OSError: it cannot be written.
    """
    folder.read_spec(path)
    lock = FileLock(path / folder.LOCK)
    try:
        lock.acquire(timeout=5)  # who looks whether it is held holds it for an instant
    except Timeout:
        raise ServedError(f"Another process trains {folder.name_of(path)} already.") from None
    try:
        _note(path, "running", "")
        (path / folder.WAITING).unlink(missing_ok=True)
        yield
    except BaseException as error:
        with suppress(OSError):  # a full disk, which the reader finds out
            _note(path, "failed", sentence(error))
        raise
    finally:
        lock.release()


def _note(path: Path, state: folder.State, text: str) -> None:
    before = folder.read_status(path) or Status(state, 0)
    folder.write_status(path, replace(before, state=state, sentence=text, pid=os.getpid(), images_per_second=0.0))


def sentence(error: BaseException) -> str:
    """Why a training failed, in one sentence."""
    text = " ".join(str(error).split())
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError" or "allocate memory" in text:
        return "There is not enough memory for this network and batch: choose a smaller network, or a smaller batch."
    if isinstance(error, OSError):
        return f"{Path(os.fsdecode(error.filename)).name}: {why(error)}." if error.filename else f"{why(error)}."
    if isinstance(error, KeyboardInterrupt):
        return "The process was interrupted."
    if isinstance(error, UserError | RuntimeError) and text:
        return text
    return f"It ended by a mistake of the program ({type(error).__name__}: {text[:200]})."
