import dataclasses
import time
from typing import get_args

import numpy as np
import pytest

from vaeexplorer.analysis.linear.autoencoder import Conditions, Loss, Method, default_steps, first_weights, train
from vaeexplorer.analysis.linear.axes import cosines, decayed_error, decayed_singular_values, three_ways
from vaeexplorer.analysis.linear.film import angles_to_pca
from vaeexplorer.analysis.pca import PCA, principal_angles

METHODS: tuple[Method, ...] = get_args(Method)
ALL = [
    Conditions(),
    Conditions(centred=False),
    Conditions(centred=False, bias=True),
    Conditions(decay=0.05),
    Conditions(tied=True),
    Conditions(centred=False, bias=True, decay=0.05, tied=True),
]


@pytest.mark.parametrize("k", [2, 8, 16])
def test_alternating_least_squares_meets_pca(real: PCA, k: int) -> None:
    began = time.process_time()
    end = train(real, k, "als")[-1]
    assert time.process_time() - began < 3  # 1.5 s of one quiet core
    assert abs(end.error / real.least_error(k) - 1) < 1e-10
    assert angles_to_pca(end.W2)[-1] < 0.01


@pytest.mark.parametrize("conditions", ALL)
def test_the_loss_is_that_of_images(toy: PCA, conditions: Conditions, rng: np.random.Generator) -> None:
    """On 16 points with exactly this mean and covariance, +- sqrt(8 lambda_j) along each axis."""
    offsets = np.sqrt(8 * toy.values)[:, None] * toy.axes.T
    points = toy.mean + np.concatenate([offsets, -offsets])
    W1, W2, b = rng.standard_normal((3, 8)), rng.standard_normal((8, 3)), rng.standard_normal(8) * conditions.bias
    x = points - toy.mean if conditions.centred else points
    expected = ((x - x @ W1.T @ W2.T - b) ** 2).sum(axis=1).mean()
    in_pixels = Loss(toy, conditions, pixels=True)
    assert in_pixels.error(W1, W2, b) == pytest.approx(expected, rel=1e-5)
    in_axes = Loss(toy, conditions)
    assert in_axes.error(W1 @ toy.axes, toy.axes.T @ W2, toy.axes.T @ b) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("conditions", ALL)
def test_the_gradient_is_that_of_the_loss(toy: PCA, conditions: Conditions, rng: np.random.Generator) -> None:
    W1, b = rng.standard_normal((3, 8)), rng.standard_normal(8) * conditions.bias
    W2 = W1.T.copy() if conditions.tied else rng.standard_normal((8, 3))
    toward = [rng.standard_normal(w.shape) for w in (W1, W2, b)]
    if conditions.tied:
        toward[1] = toward[0].T
    toward[2] *= conditions.bias
    loss = Loss(toy, conditions)

    def at(t: float) -> float:
        weights = [w + t * direction for w, direction in zip((W1, W2, b), toward, strict=True)]
        penalty = conditions.decay * ((weights[0] ** 2).sum() + (weights[1] ** 2).sum())
        return loss.error(*weights) + float(penalty)

    by_W1, by_W2, by_b = loss.gradient(W1, W2, b)
    slope = np.vdot(by_W1, toward[0]) + np.vdot(by_b, toward[2])
    slope += 0 if conditions.tied else np.vdot(by_W2, toward[1])
    assert slope == pytest.approx((at(1e-5) - at(-1e-5)) / 2e-5, rel=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_the_optimum_but_not_the_axes(toy: PCA, method: Method) -> None:
    end = train(toy, 3, method, steps=3000)[-1]
    assert end.error == pytest.approx(toy.least_error(3), rel=1e-3 if method == "adam" else 1e-8)
    assert angles_to_pca(end.W2)[-1] < (1 if method == "adam" else 0.01)
    axes = three_ways(end.W2, toy.values)
    assert cosines(axes.recovered).min() > 0.999
    assert cosines(axes.raw).min() < 0.99
    assert cosines(axes.singular).min() < 0.99


def test_gradient_descent_lowers_the_loss_at_every_step(toy: PCA) -> None:
    path = train(toy, 3, "gd", steps=200, frames=2000)
    assert [frame.step for frame in path] == list(range(201))
    errors = np.array([frame.error for frame in path])
    assert (np.diff(errors) <= 1e-12).all()
    assert errors[0] == pytest.approx(toy.values.sum(), rel=0.02)


def test_steps_are_kept_ever_farther_apart(real: PCA) -> None:
    steps = [frame.step for frame in train(real, 2, "gd", steps=2000)]
    assert steps[0] == 0
    assert steps[-1] == 2000
    assert len(steps) <= 40
    assert (np.diff(np.diff(steps[5:])) >= -2).all()


def test_without_centring_and_bias_the_optimum_is_another(real: PCA, dataset: str) -> None:
    end = train(real, 2, "als", Conditions(centred=False))[-1]
    if dataset == "mnist":
        assert end.error / 784 == pytest.approx(0.05781737, abs=1e-8)
    assert end.error > 1.03 * real.least_error(2)
    assert angles_to_pca(end.W2)[-1] > 10


def test_a_decoder_bias_restores_equality(real: PCA) -> None:
    end = train(real, 2, "als", Conditions(centred=False, bias=True))[-1]
    assert end.error == pytest.approx(real.least_error(2), rel=1e-10)
    assert angles_to_pca(end.W2)[-1] < 0.01


@pytest.mark.parametrize("method", ["gd", "adam"])
def test_so_does_a_bias_that_is_learned(toy: PCA, method: Method) -> None:
    bias = Conditions(centred=False, bias=True)
    assert train(toy, 3, method, bias, steps=2500)[-1].error == pytest.approx(toy.least_error(3), rel=2e-3)
    without = train(toy, 3, method, dataclasses.replace(bias, bias=False), steps=2500)[-1]
    assert without.error > 1.05 * toy.least_error(3)


@pytest.mark.parametrize(("k", "method"), [(2, "lbfgs"), (10, "lbfgs"), (2, "als"), (10, "als"), (16, "als")])
def test_with_weight_decay_the_axes_are_pca_s(real: PCA, k: int, method: Method) -> None:
    decay = 0.1 * real.values[k - 1]
    end = train(real, k, method, Conditions(decay=decay), steps=2500)[-1]
    singular = np.linalg.svd(end.W2, compute_uv=False)
    assert singular == pytest.approx(decayed_singular_values(real.values, k, decay), abs=1e-6)
    assert cosines(three_ways(end.W2, real.values).singular).min() > 0.9999
    assert np.linalg.norm(end.W1 - end.W2.T) < 1e-5 * np.linalg.norm(end.W1)
    assert end.error == pytest.approx(decayed_error(real.values, k, decay), rel=1e-9)


def test_tied_weights_are_orthonormal_and_still_not_the_axes(toy: PCA) -> None:
    end = train(toy, 3, "gd", Conditions(tied=True), steps=3000)[-1]
    np.testing.assert_array_equal(end.W1, end.W2.T)
    np.testing.assert_allclose(end.W2.T @ end.W2, np.eye(3), atol=1e-8)
    assert end.error == pytest.approx(toy.least_error(3), rel=1e-10)
    assert cosines(three_ways(end.W2, toy.values).raw).min() < 0.99


def test_the_same_seed_is_the_same_path(toy: PCA) -> None:
    one, two, other = (train(toy, 2, "gd", steps=20, seed=seed)[-1].W2 for seed in (5, 5, 6))
    np.testing.assert_array_equal(one, two)
    assert not np.allclose(one, other)


def test_the_saddle_is_next_to_a_critical_point(toy: PCA) -> None:
    W1, W2, b = first_weights(toy, 2, Conditions(saddle=True), 0)
    assert Loss(toy, Conditions()).error(W1, W2, b) == pytest.approx(toy.values.sum() - 5, rel=1e-4)
    for gradient in Loss(toy, Conditions()).gradient(W1, W2, b):
        assert np.abs(gradient).max() < 0.05


def test_angles_are_those_of_the_whole_matrices(real: PCA, rng: np.random.Generator) -> None:
    W2 = np.eye(784)[:, :5] + 0.02 * rng.standard_normal((784, 5))
    assert angles_to_pca(W2) == pytest.approx(principal_angles(np.eye(784, 5), W2), rel=1e-9)


@pytest.mark.parametrize(
    ("k", "method", "conditions", "words"),
    [
        (0, "als", Conditions(), "k must be 1 to 8"),
        (9, "als", Conditions(), "k must be 1 to 8"),
        (2, "als", Conditions(decay=3.01), "must be below lambda_2 = 3"),
        (2, "gd", Conditions(decay=9.0), "fewer than 2 axes"),
        (2, "gd", Conditions(decay=-1.0), "0 or more"),
        (2, "gd", Conditions(decay=float("nan")), "0 or more"),
        (2, "als", Conditions(tied=True), "cannot tie the weights"),
        (2, "als", Conditions(decay=0.1, centred=False), "not centred"),
        (8, "gd", Conditions(saddle=True), "an axis to spare"),
    ],
)
def test_what_cannot_be_asked(toy: PCA, k: int, method: Method, conditions: Conditions, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        train(toy, k, method, conditions)


def test_axes_without_variance_are_refused(toy: PCA) -> None:
    flat = dataclasses.replace(toy, values=np.array([2.0, 1, 0, 0, 0, 0, 0, 0]))
    with pytest.raises(ValueError, match="Only 2 axes"):
        train(flat, 3)


def test_more_dimensions_get_fewer_steps() -> None:
    for method in METHODS:
        steps = [default_steps(k, method) for k in (1, 8, 64, 500)]
        assert steps == sorted(steps, reverse=True)
        assert steps[-1] >= 50
