"""A small training, and the run that it makes."""

from pathlib import Path

import pytest

from vaeexplorer.config import RunConfig
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.network.training import Training, train
from vaeexplorer.runs import folder
from vaeexplorer.runs.finish import save_run


@pytest.fixture(scope="package")
def trained(small_config: RunConfig, small_train: ImageDataset, small_test: ImageDataset) -> Training:
    training = train(small_config, train_set=small_train, test_set=small_test)
    list(training)
    return training


@pytest.fixture
def saved(trained: Training, runs_folder: Path) -> folder.Run:
    return save_run(trained, "small")
