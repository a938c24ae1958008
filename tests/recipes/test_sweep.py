"""A sweep is trained where points are missing, resumes, and is never half there."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import joblib
import numpy as np
import pytest

from tests.processes import started
from vaeexplorer.__main__ import main
from vaeexplorer.config import ModelConfig, ObjectiveConfig, RunConfig, TrainConfig
from vaeexplorer.data.datasets import SAMPLE
from vaeexplorer.data.images import FULL_SIZE, DataError, ImageDataset
from vaeexplorer.recipes import sweep as recipe
from vaeexplorer.recipes.sweep import Task, rebuild, train_point
from vaeexplorer.results import sweep
from vaeexplorer.results.sweep import (
    SweepError,
    path_of,
    read_point,
)


def small(*betas: float) -> tuple[RunConfig, ...]:
    """Points that train in a second or two on the shipped sample."""
    return tuple(
        dataclasses.replace(
            sweep.config_of("mnist", 2, beta),
            objective=ObjectiveConfig(beta=beta),
            model=ModelConfig(latent_dim=2, hidden=(8,)),
            train=TrainConfig(epochs=1, batch_size=500, device="cpu", precision="float32"),
        )
        for beta in betas
    )


@pytest.fixture
def sample_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FULL_SIZE, "train", 10_000)


@pytest.fixture(scope="module")
def point(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the point of beta = 1."""
    root = tmp_path_factory.mktemp("point")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VAEEXPLORER_DATA", str(SAMPLE.root))
        patch.setitem(FULL_SIZE, "train", 10_000)
        assert list(rebuild(small(1), root=root)) == [*small(1)]
    return root


@pytest.mark.usefixtures("sample_is_enough")
def test_a_point_learns_how_far_its_codes_are_from_the_prior(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, and nothing else of it changes."""
    config = sweep.CONFIGS[0]
    shutil.copy(path_of(config), tmp_path)
    before = read_point(config, tmp_path)
    if before.total_variation is not None:
        with np.load(path_of(config)) as file:
            arrays = dict(file)
        document = json.loads(str(arrays["document"])) | {"total_variation": None}
        np.savez_compressed(path_of(config, tmp_path), **arrays | {"document": np.array(json.dumps(document))})
    monkeypatch.setattr(recipe, "regularity", lambda mean, logvar: (0.7, 0.68, 0.72))
    assert list(recipe.measure((config,), root=tmp_path)) == [config]
    after = read_point(config, tmp_path)
    assert after.total_variation == (0.7, 0.68, 0.72)
    np.testing.assert_array_equal(after.mean, before.mean)
    assert after.provenance == before.provenance
    monkeypatch.setattr(recipe, "regularity", lambda mean, logvar: pytest.fail("it is there"))
    assert list(recipe.measure((config,), root=tmp_path)) == [config]


@pytest.mark.usefixtures("sample_is_enough")
def test_points_that_are_there_are_left_alone(tmp_path: Path, point: Path) -> None:
    configs = small(1, 2)
    first = path_of(configs[0], tmp_path)
    shutil.copy(path_of(configs[0], point), first)
    written = first.stat().st_mtime_ns
    assert set(rebuild(configs, root=tmp_path)) == set(configs)
    assert first.stat().st_mtime_ns == written
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["mnist-2d-beta1.npz", "mnist-2d-beta2.npz"]
    assert read_point(configs[1], tmp_path).beta == 2


@pytest.mark.usefixtures("sample_is_enough")
def test_a_broken_point_is_trained_again(tmp_path: Path) -> None:
    (config,) = small(1)
    path_of(config, tmp_path).write_bytes(b"PK")
    assert list(rebuild((config,), root=tmp_path)) == [config]
    assert read_point(config, tmp_path).beta == 1


@pytest.mark.usefixtures("sample_is_enough")
def test_workers_and_a_surrounding_backend_give_the_same_points(tmp_path: Path, point: Path) -> None:
    (config,) = small(1)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        list(rebuild((config,), root=tmp_path))
    alone, together = read_point(config, point), read_point(config, tmp_path)
    assert together.rate == alone.rate
    assert np.array_equal(together.mean, alone.mean)
    assert all(np.array_equal(together.weights[key], alone.weights[key]) for key in alone.weights)


@pytest.mark.usefixtures("sample_is_enough")
def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    monkeypatch.setattr(recipe, "train_point", lambda task: (task.config, {"mean": np.zeros(3)}))
    with pytest.raises(SweepError, match="the disk is full"):
        list(rebuild(small(1), root=tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow  # that a write which is killed leaves nothing: tests/test_files.py; that a sweep goes on: above
def test_a_killed_sweep_leaves_whole_points_and_goes_on(tmp_path: Path) -> None:
    code = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from pathlib import Path
from tests.recipes.test_sweep import small
from vaeexplorer.data import images
from vaeexplorer.recipes import sweep
images.FULL_SIZE["train"] = 10_000
for config in sweep.rebuild(small(*[b / 10 for b in range(1, 30)]), root=Path({str(tmp_path)!r})):
    print(config, flush=True)
"""
    with started([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.05)
        process.kill()
    done = sorted(tmp_path.glob("*.npz"))
    assert done
    for path in done:
        beta = float(path.stem.split("beta")[1])
        assert read_point(small(beta)[0], tmp_path).beta == beta


def test_without_the_full_sets_nothing_is_trained(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="VAEEXPLORER_DATA"):
        list(rebuild(small(1), root=tmp_path))
    with pytest.raises(ValueError, match="at least 1"):
        list(rebuild(small(1), workers=0, root=tmp_path))


def test_a_worker_with_other_images_or_versions_trains_nothing(mnist_train: ImageDataset) -> None:
    (config,) = small(1)
    with pytest.raises(DataError, match="other training images of mnist"):
        train_point(Task(config, "another hash", recipe._versions()))
    with pytest.raises(SweepError, match=r"other versions than were asked for: vaeexplorer .* and vaeexplorer 9\.9"):
        train_point(Task(config, mnist_train.content_hash, ("9.9", "9.9")))


def test_the_command_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "--workers", "0"]) == 2
    assert "workers must be at least 1" in capsys.readouterr().err
