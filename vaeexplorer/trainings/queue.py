"""What can be done to the trainings of a server: begin, resume, kill, rename, delete, branch; one runs at a time.

A thread starts the next one where none is under way. The processes outlive the server: another one finds them by the
lock that they hold, and only how a process ended that could say nothing is the knowledge of the server that started it.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from threading import Event as Flag
from threading import Lock, Thread
from typing import Any

import safetensors
from filelock import FileLock, Timeout

from vaeexplorer.config import RunConfig
from vaeexplorer.documents import from_json
from vaeexplorer.files import OWN, SHIPPED, read_file, why
from vaeexplorer.network.dials import Dial, Event, check
from vaeexplorer.runs.folder import check_name, runs_folder
from vaeexplorer.runs.versions import DOCUMENT
from vaeexplorer.trainings import folder, limits
from vaeexplorer.trainings.folder import ServedError, Spec
from vaeexplorer.trainings.listing import LIVING, RESUMABLE, TrainingCard, list_trainings, read_training

ROOT = Path(__file__).parents[2]
PACE = 0.3  # seconds between two looks at what is under way

_changing, _waking = Lock(), Lock()
_processes: "dict[Path, subprocess.Popen[bytes]]" = {}
_wake, _end = Flag(), Flag()
_thread: Thread | None = None


def begin(
    name: str,
    config: RunConfig,
    *,
    events: tuple[Event, ...] = (),
    checkpoint: Path | None = None,
    source: str = "",
) -> TrainingCard:
    """Put a training in the queue; it starts at once where none is under way.

    Args:
        name: of the run to be.
        config: what is trained.
        events: how its dials are turned.
        checkpoint: where it goes on, of another training.
        source: of what it is a branch, for people.

    Raises:
        RunError: the name is no name.
        ServedError: the name is taken, the queue is full, or the disk.
    """
    path = folder.path_of(name)
    with _changing:
        cards = list_trainings()
        if sum(card.state == "waiting" for card in cards) >= limits.MOST_WAITING:
            raise ServedError(f"{limits.MOST_WAITING} trainings are waiting already: try again when one is done.")
        if len(cards) >= limits.MOST_FOLDERS:
            raise ServedError(f"There are {limits.MOST_FOLDERS} trainings already: delete some first.")
        _check_free(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(path.parent).free < limits.LEAST_DISK:
                raise ServedError("The disk is almost full: free some space first.")
        except OSError as error:
            raise ServedError(f"The folder {path.parent.name} cannot be written: {why(error)}.") from None
        number = 1 + max((card.number for card in cards), default=0)
        folder.create(path, Spec(1, config, events, source), number, checkpoint)
    wake()
    return read_training(path)


def resume(name: str) -> None:
    """Put a training that was stopped, killed or failed back in the queue; it goes on at its last epoch's end.

    Raises:
        ServedError: there is none, it goes on already, or its folder cannot be written.
    """
    card = read_training(folder.path_of(name))
    if card.state not in RESUMABLE:
        raise ServedError(f"The training {name} is {card.state}: there is nothing to resume.")
    number = 1 + max((each.number for each in list_trainings()), default=0)
    try:
        folder.write_soon(card.path / folder.WAITING, str(number).encode())
    except OSError as error:
        raise ServedError(f"The training {name} cannot go on: {why(error)}.") from None
    wake()


def ask(name: str, what: dict[str, Any]) -> None:
    """Ask the process of a training to pause, resume, stop at the epoch's end, or turn a dial.

    Raises:
        ServedError: there is none, or it does not run.
    """
    card = read_training(folder.path_of(name))
    if card.state not in LIVING:
        raise ServedError(f"The training {name} does not run: it is {card.state}.")
    folder.ask(card.path, what)


def kill(name: str) -> None:
    """End the process of a training at once; what it had reached at the last epoch's end is kept.

    Raises:
        ServedError: there is none, or it does not run.
    """
    card = read_training(folder.path_of(name))
    if card.state not in LIVING or card.status is None:
        raise ServedError(f"The training {name} does not run: it is {card.state}.")
    (card.path / folder.ENDED).write_text("It was killed from the page; resume goes on at the last epoch's end.")
    with suppress(ProcessLookupError):
        os.kill(card.status.pid, getattr(signal, "SIGKILL", signal.SIGTERM))


def rename(name: str, new: str) -> None:
    """Give a training, and the run that came of it, another name.

    Raises:
        RunError: the new name is no name.
        ServedError: there is none, it runs, or the new name is taken.
    """
    with _changing:
        card = _resting(name, "renamed")
        _check_free(new)
        try:
            if card.state in ("done", "stopped") and (runs_folder() / name / DOCUMENT).exists():
                os.rename(runs_folder() / name, runs_folder() / new)
            os.rename(card.path, folder.path_of(new))
        except OSError as error:
            raise ServedError(f"The training {name} cannot be renamed: {why(error)}.") from None


def delete(name: str) -> None:
    """Forget a training; the run that came of it stays.

    Raises:
        ServedError: there is none, it runs, or it cannot be deleted.
    """
    with _changing:
        card = _resting(name, "deleted")
        gone = card.path.with_name(f"{OWN}{secrets.token_hex(8)}.partial")
        try:
            os.rename(card.path, gone)
        except OSError as error:
            raise ServedError(f"The training {name} cannot be deleted: {why(error)}.") from None
        shutil.rmtree(gone, ignore_errors=True)


def branch(name: str, new: str, dial: Dial, value: float, epochs: int) -> TrainingCard:
    """Begin another training at the last epoch's end of one, with another value of a dial from there on.

    Args:
        name: of the one.
        new: the other's name.
        dial: which.
        value: of the dial.
        epochs: of the other in all.

    Raises:
        RunError: the new name is no name.
        ConfigError: the model has no such dial, or the value is out of range.
        ServedError: there is no such training, it has not ended an epoch, or the new name is taken.
    """
    card = read_training(folder.path_of(name))
    taken = runs_folder() / f"{OWN}{secrets.token_hex(8)}.partial"
    try:
        shutil.copyfile(card.path / folder.CHECKPOINT, taken)
        with safetensors.safe_open(taken, framework="numpy") as file:
            about = file.metadata()
        reached = len(from_json(about["history"], list[Any]))
        events = from_json(about["events"], list[Event])
        if card.status is None or not reached < epochs:
            raise ServedError(f"The training {name} has ended {reached} epochs: the branch needs more than those.")
        turned = Event(reached * card.status.per_epoch, dial, value)
        config = replace(card.config, train=replace(card.config.train, epochs=epochs))
        check(turned, config)
        source = f"{name} at epoch {reached}, {dial} {value:g} from there on"
        return begin(new, config, events=(*events, turned), checkpoint=taken, source=source)
    except FileNotFoundError:
        raise ServedError(f"The training {name} has not ended an epoch yet: there is nothing to branch from.") from None
    except (OSError, safetensors.SafetensorError, KeyError) as error:
        raise ServedError(f"The checkpoint of {name} cannot be read: {error}.") from None
    finally:
        taken.unlink(missing_ok=True)


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
    _end.set()
    _wake.set()
    if _thread is not None:
        _thread.join()


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
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    env = os.environ | {"PYTHONPATH": path, "VAEEXPLORER_RUNS": str(runs_folder().absolute())}
    (card.path / folder.ENDED).unlink(missing_ok=True)
    with (card.path / folder.LOG).open("wb") as log:
        process = subprocess.Popen(
            command(card), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, start_new_session=True
        )
    _processes[card.path] = process
    for _ in range(int(limits.STARTING / 0.02)):
        if process.poll() is not None or not (card.path / folder.WAITING).exists():
            break
        _end.wait(0.02)
    _reap()
    if process.poll() is not None:  # without a word
        (card.path / folder.WAITING).unlink(missing_ok=True)


def command(card: TrainingCard) -> list[str]:
    """The command line of its process."""
    words = [sys.executable, "-m", "vaeexplorer", "train", *options(card.config), "--name", card.name]
    return [*words, "--control", str(card.path.absolute())]


def options(config: RunConfig) -> list[str]:
    """A configuration as options of the command line."""
    words = []
    for part, values in config.chosen().items():
        assert part in {each.name for each in fields(config)}
        for name, value in values.items():
            words.append(f"--{name.replace('_', '-')}")
            if value is not True:  # a flag
                words += map(str, value) if isinstance(value, list | tuple) else [str(value)]
    return words


def _reap() -> None:
    """Note how processes of ours ended that could not say so themselves."""
    for path, process in list(_processes.items()):
        if (code := process.poll()) is None:
            continue
        del _processes[path]
        status = folder.read_status(path)
        has_said = status is not None and status.state in ("stopped", "done", "failed")
        if code and not has_said and path.exists() and not (path / folder.ENDED).exists():
            with suppress(OSError):
                (path / folder.ENDED).write_text(_how(code, path))


def _how(code: int, path: Path) -> str:
    if -code == getattr(signal, "SIGKILL", None):
        return "Its process was killed, by somebody or by the system for want of memory; resume goes on."
    try:
        said = read_file(path / folder.LOG, 1_000_000).decode("utf-8", "replace").strip().splitlines()
    except OSError:
        said = []
    return said[-1].removeprefix("vaeexplorer: ") if said else f"Its process ended with code {code}."


def _resting(name: str, done: str) -> TrainingCard:
    card = read_training(folder.path_of(name))
    if card.state in LIVING:
        raise ServedError(f"The training {name} runs: stop it before it is {done}.")
    return card


def _check_free(name: str) -> None:
    """Raise where a training or a run of this name is there."""
    check_name(name)
    for root in (runs_folder(), SHIPPED):
        if os.path.lexists(root / name):
            raise ServedError(f"There is a run {name} already: choose another name.")
    if folder.path_of(name).exists():
        raise ServedError(f"There is a training {name} already: choose another name.")
