"""The published recipe on small data, and the shipped result."""

import dataclasses
import json
import math
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
import torch

from vaeexplorer.__main__ import main
from vaeexplorer.config import ConfigError, ModelConfig, RunConfig
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.files import SHIPPED
from vaeexplorer.network.history import TrainingError
from vaeexplorer.network.models import build
from vaeexplorer.recipes.published import (
    ROWS,
    STAGES,
    configuration,
    epochs_until,
    learning_rate,
    schedule,
    stage_of,
)
from vaeexplorer.recipes.reproduce import Reproduction, binarize, binarized_test_images, initialize

RESULTS = sorted((SHIPPED / "published").glob("*.json"))


@pytest.fixture
def config() -> RunConfig:
    row = configuration("burda-vae1", schedule("published"))
    train = dataclasses.replace(row.train, device="cpu")
    return dataclasses.replace(row, train=train, model=ModelConfig("vae", latent_dim=3, hidden=(16,)))


def test_the_schedule_is_the_papers() -> None:
    assert [epochs_until(stage) for stage in range(STAGES + 1)] == [0, 1, 4, 13, 40, 121, 364, 1093, 3280]
    assert [stage_of(epoch) for epoch in (1, 2, 4, 5, 13, 14, 3280)] == [0, 1, 1, 2, 2, 3, 7]
    assert learning_rate(0) == pytest.approx(1e-3)
    assert learning_rate(7) == pytest.approx(1e-4)
    assert learning_rate(3) / learning_rate(2) == pytest.approx(10 ** (-1 / 7))
    assert schedule("published", 3).epochs == 13
    assert schedule("published").rate(5, 0.5) == learning_rate(2)


def test_the_short_schedule_rises_and_falls() -> None:
    short = schedule("short")
    assert short.rate(1, 0.0) == 0
    assert short.rate(13, 0.0) == pytest.approx(2e-3)
    assert short.rate(307, 0.0) == pytest.approx(1e-3)
    assert 0 <= short.rate(600, 0.999) < 1e-7
    longer = schedule("longer")
    assert longer.rate(460, 0.0) == pytest.approx(1e-3, rel=1e-2)
    assert 0 <= longer.rate(900, 0.999) < 1e-7


@pytest.mark.parametrize("row", ROWS)
def test_every_row_trains_by_its_bound_and_samples(row: str, small_train: ImageDataset) -> None:
    plan = dataclasses.replace(schedule("short"), epochs=3)
    config = configuration(row, plan)
    config = dataclasses.replace(
        config,
        model=ModelConfig("vae", latent_dim=3, hidden=(16,)),
        train=dataclasses.replace(config.train, device="cpu"),
    )
    made = Reproduction(row, "short", config=config, images=small_train.images[:256])
    made.schedule = plan
    epochs = list(made)
    assert epochs[-1].loss < epochs[0].loss
    assert (config.objective.bound, config.objective.samples) == (ROWS[row].bound, ROWS[row].samples)


def test_many_binarizations_average_to_the_grey_image() -> None:
    grey = torch.arange(256, dtype=torch.uint8)
    generator = torch.Generator().manual_seed(0)
    draws = 4000
    mean = sum(binarize(grey, generator).double() for _ in range(draws)) / draws
    assert isinstance(mean, torch.Tensor)
    p = grey.double() / 255
    deviation = (mean - p).abs() / (p * (1 - p) / draws).sqrt().clamp(min=1e-12)
    assert mean[0] == 0
    assert mean[255] == 1
    assert deviation[1:255].max() < 4.5
    assert deviation[1:255].square().mean() == pytest.approx(1, abs=0.3)


def test_images_are_binarized_anew_each_time_and_the_test_images_once(small_test: ImageDataset) -> None:
    images = torch.tensor(small_test.images)
    generator = torch.Generator().manual_seed(0)
    assert not torch.equal(binarize(images, generator), binarize(images, generator))
    once = binarized_test_images(small_test.images)
    assert np.array_equal(once, binarized_test_images(small_test.images))
    assert set(np.unique(once)) == {0, 255}
    assert once.mean() == pytest.approx(small_test.images.mean(), rel=0.02)


def test_the_last_bias_begins_at_the_mean_image(config: RunConfig, small_train: ImageDataset) -> None:
    network = build(config.model, config.objective.likelihood)
    images = torch.tensor(small_train.images.reshape(-1, 784))
    initialize(network, images, 0)
    bias = network.decoder[-1].bias
    assert isinstance(bias, torch.Tensor)
    mean = (images.double().mean(0) / 255).clamp(0.001, 0.999)
    assert torch.allclose(torch.sigmoid(bias.detach()).double(), mean, atol=1e-6)
    weight = network.mean.weight
    assert weight.abs().max() <= math.sqrt(6 / sum(weight.shape))
    assert torch.equal(network.mean.bias, torch.zeros(3))


def test_adam_has_the_papers_epsilon_and_each_stage_its_rate(config: RunConfig, small_train: ImageDataset) -> None:
    made = Reproduction(stages=2, config=config, images=small_train.images)
    epochs = list(made)
    assert [epoch.number for epoch in epochs] == [1, 2, 3, 4]
    assert made.optimizer.param_groups[0]["eps"] == 1e-4
    assert made.optimizer.param_groups[0]["betas"] == (0.9, 0.999)
    assert made.optimizer.param_groups[0]["lr"] == pytest.approx(learning_rate(1))
    assert epochs[-1].loss < epochs[0].loss


def test_the_gradient_is_of_the_batchs_sum(config: RunConfig, small_train: ImageDataset) -> None:
    """Adam's epsilon of 1e-4 is small beside a sum over 20 images, and not beside their mean."""
    made = Reproduction(stages=1, config=config, images=small_train.images)
    x, eps = binarize(made.images[:20], torch.Generator().manual_seed(0)), torch.zeros(20, 3)
    each = sum(made._loss(x[i : i + 1], eps[i : i + 1])[0].item() for i in range(20))
    assert made._loss(x, eps)[0].item() == pytest.approx(each, rel=1e-5)


def test_it_resumes_to_the_same_weights(config: RunConfig, small_train: ImageDataset, tmp_path: Path) -> None:
    images, checkpoint, stop = small_train.images[:200], tmp_path / "row.safetensors", Event()
    whole = Reproduction(stages=2, config=config, images=images)
    list(whole)
    begun = Reproduction(stages=2, config=config, images=images, checkpoint=checkpoint, stop=stop)
    for epoch in begun:
        if epoch.number == 2:
            stop.set()
    assert not begun.finished
    resumed = Reproduction(stages=2, config=config, images=images, checkpoint=checkpoint)
    assert resumed.done == 2
    list(resumed)
    for name, tensor in whole.network.state_dict().items():
        assert torch.equal(tensor, resumed.network.state_dict()[name]), name
    checkpoint.write_bytes(checkpoint.read_bytes()[:1000])
    with pytest.raises(TrainingError, match="delete it"):
        Reproduction(stages=2, config=config, images=images, checkpoint=checkpoint)


def holds_together(result: dict[str, Any]) -> None:
    """What must be so of every result."""
    figures, plan = result["figures"], result["schedule"]
    assert result["schema"] == 2
    assert figures["negative_elbo"] == pytest.approx(figures["reconstruction"] + figures["kl"], abs=1e-3)
    assert figures["nll"] < figures["negative_elbo_of_nll_images"], "the bound with many samples is the tighter one"
    assert result["distance"]["nll"] == pytest.approx(figures["nll"] - result["published"]["nll"])
    if result["published"]["active_units"] is not None:
        assert result["distance"]["active_units"] == figures["active_units"] - result["published"]["active_units"]
    if plan["name"] == "published":
        assert plan["epochs"] == epochs_until(plan["stages"])
        assert plan["learning_rates"] == pytest.approx([learning_rate(stage) for stage in range(plan["stages"])])
    assert len(result["curve"]) == plan["epochs"]
    assert 0 < figures["nll_standard_error"] < 10
    assert 0 <= figures["active_units"] <= result["config"]["model"]["latent_dim"]


def test_a_result_says_what_was_done(config: RunConfig, small_train: ImageDataset, small_test: ImageDataset) -> None:
    made = Reproduction(stages=1, config=config, images=small_train.images)
    list(made)
    result = made.result(small_test.images, samples=50, nll_images=100)
    holds_together(json.loads(json.dumps(result)))
    assert (result["figures"]["nll_images"], result["figures"]["images"]) == (100, 300)
    assert result["schedule"]["stages"] == 1
    # An untrained corner of the network leaves units that no image moves: they are not active.
    with torch.no_grad():
        made.network.mean.weight[1:] = 0
    assert made.result(small_test.images, samples=5, nll_images=20)["figures"]["active_units"] <= 1


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_the_shipped_results_hold_together(path: Path) -> None:
    result = json.loads(path.read_text(encoding="utf-8"))
    holds_together(result)
    row, plan, seed = result["row"], result["schedule"], result["config"]["train"]["seed"]
    assert path.stem == f"{row}-{plan['name']}-seed{seed}"
    assert result["published"]["nll"] == ROWS[row].nll
    assert RunConfig.from_json(result["config"]) == configuration(row, schedule(plan["name"]), seed)
    assert (result["figures"]["nll_samples"], result["figures"]["nll_images"]) == (5000, 10_000)
    assert result["provenance"]["train_images"].endswith("60,000 training images")
    assert plan["epochs"] == plan["of_epochs"]
    assert result["differences"][-len(schedule(plan["name"]).differences) :] == list(schedule(plan["name"]).differences)
    # A recipe gone wrong would be far from the table on either side.
    assert abs(result["distance"]["nll"]) < 1


def test_the_readmes_table_is_what_was_measured() -> None:
    results = [json.loads(path.read_text(encoding="utf-8")) for path in RESULTS]
    lines = (SHIPPED.parent / "README.md").read_text(encoding="utf-8").splitlines()
    for name, row in ROWS.items():
        for plan in sorted({result["schedule"]["name"] for result in results if result["row"] == name}):
            mine = [each for each in results if (each["row"], each["schedule"]["name"]) == (name, plan)]
            ours = ", ".join(f"{result['figures']['nll']:.2f}" for result in mine)
            units = ", ".join(str(result["figures"]["active_units"]) for result in mine)
            known = f" ({row.active_units})" if row.active_units else ""
            distance = np.mean([result["distance"]["nll"] for result in mine])
            sign = "+" if distance > 0 else "−"
            epochs = mine[0]["schedule"]["of_epochs"]
            assert (
                f"| `{name}` | {epochs} | {row.nll} | {ours} | {units}{known} | {sign} {abs(distance):.2f} |" in lines
            )
            assert all(result["figures"]["nll_standard_error"] == pytest.approx(0.23, abs=0.01) for result in mine)


@pytest.mark.parametrize("stages", [0, 9])
def test_there_are_eight_stages(stages: int, small_train: ImageDataset) -> None:
    with pytest.raises(ConfigError, match="1 to 8"):
        Reproduction(stages=stages, images=small_train.images)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["burda-vae9"], "burda-vae1"),
        (["burda-vae1", "--stages", "9"], "1 to 8"),
        (["burda-vae1", "--images", "0"], "1 to 10,000"),
        (["burda-vae1", "--samples", "0"], "at least 1"),
        (["burda-vae1", "--schedule", "short", "--stages", "2"], "no stages"),
    ],
)
def test_bad_input_is_refused_in_a_line(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reproduce", *arguments]) == 2
    assert words in capsys.readouterr().err
