"""What a training's folder says, whatever became of its process; and what is refused."""

import errno
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vaeexplorer.browser.packing.network import pack_network
from vaeexplorer.codes import Codes
from vaeexplorer.config import ModelConfig, ObjectiveConfig, RunConfig, TrainConfig
from vaeexplorer.network.architecture import weight_shapes
from vaeexplorer.network.history import TrainingError
from vaeexplorer.trainings import folder, limits, queue
from vaeexplorer.trainings.dispatch import options
from vaeexplorer.trainings.estimate import operations, seconds
from vaeexplorer.trainings.listing import list_trainings, read_training
from vaeexplorer.trainings.lock import held
from vaeexplorer.trainings.moments import FILM, Frames, film_frame, pack_moment


@pytest.fixture
def waiting(runs_folder: Path) -> Path:
    """The folder of a training that nobody starts."""
    runs_folder.mkdir()
    folder.create(folder.path_of("one"), folder.Spec(1, RunConfig()), 1)
    return folder.path_of("one")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (TrainingError("The loss became inf in epoch 3: try a smaller learning rate."), "The loss became inf"),
        (OSError(errno.ENOSPC, "No space left on device", "/a/b/moment.bin"), "moment.bin: the disk is full"),
        (MemoryError(), "There is not enough memory"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), "There is not enough memory"),
        (KeyError("x"), "It ended by a mistake of the program (KeyError"),
    ],
)
def test_a_process_that_fails_says_why(waiting: Path, error: Exception, sentence: str) -> None:
    assert read_training(waiting).state == "waiting"

    def train() -> None:
        with held(waiting):
            assert read_training(waiting).state == "running"
            with pytest.raises(folder.ServedError, match="runs: stop it"):
                queue.delete("one")
            raise error

    with pytest.raises(type(error)):
        train()
    card = read_training(waiting)
    assert card.state == "failed"
    assert card.sentence.startswith(sentence)


def test_a_process_that_is_gone_without_a_word_was_interrupted(waiting: Path) -> None:
    with held(waiting):
        folder.write_status(waiting, folder.Status("running", 1, step=30, per_epoch=10))
    card = read_training(waiting)
    assert (card.state, card.epoch) == ("interrupted", 3)
    assert "resume it" in card.sentence
    (waiting / folder.STATUS).write_text("{half")
    assert read_training(waiting).state == "interrupted"
    (waiting / folder.SPEC).write_text("{half")
    assert list_trainings() == []


def test_what_a_process_that_is_gone_did_not_hear_is_not_asked_of_the_next(
    waiting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "wake", lambda: None)
    with held(waiting):
        folder.write_status(waiting, folder.Status("paused", 1))
        queue.ask("one", {"do": "resume"})
        queue.ask("one", {"do": "pause"})
    queue.resume("one")
    assert folder.requests(waiting) == []


def test_requests_are_taken_in_order_and_nonsense_is_passed_over(waiting: Path) -> None:
    for value in range(12):
        folder.ask(waiting, {"do": "steer", "name": "beta", "value": value})
    (waiting / folder.REQUESTS / "00000000.json").write_text("[")
    assert [what["value"] for what in folder.requests(waiting)] == list(range(12))
    assert folder.requests(waiting) == []
    with (waiting / folder.CURVE).open("w") as file:
        file.write('{"step": 3, "train": null, "test": null}\n{"step": 7, "tr')
    assert [point["step"] for point in folder.points(waiting, -1)] == [3]
    assert folder.points(waiting, 3) == []


def test_what_cannot_be_begun_changes_nothing(
    waiting: Path, runs_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(path.name for path in runs_folder.iterdir())
    monkeypatch.setattr(limits, "MOST_WAITING", 1)
    with pytest.raises(folder.ServedError, match="1 trainings are waiting already"):
        queue.begin("two", RunConfig())
    monkeypatch.setattr(limits, "MOST_WAITING", 8)
    for name, reason in (("mnist-vae-2d", "There is a run"), ("one", "There is a training"), ("a/b", "A name is made")):
        with pytest.raises(ValueError, match=reason):
            queue.begin(name, RunConfig())
    monkeypatch.setattr(limits, "LEAST_DISK", 10**30)
    with pytest.raises(folder.ServedError, match="almost full"):
        queue.begin("two", RunConfig())
    with pytest.raises(folder.ServedError, match="has not ended an epoch yet"):
        queue.branch("one", "two", "beta", 2.0, 40)
    with pytest.raises(folder.ServedError, match="There is no training three"):
        queue.kill("three")
    with pytest.raises(folder.ServedError, match="nothing to resume"):
        queue.resume("one")
    assert sorted(path.name for path in runs_folder.iterdir()) == before


def test_the_command_line_of_a_configuration_is_that_configuration(tmp_path: Path) -> None:
    model = ModelConfig("vae", "conv", 16, (8, 16), "relu")
    train = TrainConfig(3, 64, 1e-3, "constant", 5, "cpu", "float32", True)
    config = RunConfig(model=model, objective=ObjectiveConfig("gaussian", 0.25, 2.5, 2), train=train)
    words = options(config)
    assert words[words.index("--hidden") : words.index("--hidden") + 3] == ["--hidden", "8", "16"]
    assert "--compile" in words
    assert options(RunConfig()) == []


def test_the_film_keeps_growing_intervals_and_a_budget() -> None:
    frames = Frames([], 10)
    for step in range(0, 20_000, 7):
        if frames.wants(step):
            frames.add(step, str(step), FILM // 50)
    steps = [step for step, _ in frames.kept]
    assert steps[0] < 200
    assert 20 < len(steps) <= 50
    gaps = np.diff(steps)
    assert gaps[-1] > gaps[1]


def test_a_moment_is_packed_and_opened(rng: np.random.Generator) -> None:
    config = RunConfig(model=ModelConfig(hidden=(8,)))
    shapes = weight_shapes(config.model, config.objective.likelihood)
    decoder = {name: rng.normal(size=shape).astype("f4") for name, shape in shapes.items() if name.startswith("dec")}
    codes = Codes(rng.normal(size=(30, 2)).astype("f4"), rng.normal(size=(30, 2)).astype("f4"))
    packed = pack_moment(7, config, decoder, codes)
    assert packed
    means, weights = film_frame(packed)
    assert np.array_equal(means, codes.mean.astype("f2"))
    assert np.array_equal(weights, np.concatenate([array.astype("f2").ravel() for array in decoder.values()]))
    halves = {name: array.astype("f2").astype("f4") for name, array in decoder.items()}
    assert pack_network(config, halves, encoder=False) in packed
    far = replace(codes, mean=codes.mean * 1e6)
    assert pack_moment(7, config, decoder, far) is None


def test_a_convolution_and_more_samples_take_longer() -> None:
    plain = RunConfig()
    assert operations(plain) == pytest.approx(3 * 2 * 2 * 797_696, rel=0.02)
    many = replace(plain, objective=ObjectiveConfig(bound="iwae", samples=10))
    assert seconds(many, 60_000) > 4 * seconds(plain, 60_000)


def test_who_looks_is_not_taken_for_who_trains(waiting: Path) -> None:
    with held(waiting):
        assert folder.is_alive(waiting)
    with ThreadPoolExecutor(2) as both:
        assert not any(both.map(folder.is_alive, [waiting] * 1000))
