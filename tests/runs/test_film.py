"""Films of trainings: what is recorded is what the network draws, and recording changes no bit."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from vaeexplorer.config import RunConfig
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.files import SHIPPED
from vaeexplorer.network.film import MOST, Recorder, frame
from vaeexplorer.network.models import build
from vaeexplorer.network.training import Training, train
from vaeexplorer.runs import film, folder
from vaeexplorer.runs.attachments import FILM
from vaeexplorer.runs.folder import RunError, load_run


@pytest.fixture
def recorded(trained: Training, saved: folder.Run, small_test: ImageDataset) -> folder.Run:
    """A run with a film of two frames: untrained, and as it is."""
    untrained = build(trained.config.model, trained.config.objective.likelihood)
    frames = [frame(untrained, small_test.images, 0), frame(trained.network, small_test.images, trained.step)]
    film.save_film(saved, frames)
    return saved


def test_a_film_is_what_the_network_drew(recorded: folder.Run, trained: Training) -> None:
    found = film.load_film(recorded)
    assert found is not None
    assert found.boxes is not None
    assert found.epochs.tolist() == [0, len(trained.history)]
    last = trained.snapshots[-1]
    assert (
        np.abs(found.positions[-1] - last) <= np.ptp(last, axis=0) / 100_000
    ).all()  # and not a lattice of 256 steps
    left, right, bottom, top = found.boxes[-1]
    corner = np.array([[left + (right - left) / 24, top - (top - bottom) / 24]], np.float32)
    drawn = 255 * recorded.model.decode(corner)[0]
    assert np.abs(found.grid(1)[0] - drawn).max() < 26  # 8 shades, and weights in half precision
    assert film.film_of(recorded).packed is not None


def test_a_run_without_a_film_has_its_snapshots(saved: folder.Run) -> None:
    assert film.load_film(saved) is None
    found = film.film_of(saved)
    assert found.packed is None
    assert found.epochs.tolist() == [1, 2, 3]
    np.testing.assert_allclose(found.positions, saved.snapshots, atol=1e-5)


def test_frames_come_at_growing_intervals_and_at_each_epochs_end(small_config: RunConfig) -> None:
    network = build(small_config.model, small_config.objective.likelihood)
    images = np.zeros((3, 28, 28), np.uint8)
    recorder = Recorder()
    for step in range(20_000):
        training: Any = SimpleNamespace(step=step, network=network, test_set=SimpleNamespace(images=images))
        training.steps_an_epoch = 100
        recorder(training)
        if step == 1000:
            first = [0, 16, 32, 48, 72, 100, 150, 200, 300, 400]
            assert [each.step for each in recorder.frames] == first + list(range(500, 1001, 100))
    assert len(recorder.frames) <= MOST
    assert recorder.frames[0].step == 0
    assert network.training


def test_a_film_changes_no_weight(
    small_config: RunConfig, small_train: ImageDataset, small_test: ImageDataset, trained: Training
) -> None:
    recorder = Recorder()
    watched = train(small_config, train_set=small_train, test_set=small_test, on_step=recorder)
    list(watched)
    recorder(watched)
    ends = [each for each in recorder.frames if each.step and each.step % watched.steps_an_epoch == 0]
    np.testing.assert_array_equal([each.codes for each in ends], trained.snapshots)
    weights = watched.network.state_dict()
    assert all(torch.equal(weights[name], value) for name, value in trained.network.state_dict().items())


def broken(change: Callable[[dict[str, np.ndarray]], object]) -> Callable[[Path], None]:
    def apply(path: Path) -> None:
        with np.load(path) as arrays:
            found = dict(arrays)
        change(found)
        np.savez(path, **found)

    return apply


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "no zip": (lambda path: path.write_bytes(b"x"), "no array file"),
    "frames of another size": (broken(lambda each: each.update(grid=each["grid"][..., :27])), "the arrays it should"),
    "codes of three dimensions": (
        broken(lambda each: each.update(codes=np.repeat(each["codes"], 2, axis=2))),
        "the arrays it should",
    ),
    "no steps": (broken(lambda each: each.pop("steps")), "no frames, or more than a film can have"),
    "too many frames": (
        broken(lambda each: each.update(steps=np.arange(5000))),
        "no frames, or more than a film can have",
    ),
    "an infinite box": (broken(lambda each: each["box"].fill(np.inf)), "finite numbers"),
    "frames in another order": (broken(lambda each: each.update(steps=each["steps"][::-1])), "in their order"),
    "numbers of another type": (broken(lambda each: each.update(steps=each["steps"].astype(float))), "other types"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_film_is_refused_in_a_sentence(case: str, recorded: folder.Run) -> None:
    change, words = BAD[case]
    change(recorded.path / FILM)
    with pytest.raises(RunError, match=f"film.npz of the run small cannot be read: .*{words}"):
        film.load_film(recorded)


SHIPPED_FILMS = sorted(path.parent.name for path in SHIPPED.glob(f"*/{FILM}"))


@pytest.mark.parametrize("name", SHIPPED_FILMS)
def test_a_shipped_film_is_of_its_run(name: str) -> None:
    """Its codes are the run's snapshots to the bit, and its last frame is what the shipped weights draw."""
    run = load_run(name)
    found = film.load_film(run)
    assert found is not None
    assert found.boxes is not None
    ends = np.flatnonzero(np.isin(found.epochs, np.arange(1, len(run.history) + 1)))
    assert len(ends) == len(run.history)
    np.testing.assert_array_equal(found.positions[ends], run.snapshots)
    assert (run.path / FILM).stat().st_size <= 700_000
    left, right, bottom, top = found.boxes[-1]
    z = np.array([[left + (right - left) * 5 / 24, top - (top - bottom) * 3 / 24]], np.float32)
    assert np.abs(found.grid(-1)[12 + 2] - 255 * run.model.decode(z)[0]).max() < 34
