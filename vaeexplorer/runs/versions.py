"""The files of a run folder, replaced while others read them: a reader has all of the old or all of the new ones.

run.json names the SHA-256 of the others, so one rename of run.json turns the old run into the new one:

1. the new files are written into a folder beside the old ones, `.vaeexplorer-next`, run.json first;
2. its run.json takes the place of the old one: now the run is the new one;
3. the other files take their places, and the folder goes.

A reader takes each file from where the hash is right. Of a writer that was killed before step 2 the old run is left,
after it the new one, and the next writer finishes step 3, or clears away what never became a run.
"""

import hashlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from vaeexplorer.files import OWN, open_regular, read_all, read_file

T = TypeVar("T")
Stamp = tuple[tuple[int, int, int] | None, ...]

DOCUMENT = "run.json"
NEXT = f"{OWN}next"
MOST_DOCUMENT = 1_000_000
"""bytes of run.json"""
_ATTEMPTS = 200  # of a reader that a writer overtakes


def read_version(path: Path, read: Callable[[bytes], T]) -> T:
    """What `read` makes of run.json and, by `read_named`, of the files beside it.

    Where run.json was replaced meanwhile, `read` may have met files of both, and is called again.

    Raises:
        OSError: run.json is missing or cannot be read.
        Exception: whatever `read` raises.
    """
    for attempt in range(_ATTEMPTS):
        with open_regular(path / DOCUMENT) as file:  # while it is open, no other file has its number
            content = read_all(file, MOST_DOCUMENT, path / DOCUMENT)
            try:
                result = read(content)
            except Exception:
                if attempt == _ATTEMPTS - 1 or os.path.samestat(os.fstat(file.fileno()), os.stat(path / DOCUMENT)):
                    raise
            else:
                if os.path.samestat(os.fstat(file.fileno()), os.stat(path / DOCUMENT)):
                    return result
        time.sleep(0.001 * attempt)
    raise TimeoutError(f"it is replaced again and again: {path.name}")


def read_named(path: Path, name: str, digest: str | None, most: int) -> bytes:
    """A file of a run folder, at most so many bytes, as run.json names it.

    Args:
        path: of the folder.
        name: of the file.
        digest: its SHA-256; None where run.json is of an earlier version and does not say.
        most: bytes.

    Raises:
        OSError: it is missing, larger, or cannot be read.
        ValueError: it is another file; the message is the end of a sentence.
    """
    if digest is None:
        return read_file(path / name, most)
    failure: Exception = FileNotFoundError()
    for folder in (path, path / NEXT, path):  # it may move from the second to the first
        try:
            content = read_file(folder / name, most)
        except OSError as error:
            failure = error
        else:
            if hashlib.sha256(content).hexdigest() == digest:
                return content
            failure = ValueError(f"{name} is not the file that was written with it")
    raise failure


def stamp(path: Path, names: Sequence[str]) -> Stamp:
    """What changes when run.json or one of these files of a folder is written or replaced: number, size and time."""
    found: list[tuple[int, int, int] | None] = []
    for name in (DOCUMENT, *names):
        try:
            stat = os.stat(path / name)
        except OSError:
            found.append(None)
        else:
            found.append((stat.st_ino, stat.st_size, stat.st_mtime_ns))
    return tuple(found)


def replace(path: Path, files: Mapping[str, bytes], dated: tuple[str, ...] = ()) -> None:
    """Write a run folder, or make it another run. Only one writer at a time may do so: see `names.reserved`.

    Args:
        path: of the folder; other files in it stay as they are.
        files: contents by name, run.json among them.
        dated: files that were measured on the old run, which go with it.

    Raises:
        OSError: it cannot be written; the old run is as it was.
    """
    ahead = path / NEXT
    settle(path)
    try:
        ahead.mkdir(parents=True)
        for name in sorted(files, key=lambda name: name != DOCUMENT):
            with (ahead / name).open("xb") as file:
                file.write(files[name])
                file.flush()
                os.fsync(file.fileno())
        _sync(ahead)
        for name in dated:
            (path / name).unlink(missing_ok=True)
        os.replace(ahead / DOCUMENT, path / DOCUMENT)
        _sync(path)
    finally:
        settle(path)


def settle(path: Path) -> None:
    """Finish what the last writer of a run folder began, or clear it away; and an empty folder with it."""
    if not path.is_dir():
        return
    ahead = path / NEXT
    if ahead.is_dir():
        is_run = not (ahead / DOCUMENT).exists()
        for file in sorted(ahead.iterdir(), key=lambda file: file.name == DOCUMENT):  # run.json last: it is the mark
            if is_run:
                os.replace(file, path / file.name)
            else:
                file.unlink()
        ahead.rmdir()
    for partial in path.glob(f"{OWN}*.partial"):  # of a projection or a report
        partial.unlink(missing_ok=True)
    with suppress(OSError):
        path.rmdir()


def _sync(folder: Path) -> None:
    """Make renames in a folder last through a power cut, where the system can."""
    if os.name != "nt":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
