import dataclasses
import functools
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event as Flag

import numpy as np
import pytest
import safetensors
import safetensors.torch
import torch

from tests.conftest import first
from vaeexplorer.config import (
    Architecture,
    ConfigError,
    Family,
    Likelihood,
    ModelConfig,
    ObjectiveConfig,
    RunConfig,
    TrainConfig,
)
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.network.dials import Event, read_events, schedule, warmed_up
from vaeexplorer.network.history import TrainingError
from vaeexplorer.network.step import Step, resolve_device, resolve_precision
from vaeexplorer.network.training import Training, train

Start = Callable[..., Training]


@pytest.fixture
def start(small_train: ImageDataset, small_test: ImageDataset) -> Start:
    """train() on the small sets."""

    return functools.partial(train, train_set=small_train, test_set=small_test)


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Small products are not worth a second thread, which beside other work costs more than it brings."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def weights(training: Training) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in training.network.state_dict().items()}


def assert_same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> None:
    assert a.keys() == b.keys()
    assert all(torch.equal(a[name], b[name]) for name in a)


def with_train(config: RunConfig, **changes: object) -> RunConfig:
    return dataclasses.replace(config, train=dataclasses.replace(config.train, **changes))  # type: ignore[arg-type]


def test_a_record_an_epoch_and_the_loss_falls(start: Start, small_config: RunConfig) -> None:
    training = start(small_config)
    records = list(training)
    assert [record.epoch for record in records] == [1, 2, 3]
    assert training.history == records
    assert training.finished
    assert records[-1].test.total < records[0].test.total
    for record in records:
        assert record.test.total == pytest.approx(record.test.reconstruction + record.test.kl, rel=1e-5)
        assert record.seconds > 0
    assert records[-1].test.kl > 0


def test_losses_are_sums_over_pixels_and_means_over_images(
    start: Start, small_config: RunConfig, small_train: ImageDataset, small_test: ImageDataset
) -> None:
    """An untrained decoder answers with the mean image, in whatever batch size."""
    images = torch.tensor(small_test.images).flatten(1).double() / 255
    mean = (torch.tensor(small_train.images).flatten(1).double() / 255).mean(0).clamp(0.002, 0.998)
    grey = -(images * mean.log() + (1 - images) * (1 - mean).log()).sum(1).mean().item()
    for batch_size in (50, 600):
        training = start(with_train(small_config, epochs=1, learning_rate=1e-9, batch_size=batch_size))
        (record,) = training
        assert record.test.reconstruction == pytest.approx(grey, rel=0.02)
        assert record.train.reconstruction == pytest.approx(grey, rel=0.1)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("model", [ModelConfig(hidden=(32, 16)), ModelConfig(arch="conv", hidden=(4, 8))])
def test_same_seed_gives_the_same_bits(
    start: Start, small_config: RunConfig, model: ModelConfig, precision: str
) -> None:
    config = with_train(dataclasses.replace(small_config, model=model), epochs=1, precision=precision)
    first, second = start(config), start(config)
    list(first), list(second)
    assert_same(weights(first), weights(second))
    other = start(with_train(config, seed=1))
    list(other)
    assert not torch.equal(weights(first)["mean.weight"], weights(other)["mean.weight"])


def test_resuming_gives_the_weights_of_an_uninterrupted_run(
    start: Start, small_config: RunConfig, tmp_path: Path
) -> None:
    config = dataclasses.replace(small_config, objective=ObjectiveConfig("gaussian-learned", kl_warmup=2))
    whole = start(config)
    list(whole)
    stop = Flag()
    part = start(config, stop, checkpoint=tmp_path / "checkpoint")
    for _ in part:
        stop.set()  # at the end of the first epoch
    assert len(part.history) == 1
    assert not part.finished
    resumed = start(config, checkpoint=tmp_path / "checkpoint")
    assert [record.epoch for record in resumed] == [2, 3]
    assert_same(weights(whole), weights(resumed))
    assert [(r.epoch, r.train, r.test) for r in whole.history] == [(r.epoch, r.train, r.test) for r in resumed.history]
    np.testing.assert_array_equal(np.stack(whole.snapshots), np.stack(resumed.snapshots))


def test_dials_are_turned_at_their_steps_and_the_same_events_give_the_same_bits(
    start: Start, small_config: RunConfig, tmp_path: Path
) -> None:
    config = with_train(small_config, schedule="constant")

    def steer(training: Training) -> None:
        if training.step == 7:
            training.turn("beta", 8)
        if training.step in (12, 13):
            training.turn("rate", 5e-3)

    plain, steered = start(config), start(config, on_step=steer, checkpoint=tmp_path / "checkpoint")
    list(plain)
    list(steered)
    assert steered.dials.events == [Event(7, "beta", 8.0), Event(12, "rate", 5e-3), Event(13, "rate", 5e-3)]
    assert not torch.equal(weights(plain)["mean.weight"], weights(steered)["mean.weight"])
    assert steered.history[-1].test.total == pytest.approx(
        steered.history[-1].test.reconstruction + 8 * steered.history[-1].test.kl, rel=1e-5
    )
    again = start(config, events=steered.dials.events)
    list(again)
    assert_same(weights(steered), weights(again))
    assert [(r.train, r.test) for r in again.history] == [(r.train, r.test) for r in steered.history]

    # What is kept names the beta that was reached, and the one that it began with as the first event.
    ended, events = steered.outcome
    assert ended.objective.beta == 8
    assert events == [Event(0, "beta", 1.0), *steered.dials.events]
    third = start(ended, events=events)
    list(third)
    assert_same(weights(steered), weights(third))


def test_a_steered_training_that_was_interrupted_goes_on_to_the_same_bits(
    start: Start, small_config: RunConfig, tmp_path: Path
) -> None:
    events, path = [Event(7, "beta", 8.0), Event(15, "beta", 2.0)], tmp_path / "checkpoint"
    whole = start(small_config, events=events)
    list(whole)
    next(iter(start(small_config, events=events, checkpoint=path)))
    resumed = start(small_config, events=events, checkpoint=path)
    list(resumed)
    assert_same(weights(whole), weights(resumed))
    next(iter(start(small_config, events=events, checkpoint=path, restart=True)))
    assert start(small_config, checkpoint=path).dials.events == events[:1]  # it knows those before it
    with pytest.raises(TrainingError, match="steered otherwise until epoch 1"):
        start(small_config, events=events[1:], checkpoint=path)


def test_dials_that_a_training_has_not_are_refused(start: Start, small_config: RunConfig, tmp_path: Path) -> None:
    autoencoder = dataclasses.replace(small_config, model=ModelConfig("ae", hidden=(8,)))
    bound = dataclasses.replace(small_config, objective=ObjectiveConfig(bound="iwae", samples=2))
    for config in (autoencoder, bound):
        with pytest.raises(ConfigError, match="no KL term to weigh"):
            start(config, events=[Event(0, "beta", 2.0)])
    with pytest.raises(ConfigError, match="at most 1, not 2"):
        start(small_config, events=[Event(0, "rate", 2.0)])
    for text, reason in (("{", "truncated"), ('[{"step": -1, "name": "beta", "value": 1}]', "int >= 0"), ("[3]", "")):
        (tmp_path / "events.json").write_text(text)
        with pytest.raises(ConfigError, match=f"events in events.json cannot be read.*{reason}"):
            read_events(tmp_path / "events.json")
    (tmp_path / "events.json").write_text('[{"step": 3, "name": "rate", "value": 0.5}]')
    assert read_events(tmp_path / "events.json") == [Event(3, "rate", 0.5)]


def test_a_loss_that_is_not_finite_stops_with_a_sentence_and_keeps_the_checkpoint(
    start: Start, small_config: RunConfig, tmp_path: Path
) -> None:
    training = start(small_config, checkpoint=tmp_path / "checkpoint")
    records = iter(training)
    next(records)
    good = weights(training)
    training.network.mean.weight.data.fill_(math.nan)
    with pytest.raises(TrainingError, match="smaller learning rate"):
        next(records)
    resumed = start(small_config, checkpoint=tmp_path / "checkpoint")
    assert len(resumed.history) == 1
    assert_same(weights(resumed), good)


def test_a_checkpoint_of_another_run_or_cut_short_is_refused(
    start: Start, small_config: RunConfig, tmp_path: Path
) -> None:
    path = tmp_path / "checkpoint"
    next(iter(start(small_config, checkpoint=path)))
    with pytest.raises(TrainingError, match="another configuration"):
        start(with_train(small_config, seed=9), checkpoint=path)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(TrainingError, match="cannot be read"):
        start(small_config, checkpoint=path)
    assert len(start(small_config, checkpoint=path, restart=True).history) == 0


def test_a_checkpoint_of_other_images_is_refused(
    small_config: RunConfig, small_train: ImageDataset, small_test: ImageDataset, tmp_path: Path
) -> None:
    path = tmp_path / "checkpoint"
    next(iter(train(small_config, checkpoint=path, train_set=small_train, test_set=small_test)))
    fewer = first(small_train, 500)
    with pytest.raises(TrainingError, match="of other images than a test"):
        train(small_config, checkpoint=path, train_set=fewer, test_set=small_test)
    assert len(train(small_config, checkpoint=path, train_set=small_train, test_set=small_test).history) == 1


@pytest.mark.parametrize("missing", ["snapshots", "history", "config", "images", "network.mean.bias"])
def test_a_checkpoint_that_lacks_something_says_so_in_one_sentence(
    start: Start, small_config: RunConfig, tmp_path: Path, missing: str
) -> None:
    path = tmp_path / "checkpoint"
    next(iter(start(small_config, checkpoint=path)))
    with safetensors.safe_open(path, framework="pt") as file:
        about = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys() if name != missing}  # noqa: SIM118 (no dict)
    safetensors.torch.save_file(tensors, path, {key: text for key, text in about.items() if key != missing})
    with pytest.raises(TrainingError, match=r"^The checkpoint checkpoint cannot be read .*: delete it, and start anew"):
        start(small_config, checkpoint=path)


def test_snapshots_are_the_codes_of_the_first_test_images(
    start: Start, small_config: RunConfig, small_test: ImageDataset
) -> None:
    training = start(small_config)
    list(training)
    assert np.stack(training.snapshots).shape == (3, 300, 2)
    x = torch.tensor(small_test.images.reshape(-1, 784)).float() / 255
    codes = training.network.encode(x).mean.detach().numpy()
    np.testing.assert_allclose(training.snapshots[-1], codes, atol=2e-3, rtol=1e-3)


@pytest.mark.parametrize("likelihood", ["gaussian", "gaussian-learned", "bernoulli", "continuous-bernoulli"])
@pytest.mark.parametrize("family", ["ae", "vae"])
def test_every_likelihood_trains(start: Start, small_config: RunConfig, likelihood: Likelihood, family: Family) -> None:
    config = dataclasses.replace(
        small_config, objective=ObjectiveConfig(likelihood), model=ModelConfig(family, hidden=(32, 16))
    )
    records = list(start(config))
    assert records[-1].train.total < records[0].train.total
    assert (records[-1].test.kl == 0) == (family == "ae")


@pytest.mark.slow
@pytest.mark.usefixtures("one_thread")
def test_the_linear_ae_reaches_pcas_optimum_and_never_beats_it(mnist_train: ImageDataset) -> None:
    """Baldi & Hornik 1989: the minimum of the squared error is what PCA leaves over, sum of the lambda_j, j > k."""
    k = 4
    x = mnist_train.images.reshape(-1, 784) / 255
    leftover = np.linalg.eigvalsh(np.cov(x, rowvar=False, bias=True))[:-k].sum()
    config = RunConfig(
        model=ModelConfig("ae", "linear", latent_dim=k),
        objective=ObjectiveConfig("gaussian"),
        train=TrainConfig(epochs=20, batch_size=100, learning_rate=2e-2, device="cpu", precision="float32"),
    )
    training = train(config, train_set=mnist_train, test_set=mnist_train)
    *_, last = training
    excess = last.test.total / leftover - 1
    assert -1e-6 < excess < 1e-3


def test_one_cycle_rises_to_one_and_falls_to_almost_nothing() -> None:
    rates = [schedule("one-cycle", step, 1001) for step in range(1001)]
    assert rates[0] == pytest.approx(1 / 25)
    assert rates[300] == pytest.approx(1)
    assert rates[-1] == pytest.approx(1e-5)
    assert rates[:301] == sorted(rates[:301])
    assert rates[300:] == sorted(rates[300:], reverse=True)
    assert [schedule("constant", step, 3) for step in range(3)] == [1, 1, 1]
    assert [schedule("cosine", step, 3) for step in range(3)] == pytest.approx([1, 0.5005, 0.001])
    assert schedule("one-cycle", 0, 1) == pytest.approx(1 / 25)


def test_warm_up_raises_beta_linearly() -> None:
    assert [warmed_up(4, epoch, 4) for epoch in (1, 2, 4, 9)] == [1, 2, 4, 4]
    assert warmed_up(4, 1, 0) == 4


def test_a_device_that_is_not_there_is_refused() -> None:
    if not torch.cuda.is_available():
        with pytest.raises(TrainingError, match="no cuda device"):
            resolve_device("cuda")
    assert resolve_device("cpu").type == "cpu"
    assert resolve_precision("float32", torch.device("cpu")) == "float32"
    assert resolve_precision("auto", torch.device("cpu")) in ("float32", "bfloat16")


@pytest.mark.parametrize("objective", [ObjectiveConfig(samples=3), ObjectiveConfig(bound="dreg", samples=3)])
def test_several_samples_an_image_train_as_well(
    start: Start, small_config: RunConfig, objective: ObjectiveConfig
) -> None:
    training = start(dataclasses.replace(small_config, objective=objective))
    records = list(training)
    assert records[-1].test.total < records[0].test.total
    last = records[-1].test
    if objective.bound == "elbo":
        assert last.total == pytest.approx(last.reconstruction + last.kl, rel=1e-5)
    else:  # the bound is tighter than the ELBO of the same samples
        assert last.total < last.reconstruction + last.kl


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
@pytest.mark.parametrize(
    ("arch", "objective"),
    [
        ("mlp", ObjectiveConfig()),
        ("conv", ObjectiveConfig()),
        ("linear", ObjectiveConfig()),
        ("mlp", ObjectiveConfig(bound="iwae", samples=3)),
        ("mlp", ObjectiveConfig(bound="dreg", samples=3)),
    ],
)
def test_a_gpu_trains_to_the_same_bits_twice_and_agrees_with_the_cpu(
    start: Start, small_config: RunConfig, arch: Architecture, objective: ObjectiveConfig
) -> None:
    config = dataclasses.replace(small_config, model=ModelConfig(arch=arch), objective=objective)
    on_gpu = with_train(config, device="cuda")
    first, second, cpu = start(on_gpu), start(on_gpu), start(config)
    list(first), list(second), list(cpu)
    assert_same(weights(first), weights(second))
    assert first.history[-1].test.total == pytest.approx(cpu.history[-1].test.total, rel=0.01)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_a_step_as_a_graph_is_the_step_kernel_by_kernel(start: Start, small_config: RunConfig, tmp_path: Path) -> None:
    config = with_train(small_config, device="cuda", batch_size=64)  # 600 images: the last batch is a smaller one
    graph, stop = start(config), Flag()
    list(graph)
    eager = start(config)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Step, "__call__", Step._eager)
        list(eager)
    for name, tensor in weights(eager).items():
        torch.testing.assert_close(weights(graph)[name], tensor, rtol=1e-4, atol=1e-5)
    begun = start(config, checkpoint=tmp_path / "c.safetensors", stop=stop)
    for _ in begun:
        stop.set()
    resumed = start(config, checkpoint=tmp_path / "c.safetensors")
    assert len(resumed.history) == 1
    list(resumed)
    assert_same(weights(graph), weights(resumed))


@pytest.mark.slow
def test_a_compiled_step_trains_as_well(start: Start, small_config: RunConfig) -> None:
    plain, compiled = start(small_config), start(with_train(small_config, compile=True))
    list(plain), list(compiled)
    assert compiled.history[-1].test.total == pytest.approx(plain.history[-1].test.total, rel=1e-3)
