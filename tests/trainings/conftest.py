"""Trainings in processes, on a small set of images of one's own."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vaeexplorer.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.data.own.library import store
from vaeexplorer.data.own.prepare import Prepared
from vaeexplorer.trainings import dispatch, folder
from vaeexplorer.trainings.listing import LIVING, TrainingCard, list_trainings, read_training

PATIENCE = 60.0  # seconds; a process begins in one on a quiet machine


@pytest.fixture
def config(
    small_train: ImageDataset, small_test: ImageDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> RunConfig:
    """Of a training whose epoch takes a moment, on images of one's own."""
    monkeypatch.setenv("VAEEXPLORER_SETS", str(tmp_path / "sets"))
    sets = {"train": small_train, "test": small_test}
    images: Any = {split: data.images for split, data in sets.items()}
    labels: Any = {split: data.labels.astype(np.uint8) for split, data in sets.items()}
    name = store(Prepared("small", images, labels, tuple("0123456789"), ()))
    train = TrainConfig(epochs=4, batch_size=16, device="cpu", precision="float32", schedule="constant")
    return RunConfig(DataConfig(name), ModelConfig(hidden=(64, 32)), train=train)


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    """No process outlives its test."""
    yield
    dispatch.rest()
    for card in list_trainings():
        if card.state in LIVING and card.status:
            with suppress(ProcessLookupError):
                os.kill(card.status.pid, signal.SIGKILL)
    for process in dispatch.left():
        process.kill()
        process.wait(PATIENCE)


def until(name: str, condition: Callable[[TrainingCard], bool]) -> TrainingCard:
    """A training, once it is as it should be."""
    deadline = time.monotonic() + PATIENCE
    while not condition(card := read_training(folder.path_of(name))):
        assert time.monotonic() < deadline, (card.state, card.sentence, card.step)
        time.sleep(0.02)
    return card


def is_(state: str) -> Callable[[TrainingCard], bool]:
    return lambda card: card.state == state
