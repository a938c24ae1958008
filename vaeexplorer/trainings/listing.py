"""Which trainings there are, and how each of them stands. Reading changes nothing."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vaeexplorer.config import ConfigError, RunConfig
from vaeexplorer.files import read_file
from vaeexplorer.network.dials import Event, read_events
from vaeexplorer.runs.folder import runs_folder
from vaeexplorer.trainings import folder
from vaeexplorer.trainings.folder import ServedError, Spec, Status

Standing = Literal["waiting", "starting", "running", "paused", "stopped", "done", "failed", "interrupted"]
RESUMABLE = ("stopped", "failed", "interrupted")
LIVING = ("starting", "running", "paused")
_LITTLE = 50_000_000  # bytes of a disk that is as good as full


@dataclass(frozen=True)
class TrainingCard:
    """A training of this server.

    Attributes:
        name: of the run to be.
        path: of its folder.
        state: waiting, in the queue; starting; running; paused; stopped, kept as a run at the end of an epoch; done;
            failed; or interrupted: its process is gone without a word.
        sentence: why it is in that state, for people; empty where nothing need be said.
        number: the place in the queue, of one that waits.
        events: how the dials were turned so far.
        status: what its process said last, None before the first word.
    """

    name: str
    path: Path
    config: RunConfig
    state: Standing
    sentence: str
    number: int
    events: tuple[Event, ...]
    source: str
    status: Status | None

    @property
    def step(self) -> int:
        """Steps done."""
        return self.status.step if self.status else 0

    @property
    def epoch(self) -> int:
        """Epochs done."""
        return self.status.step // self.status.per_epoch if self.status and self.status.per_epoch else 0


def list_trainings() -> list[TrainingCard]:
    """Every training there is: those that run, those that wait in their order, and the others by name."""
    found = []
    try:
        names = sorted(os.listdir(runs_folder()))
    except OSError:
        return []
    for name in names:
        if name.startswith(folder.PREFIX):
            try:
                found.append(read_training(runs_folder() / name))
            except ServedError:
                continue  # it is being deleted, or was damaged by hand
    order = {"waiting": 1, "starting": 0, "running": 0, "paused": 0}
    return sorted(found, key=lambda card: (order.get(card.state, 2), card.number))


def read_training(path: Path) -> TrainingCard:
    """How a training stands.

    Raises:
        ServedError: there is none, or what there is cannot be read.
    """
    spec, status = folder.read_spec(path), folder.read_status(path)
    state, sentence = _standing(path, status)
    return TrainingCard(
        name=folder.name_of(path),
        path=path,
        config=spec.config,
        state=state,
        sentence=sentence,
        number=_number(path),
        events=_events(path, spec),
        source=spec.source,
        status=status,
    )


def _standing(path: Path, status: Status | None) -> tuple[Standing, str]:
    is_asked = (path / folder.WAITING).exists()  # until a process has begun
    if folder.is_alive(path):
        return ("starting", "") if is_asked or status is None else (status.state, status.sentence)
    if is_asked:
        return "waiting", ""
    if status is not None and status.state in ("stopped", "done", "failed"):
        return status.state, status.sentence
    if shutil.disk_usage(path).free < _LITTLE:
        return "interrupted", "The disk is full: free some space, and resume."
    return "interrupted", _last_words(path)


def _last_words(path: Path) -> str:
    """Why a process ended that could not say so itself."""
    try:
        ended = read_file(path / folder.ENDED, 1000).decode()
    except OSError:
        return "Its process is gone, as after a restart of the machine: resume it."
    return ended


def _number(path: Path) -> int:
    try:
        return int((path / folder.WAITING).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0


def _events(path: Path, spec: Spec) -> tuple[Event, ...]:
    try:
        return tuple(read_events(path / folder.EVENTS))
    except ConfigError:
        return spec.events
