"""Processes that train and need not import torch, which takes longer than what they train: copies of one that has."""

import multiprocessing
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from vaeexplorer.trainings import ahead
from vaeexplorer.trainings.listing import TrainingCard

_IMPORTED = ["vaeexplorer.trainings.process", "torch._dynamo"]  # which torch imports for an optimizer


def _train(path: Path, env: dict[str, str]) -> None:
    os.environ.update(env)
    ahead.train(path)


class Copy:
    """The process of a training, with what `trainings.dispatch` needs of the face of `subprocess.Popen`."""

    def __init__(self, card: TrainingCard) -> None:
        context = multiprocessing.get_context("forkserver")  # whose server ends with this process: it reads its pipe
        context.set_forkserver_preload(_IMPORTED)
        self._process = context.Process(target=_train, args=(card.path, ahead.environment()))
        with pytest.MonkeyPatch.context() as patch:  # a copy runs what is the main module here: a page, after its test
            patch.setitem(sys.modules, "__main__", ModuleType("__main__"))
            self._process.start()

    def poll(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def wait(self, timeout: float) -> None:
        self._process.join(timeout)
