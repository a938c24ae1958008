"""Conditions broken one at a time: what theory predicts against what training measures."""

from typing import get_args

import numpy as np
import pytest

from vaeexplorer.analysis.linear.autoencoder import Conditions, Method, train
from vaeexplorer.analysis.linear.axes import decayed_loss
from vaeexplorer.analysis.linear.experiments import (
    BENDS,
    METHODS,
    Broken,
    Experiment,
    predicted_error,
    reconstruction_error,
    run,
)
from vaeexplorer.analysis.linear.nonlinear import MEASURED, Bend, train_on_images
from vaeexplorer.analysis.pca import PCA, Moments, flat, moments, pca
from vaeexplorer.data.images import ImageDataset


@pytest.fixture(scope="module")
def points(toy: PCA) -> np.ndarray:
    """16 points whose mean and covariance are the toy's."""
    offsets = np.sqrt(8 * toy.values)[:, None] * toy.axes.T
    around: np.ndarray = toy.mean + np.concatenate([offsets, -offsets])
    return around


def experiment(pca: PCA, points: np.ndarray, broken: Broken, method: Method = "gd", k: int = 3) -> Experiment:
    return run(pca, k, broken, method, points=points, shown=points[:4])


@pytest.mark.parametrize("broken", ["none", "uncentred", "bias", "decay", "tied", "saddle"])
@pytest.mark.parametrize("method", get_args(Method))
def test_where_there_is_a_theorem_it_holds(toy: PCA, points: np.ndarray, broken: Broken, method: Method) -> None:
    found = experiment(toy, points, broken, method)
    assert found.method in METHODS[broken]
    assert found.predicted_error is not None
    tolerance = 2e-2 if found.method == "adam" else 1e-3 if (broken, found.method) == ("bias", "gd") else 1e-6
    assert found.film.error[-1] == pytest.approx(found.predicted_error, rel=tolerance)


def test_predictions_differ_where_they_should(toy: PCA) -> None:
    plain = predicted_error(toy, 3, "none")
    assert plain == pytest.approx(1.9)
    assert predicted_error(toy, 3, "bias") == plain
    assert predicted_error(toy, 3, "uncentred") > 1.05 * plain
    assert predicted_error(toy, 3, "decay", 0.2) == pytest.approx(plain + 0.04 * (1 / 5 + 1 / 3 + 1 / 2))


def test_the_transpose_theorem(real: PCA) -> None:
    few = np.zeros((2, 784))
    decayed = run(real, 4, "decay", "als", points=few, shown=few).decayed
    assert decayed is not None
    assert decayed.predicted == pytest.approx(np.sqrt(1 - 0.1 * real.values[3] / real.values[:4]))
    assert decayed.largest_difference < 1e-6
    assert decayed.transpose < 1e-6
    assert run(real, 4, "none", "als", points=few, shown=few).decayed is None


@pytest.mark.parametrize(
    ("dataset", "k"), [pytest.param("mnist", 64, marks=pytest.mark.slow), ("fashion-mnist", 32)], indirect=["dataset"]
)
def test_with_decay_many_dimensions_converge_in_the_steps_of_the_page(real: PCA, k: int) -> None:
    few = np.zeros((2, 784), np.float32)
    decayed = run(real, k, "decay", "als", points=few, shown=few).decayed
    assert decayed is not None
    assert -1e-12 < decayed.excess < 1e-5
    assert decayed.largest_difference < 1e-3


def test_stopped_early_the_penalised_error_is_above_its_minimum(real: PCA) -> None:
    decay = 0.1 * float(real.values[9])
    least = decayed_loss(real.values, 10, decay)
    for steps, far in ((3, True), (2000, False)):
        end = train(real, 10, "als", Conditions(decay=decay), steps=steps)[-1]
        penalised = end.error + decay * ((end.W1**2).sum() + (end.W2**2).sum())
        assert (penalised > 1.001 * least) == far
        assert penalised >= least * (1 - 1e-12)


def test_the_film_shows_the_autoencoder(toy: PCA, points: np.ndarray) -> None:
    found = experiment(toy, points, "none", "als")
    film, steps = found.film, len(found.film.steps)
    assert film.angles.shape == (steps, 3)
    assert film.axes.shape == (steps, 3, 3, 8)
    assert film.codes.shape == film.rotated.shape == (steps, 16, 2)
    scores = (points - toy.mean) @ toy.axes
    assert np.abs(film.rotated[-1]) == pytest.approx(np.abs(scores[:, :2]), abs=1e-6)
    expected = toy.mean + scores[:4, :3] @ toy.axes[:, :3].T
    np.testing.assert_allclose(film.reconstructions[-1], expected, atol=1e-6)
    assert film.cosines[-1][2] == pytest.approx(np.ones(3))
    np.testing.assert_allclose(np.linalg.norm(film.axes, axis=3), 1, rtol=1e-6)
    np.testing.assert_allclose(film.axes[-1, 2], toy.axes[:, :3].T, atol=1e-5)
    assert film.angles[-1].max() < 1e-3
    codes = film.codes[-1] - film.codes[-1].mean(axis=0)
    assert film.correlation[-1, 0, 1] == pytest.approx(np.corrcoef(codes.T)[0, 1], abs=1e-6)
    assert found.correlation == pytest.approx(np.abs(np.triu(film.correlation[-1], 1)).max())
    assert found.correlation > 0.05


def test_reconstructions_of_images_that_are_not_centred_add_no_mean(toy: PCA, points: np.ndarray) -> None:
    film = experiment(toy, points, "uncentred", "als").film
    error = ((film.reconstructions[-1] - points[:4]) ** 2).sum(axis=1)
    whole = run(toy, 3, "uncentred", "als", points=points, shown=points).film
    assert ((whole.reconstructions[-1] - points) ** 2).sum(axis=1).mean() == pytest.approx(film.error[-1])
    assert error.max() < 20


@pytest.mark.parametrize("method", ["gd", "als"])
def test_the_saddle_is_a_plateau_that_is_left_when_predicted(real: PCA, method: Method) -> None:
    few = np.zeros((2, 784))
    found = run(real, 2, "saddle", method, points=few, shown=few)
    assert found.plateau is not None
    (height, step), (measured, left) = found.plateau, found.measured_plateau
    assert height == pytest.approx(real.values[0] - real.values[2])
    assert measured == pytest.approx(height, rel=1e-3)
    assert step is not None
    assert left is not None
    assert left == pytest.approx(step, rel=0.4)  # kept steps lie up to a quarter apart
    assert found.excess[-1] < 1e-8


def test_adam_leaves_the_saddle_at_once_so_that_no_plateau_is_predicted(real: PCA) -> None:
    few = np.zeros((2, 784))
    found = run(real, 8, "saddle", "adam", points=few, shown=few)
    above = found.film.error - found.optimum
    assert above[0] == pytest.approx(real.values[0] - real.values[8], rel=1e-3)
    assert above[1] > 1.5 * above[0]
    assert found.plateau is None


def test_too_few_steps_learn_the_large_axes(real: PCA) -> None:
    few = np.zeros((2, 784))
    found = run(real, 16, "few", "gd", points=few, shown=few)
    assert found.predicted_error is None
    assert found.learned is not None
    wanted, measured = found.learned
    assert wanted == 8
    assert abs(measured - wanted) <= 2
    assert found.excess[-1] > 0.1


@pytest.fixture(scope="module")
def few_images(mnist_train: ImageDataset) -> tuple[np.ndarray, PCA]:
    """4,000 of the shipped ones, float32 [N, 784], and their PCA."""
    few = mnist_train.images[:4000]
    return flat(few).astype(np.float32), pca(moments(few, mnist_train.source))


@pytest.mark.parametrize("bend", ["hidden", *(pytest.param(each, marks=pytest.mark.slow) for each in BENDS[:-1])])
def test_a_bent_autoencoder_may_beat_pca(few_images: tuple[np.ndarray, PCA], bend: Bend) -> None:
    images, exact = few_images
    found = run(exact, 8, bend, "als", points=images[:50], shown=images[:4], images=images)
    assert found.method == "adam"
    assert found.predicted_error is None
    assert found.optimum == pytest.approx(reconstruction_error(exact, 8, images[:MEASURED]))
    assert found.excess[0] > 0.5
    assert found.excess[-1] < -0.03
    assert found.film.angles[-1][-1] > 5
    film = found.film
    assert film.reconstructions.shape[1:] == (4, 784)
    squared = ((film.reconstructions[-1] - images[:4]) ** 2).sum(axis=1).mean()
    assert 5 < squared < 60


def test_bent_training_is_reproducible_and_leaves_torch_s_seed_alone(toy: PCA, points: np.ndarray) -> None:
    import torch

    torch.manual_seed(1)
    before = torch.get_rng_state()
    first, second = (
        list(train_on_images(points, toy, 2, "hidden", points=points, shown=points[:1], steps=5)) for _ in range(2)
    )
    assert torch.equal(torch.get_rng_state(), before)
    assert first[-1].error == second[-1].error
    assert [snapshot.step for snapshot in first] == [0, 1, 2, 3, 4, 5]


def test_the_derivative_of_a_sigmoid_decoder(toy: PCA, points: np.ndarray) -> None:
    """Its columns are s (1 - s) W2, so they span what W2 spans only where s (1 - s) is the same everywhere."""
    (start, *_) = train_on_images(points, toy, 2, "sigmoid", points=points, shown=points[:1], steps=1)
    assert start.columns.shape == (8, 2)
    assert np.isfinite(start.columns).all()
    assert 0 < np.linalg.norm(start.columns, 2) < 1


def test_one_dimension_and_other_odd_requests(toy: PCA, points: np.ndarray) -> None:
    one = experiment(toy, points, "none", "als", k=1)
    assert one.correlation == 0
    assert (one.film.codes[..., 1] == 0).all()
    with pytest.raises(ValueError, match="k must be 1 to 8"):
        experiment(toy, points, "none", k=9)
    with pytest.raises(ValueError, match="must be below lambda_3"):
        run(toy, 3, "decay", "gd", points=points, shown=points, decay_share=1.0)
    with pytest.raises(ValueError, match="trained on images"):
        experiment(toy, points, "hidden")
    with pytest.raises(ValueError, match="All images are the same"):
        pca(Moments(np.zeros(3), np.zeros((3, 3)), "black"))
