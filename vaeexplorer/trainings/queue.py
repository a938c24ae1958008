"""What can be done to the trainings of a server: begin, resume, kill, rename, delete, branch; one runs at a time."""

import os
import secrets
import shutil
import signal
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

import safetensors

from vaeexplorer.config import RunConfig
from vaeexplorer.documents import from_json
from vaeexplorer.files import OWN, SHIPPED, why
from vaeexplorer.network.dials import Dial, Event, check
from vaeexplorer.runs.folder import check_name, runs_folder
from vaeexplorer.runs.versions import DOCUMENT
from vaeexplorer.trainings import folder, limits
from vaeexplorer.trainings.dispatch import wake
from vaeexplorer.trainings.folder import ServedError, Spec
from vaeexplorer.trainings.listing import LIVING, RESUMABLE, TrainingCard, list_trainings, read_training

_changing = Lock()


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
        folder.requests(
            card.path
        )  # what a process that is gone was asked for and did not hear is not asked of the next
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
    (card.path / folder.ENDED).write_text(
        "It was killed from the page; resume goes on at the last epoch's end.", encoding="utf-8"
    )
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
