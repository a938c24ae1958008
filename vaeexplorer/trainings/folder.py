"""The folder of a training, in the runs folder: `.vaeexplorer-training-NAME`, NAME being the run's to be.

It appears whole. Who watches writes `waiting` (its place in the queue) and files in `requests/`; the process that
trains holds `lock` as long as it lives and writes the rest:

    spec.json               what is trained, and from where it branched
    status.json             how far it has come, several times a second (`Status`)
    events.json             every dial that was turned, so that a training that was killed goes on to the same bits
    moment-HASH.bin         codes and decoder of a moment (`moments`): the newest ones, and the frames of the film
    curve.jsonl             a point of the curves a line
    checkpoint.safetensors  where it goes on, of the last epoch's end
    log.txt                 what the process printed
    ended.txt               how the process ended, written by the one that started it where it did not end well
"""

import json
import os
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from filelock import FileLock, Timeout

from vaeexplorer.config import RunConfig
from vaeexplorer.documents import Plain, from_json, to_json
from vaeexplorer.errors import UserError
from vaeexplorer.files import OWN, read_file, take_place, why
from vaeexplorer.network.dials import Event
from vaeexplorer.runs.folder import check_name, runs_folder

PREFIX = f"{OWN}training-"
SPEC, STATUS, EVENTS, CURVE = "spec.json", "status.json", "events.json", "curve.jsonl"
CHECKPOINT, LOG, ENDED = "checkpoint.safetensors", "log.txt", "ended.txt"
LOCK, WAITING, REQUESTS = "lock", "waiting", "requests"
MOST_DOCUMENT = 10_000_000  # bytes
LOOKS = 5

_looking = Lock()

State = Literal["running", "paused", "stopped", "done", "failed"]


class ServedError(UserError):
    """A training that cannot be begun, found or changed; the message is one sentence."""


@dataclass(frozen=True)
class Spec:
    """What is trained.

    Attributes:
        events: how the dials were turned so far, or are to be turned.
        source: of what it is a branch, for people; empty where it begins anew.
    """

    schema: Literal[1]
    config: RunConfig
    events: tuple[Event, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Status:
    """What the process says of itself.

    Attributes:
        state: running; paused; stopped, kept as a run at an epoch's end; done, all epochs; failed, `sentence` says why.
        pid: of the process.
        step: done so far, of `epochs` times `per_epoch`.
        images: in the training set.
        moment: the file of the newest moment.
        kept: frames of the film, (step, file) each.
        rate: the largest step size.
        has_run: whether it was kept as a run.
    """

    state: State
    pid: int
    step: int = 0
    epochs: int = 0
    per_epoch: int = 0
    images: int = 0
    beta: float = 0
    rate: float = 0
    images_per_second: float = 0
    moment: str = ""
    kept: tuple[tuple[int, str], ...] = ()
    sentence: str = ""
    has_run: bool = False


def path_of(name: str) -> Path:
    """Where the folder of a training is, or would be.

    Raises:
        RunError: the name is no name.
    """
    return runs_folder() / f"{PREFIX}{check_name(name)}"


def name_of(path: Path) -> str:
    """The name of the training whose folder this is."""
    return path.name.removeprefix(PREFIX)


def read_spec(path: Path) -> Spec:
    """What is trained in a folder.

    Raises:
        ServedError: there is no such training, or its spec.json cannot be read.
    """
    try:
        return from_json(read_file(path / SPEC, MOST_DOCUMENT), Spec)
    except FileNotFoundError:
        raise ServedError(f"There is no training {name_of(path)[:100]} here.") from None
    except OSError as error:
        raise ServedError(f"The training {name_of(path)} cannot be read: {why(error)}.") from None
    except ValueError as error:
        raise ServedError(f"The training {name_of(path)} cannot be read: {SPEC}: {error}.") from None


def read_status(path: Path) -> Status | None:
    """What the process of a training said last; None where none has said anything that can be read."""
    try:
        return from_json(read_file(path / STATUS, MOST_DOCUMENT), Status)
    except (OSError, ValueError):
        return None


def write_soon(path: Path, content: bytes) -> None:
    """A file that takes the place of the one before, whole, but is not waited for: a power cut may lose it."""
    partial = path.with_name(f"{OWN}{secrets.token_hex(8)}.partial")
    try:
        partial.write_bytes(content)
        take_place(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def write_status(path: Path, status: Status) -> None:
    """Say how far it has come.

    Raises:
        OSError: it cannot be written.
    """
    write_soon(path / STATUS, to_json(asdict(status)).encode())


def create(path: Path, spec: Spec, number: int, checkpoint: Path | None = None) -> None:
    """A folder of a training that waits, whole or not at all.

    Args:
        path: of the folder.
        spec: what is to be trained.
        number: its place in the queue.
        checkpoint: where it goes on, to be copied.

    Raises:
        ServedError: there is one of this name, or it cannot be written.
    """
    ahead = path.with_name(f"{OWN}{secrets.token_hex(8)}.partial")
    try:
        (ahead / REQUESTS).mkdir(parents=True)
        (ahead / SPEC).write_text(to_json(asdict(spec), indent=2), encoding="utf-8")
        (ahead / EVENTS).write_text(to_json([asdict(event) for event in spec.events]), encoding="utf-8")
        (ahead / WAITING).write_text(str(number), encoding="utf-8")
        if checkpoint:
            shutil.copyfile(checkpoint, ahead / CHECKPOINT)
        if path.exists():  # a rename onto an empty folder would pass
            raise ServedError(f"There is a training {name_of(path)} already: choose another name.")
        os.rename(ahead, path)
    except OSError as error:
        raise ServedError(f"The training {name_of(path)} cannot be begun: {why(error)}.") from None
    finally:
        shutil.rmtree(ahead, ignore_errors=True)


def is_alive(path: Path) -> bool:
    """Whether a process trains in a folder: it holds the lock, and no other process can.

    Who looks holds it too, for an instant, in which another who looks must not take him for the one who trains: threads
    look one by one, and processes again.
    """
    if not (path / LOCK).exists():
        return False
    lock = FileLock(path / LOCK)
    for _ in range(LOOKS):
        with _looking, suppress(Timeout, OSError):
            lock.acquire(timeout=0)
            lock.release()
            return False
        time.sleep(0.001)
    return True


def ask(path: Path, what: dict[str, Plain]) -> None:
    """Leave a request for the process of a training.

    Raises:
        ServedError: it cannot be written.
    """
    number = 1 + max((int(each.stem) for each in (path / REQUESTS).glob("*.json") if each.stem.isdecimal()), default=0)
    try:
        while True:
            partial = path / REQUESTS / f"{secrets.token_hex(8)}.partial"
            partial.write_text(to_json(what), encoding="utf-8")
            try:
                os.link(partial, path / REQUESTS / f"{number:08}.json")  # which refuses to take another's place
                return
            except FileExistsError:
                number += 1
            finally:
                partial.unlink()
    except OSError as error:
        raise ServedError(f"The training {name_of(path)} cannot be asked: {why(error)}.") from None


def requests(path: Path) -> list[dict[str, Any]]:
    """The requests that were left, in order; they are taken away. What is no request is passed over."""
    found = []
    for file in sorted((path / REQUESTS).glob("*.json")):
        try:
            what = json.loads(read_file(file, 10_000))
        except (OSError, ValueError):
            what = None
        file.unlink(missing_ok=True)
        if isinstance(what, dict):
            found.append(what)
    return found


def points(path: Path, after: int) -> list[dict[str, Any]]:
    """The points of the curves after a step: {"step", "train", "test"}, each of the two a loss by its terms, or None.

    A line that is only half there yet is passed over.
    """
    found = []
    try:
        lines = read_file(path / CURVE, MOST_DOCUMENT).decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    for line in lines:
        try:
            point = json.loads(line)
        except ValueError:
            continue
        if isinstance(point, dict) and isinstance(point.get("step"), int) and point["step"] > after:
            found.append(point)
    return found
