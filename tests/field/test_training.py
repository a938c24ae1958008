"""Training, stopping and going on: what public reports about other libraries complain of, tried here."""

import base64
import io
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch
from PIL import Image

import vaeexplorer as vx
from vaeexplorer.__main__ import main
from vaeexplorer.config import ConfigError, ModelConfig, ObjectiveConfig, RunConfig, TrainConfig
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.folders import file_names
from vaeexplorer.data.idx import to_idx
from vaeexplorer.data.images import ImageDataset, Split
from vaeexplorer.export.report import strip
from vaeexplorer.network.classifier import ClassifierError, build, save_classifier
from vaeexplorer.network.dials import schedule
from vaeexplorer.network.history import TrainingError
from vaeexplorer.network.training import Training
from vaeexplorer.recipes.sweep import _write
from vaeexplorer.results.sweep import SweepError
from vaeexplorer.runs.attachments import load_projection, save_projection
from vaeexplorer.runs.folder import RunError, load_run

SMALL = ["--hidden", "8", "--batch-size", "500", "--device", "cpu", "--precision", "float32"]


def longer(config: RunConfig, epochs: int) -> RunConfig:
    return replace(config, train=replace(config.train, epochs=epochs))


def trained(config: RunConfig, train: ImageDataset, test: ImageDataset) -> Training:
    training = vx.train(config, train_set=train, test_set=test)
    assert len(list(training)) == config.train.epochs
    return training


# scverse/scvi-tools#1569: a warm-up longer than the run silently leaves a smaller beta
def test_a_warm_up_longer_than_the_run_is_refused(small_config: RunConfig, small_train: ImageDataset) -> None:
    sets: Any = {"train_set": small_train, "test_set": small_train}
    slow = replace(small_config, objective=ObjectiveConfig(beta=2, kl_warmup=12))
    with pytest.raises(ConfigError, match=r"kl_warmup is 12 epochs and the run has 3: .* ends at 0\.5, below beta = 2"):
        vx.train(slow, **sets)
    vx.train(replace(slow, objective=ObjectiveConfig(kl_warmup=3)), **sets)
    vx.train(replace(slow, model=ModelConfig("ae", hidden=(8,))), **sets)  # which has no KL term


# holoviz/param#688, maroba/findiff#32: NumPy's numbers are no numbers
def test_numbers_of_numpy_are_numbers() -> None:
    three, two, hidden = np.int64(3), np.int16(2), (np.int32(8), np.uint8(4))
    half, one = np.float32(0.5), np.float64(1.0)
    model: Any = {"latent_dim": three, "hidden": hidden}
    objective: Any = {"beta": one, "pixel_variance": half, "kl_warmup": two}
    training: Any = {"epochs": three, "learning_rate": half}
    config = RunConfig(
        model=ModelConfig(**model), objective=ObjectiveConfig(**objective), train=TrainConfig(**training)
    )
    assert config == RunConfig.from_json(config.to_json())
    assert config.model.hidden == (8, 4)
    assert type(config.objective.beta) is float
    assert type(config.train.epochs) is int
    bad: Any
    for bad in (np.float64("nan"), np.float64(-1), np.bool_(True), "1", True):
        with pytest.raises(ConfigError, match="beta cannot be"):
            ObjectiveConfig(beta=bad)
    bad = np.float64(3.5)
    with pytest.raises(ConfigError, match="epochs cannot be"):
        TrainConfig(epochs=bad)


# Lightning-AI/pytorch-lightning#2823, facebookresearch/fairseq-lua#52: no more epochs than were planned
def test_an_interrupted_training_goes_on_for_longer(
    small_config: RunConfig, small_train: ImageDataset, small_test: ImageDataset, tmp_path: Path
) -> None:
    sets: Any = {"train_set": small_train, "test_set": small_test}
    path = tmp_path / "checkpoint"
    next(iter(vx.train(small_config, checkpoint=path, **sets)))
    training = vx.train(longer(small_config, 5), checkpoint=path, **sets)
    assert [record.epoch for record in training] == [2, 3, 4, 5]
    assert training.extended == "from 3 epochs to 5 at epoch 1"
    # deepinsight/insightface#2143: the schedule goes on as if the run were still the shorter one
    steps = 10  # of 600 images in batches of 64
    rate = training.optimizer.param_groups[0]["lr"]
    assert rate == pytest.approx(small_config.train.learning_rate * schedule("one-cycle", 5 * steps - 1, 5 * steps))
    run = vx.save_run(training, "longer")
    assert run.provenance["extended"] == "from 3 epochs to 5 at epoch 1"
    assert run.snapshots.shape == (5, 300, 2)
    with pytest.raises(TrainingError, match="at epoch 5, beyond the 3 asked for"):
        vx.train(small_config, checkpoint=path, **sets)
    with pytest.raises(TrainingError, match=r"another configuration \(latent_dim 2, not 3\)"):
        vx.train(replace(longer(small_config, 5), model=ModelConfig(latent_dim=3)), checkpoint=path, **sets)


def test_a_finished_run_goes_on_for_longer(capsys: pytest.CaptureFixture[str], runs_folder: Path) -> None:
    command = ["train", "--name", "mine", *SMALL]
    assert main([*command, "--epochs", "1", "--resume"]) == 0
    assert "There is no checkpoint of mine: training begins at the first epoch." in capsys.readouterr().err
    before = load_run("mine")
    assert main([*command, "--epochs", "1", "--resume", "--overwrite"]) == 1
    assert "has its 1 epochs: ask for more to go on" in capsys.readouterr().err
    assert main([*command, "--epochs", "2", "--resume"]) == 2
    assert load_run("mine").key == before.key
    assert main([*command, "--epochs", "2", "--resume", "--overwrite"]) == 0
    after = load_run("mine")
    assert [record.epoch for record in after.history] == [1, 2]
    assert after.history[0] == before.history[0]
    assert after.history[1].test.total < after.history[0].test.total
    assert after.provenance["extended"] == "from 1 epochs to 2 at epoch 1"


def test_a_command_that_fails_leaves_the_checkpoint(
    capsys: pytest.CaptureFixture[str], runs_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = runs_folder / ".checkpoints" / "mine.safetensors"
    config = RunConfig(
        model=ModelConfig(hidden=(8,)), train=TrainConfig(epochs=2, batch_size=500, device="cpu", precision="float32")
    )
    next(iter(vx.train(config, checkpoint=checkpoint)))
    content = checkpoint.read_bytes()
    command = ["train", "--name", "mine", "--epochs", "2", *SMALL]
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    for more in (
        ["--restart", "--device", "mps"],
        ["--resume", "--device", "mps"],
        ["--resume", "--restart"],
        ["--resume", "--latent-dim", "3"],
        ["--restart", "--kl-warmup", "9"],
        ["--resume", "--epochs", "1", "--seed", "3"],
    ):
        assert main([*command, *more]) in (1, 2), more
        assert checkpoint.read_bytes() == content, more
        assert not (runs_folder / "mine").exists()
    # other images, named after the training was stopped
    monkeypatch.setenv("VAEEXPLORER_DATA", str(_other_images(runs_folder)))
    capsys.readouterr()
    assert main([*command, "--resume"]) == 1
    assert "is of other images than VAEEXPLORER_DATA: 300 training images" in capsys.readouterr().err
    assert checkpoint.read_bytes() == content


def _other_images(folder: Path) -> Path:
    raw = folder.parent / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for split in get_args(Split):
        data = load_dataset("mnist", split, download=False)
        images, labels = file_names(split)
        (raw / images).write_bytes(to_idx(data.images[:300]))
        (raw / labels).write_bytes(to_idx(data.labels[:300].astype(np.uint8)))
    return raw.parent.parent


# huggingface/transformers#1154: numbers beyond half precision become infinite
@pytest.mark.parametrize(("scale", "kind"), [(1.0, np.float16), (1e7, np.float32), (1e39, None)])
def test_codes_beyond_half_precision_are_written_so_that_they_can_be_read(
    scale: float, kind: type | None, small_config: RunConfig, small_train: ImageDataset, small_test: ImageDataset
) -> None:
    training = trained(replace(longer(small_config, 1), model=ModelConfig("ae", hidden=(8,))), small_train, small_test)
    with torch.no_grad():
        training.network.mean.weight.mul_(scale)
        training.network.mean.bias.mul_(scale)
    if kind is None:
        with pytest.raises(RunError, match="beyond what float32 can hold"):
            vx.save_run(training, "mine")
        assert "mine" not in [card.name for card in vx.list_runs()[0]]
        return
    run = vx.save_run(training, "mine")
    with np.load(run.path / "codes.npz") as arrays:
        assert arrays["mean"].dtype == kind
    exact = run.model.encode(small_test.images).mean
    assert (np.abs(run.codes.mean - exact).max(axis=0) <= 0.005 * exact.std(axis=0)).all()


def test_weights_beyond_half_precision_are_written_so_that_they_can_be_read(
    small_config: RunConfig, small_train: ImageDataset, small_test: ImageDataset
) -> None:
    training = trained(
        replace(longer(small_config, 1), model=ModelConfig("ae", hidden=(8,), activation="tanh")),
        small_train,
        small_test,
    )
    with torch.no_grad():
        training.network.get_parameter("trunk.0.bias")[0] = (
            1e6  # a unit that is on for good: tanh of infinity is finite
        )
    run = vx.save_run(training, "mine")
    assert run.weights["trunk.0.bias"][0] == 1e6


def test_labels_that_no_run_could_be_read_with_are_refused_before_the_training(
    small_config: RunConfig, small_test: ImageDataset
) -> None:
    odd = replace(small_test, labels=small_test.labels + 300, class_names=tuple(map(str, range(400))))
    with pytest.raises(ConfigError, match="test_set has the label 309, and mnist has 10 classes"):
        vx.train(small_config, test_set=odd)


def test_a_layout_that_is_not_finite_is_not_kept(
    small_config: RunConfig, small_train: ImageDataset, small_test: ImageDataset
) -> None:
    run = vx.save_run(trained(longer(small_config, 1), small_train, small_test), "mine")
    with pytest.raises(RunError, match="cannot be kept"):
        save_projection(run, "umap", np.full((300, 2), np.nan))
    assert load_projection(run, "umap") is None
    wide = np.linspace(0, 1e6, 600).reshape(300, 2)
    save_projection(run, "umap", wide)
    found = load_projection(run, "umap")
    assert found is not None
    np.testing.assert_allclose(found, wide, rtol=1e-6)


def test_the_strip_of_a_report_does_not_wrap_round() -> None:
    address = strip(np.stack([np.full((28, 28), 1.2), np.full((28, 28), -0.2)]))
    with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as image:
        pixels = np.asarray(image)
    assert (pixels[:, :28] == 255).all()
    assert (pixels[:, 30:] == 0).all()


def test_a_point_and_a_classifier_beyond_half_precision_are_not_written(
    tmp_path: Path, small_train: ImageDataset, small_test: ImageDataset
) -> None:
    with np.errstate(over="ignore"), pytest.raises(SweepError, match="beyond half precision"):
        _write(tmp_path / "point.npz", {"mean": np.array([1e9]).astype(np.float16)})
    network = build()
    with torch.no_grad():
        network.get_parameter("0.bias")[0] = 1e6
    with pytest.raises(ClassifierError, match="beyond half precision"):
        save_classifier(network, small_train, small_test, tmp_path)
    assert not list(tmp_path.glob("*.*"))
