import numpy as np
import pytest

from vaeexplorer.analysis.posterior import active_units, collapsed_share, moments
from vaeexplorer.analysis.report.posteriors import draw, perfect_model


def test_a_unit_is_active_when_its_mean_moves_by_more_than_a_tenth() -> None:
    mean = np.array([[0.0, 0.09, 1.0], [0.0, -0.09, 3.0]])
    assert active_units(mean).tolist() == [False, False, True]
    assert active_units(mean * [1, 1.2, 1]).tolist() == [False, True, True]


def test_active_units_are_those_whose_mean_moves_with_the_image(rng: np.random.Generator) -> None:
    """Burda et al. 2016: Var_x(mu_j) > 0.01, whatever the mean of mu_j is."""
    spread = np.array([1.0, 0.11, 0.09, 0.0])
    mean = 5 + rng.permuted(np.linspace(-1, 1, 1000)[:, None].repeat(4, axis=1), axis=0) * np.sqrt(3) * spread
    assert active_units(mean).tolist() == [True, True, False, False]


def test_collapse_allows_one_image_in_a_hundred_to_exceed() -> None:
    kl = np.zeros((100, 3))
    kl[0, 1] = 5
    kl[:2, 2] = 5
    assert collapsed_share(kl, np.array([0.01, 10])) == pytest.approx([2 / 3, 1])
    assert collapsed_share(kl, np.array([0.0])) == [0]


def test_moments_add_the_noise_to_the_means(rng: np.random.Generator) -> None:
    mean = rng.standard_normal((200_000, 2)).astype(np.float32) @ np.array([[0.8, 0.3], [0, 0.4]], np.float32)
    mean[:, 1] += 0.5
    logvar = np.log(np.array([0.2, 0.6], np.float32)) + 0 * mean
    found = moments(mean, logvar)
    drawn = np.cov(draw(mean, logvar, rng).z, rowvar=False)
    np.testing.assert_allclose(found.covariance, drawn, atol=0.01)
    assert found.worst_mean == pytest.approx(0.5, abs=0.01)
    assert found.worst_variance == pytest.approx(1 - 0.64 - 0.2, abs=0.01)
    assert found.worst_correlation == pytest.approx(0.24 / np.sqrt(0.84 * 0.85), abs=0.01)


def test_the_perfect_model_is_what_it_says(rng: np.random.Generator) -> None:
    world = perfect_model(50_000, 4, 6.0, rng)
    assert world.logvar is not None
    assert np.exp(world.logvar[0, 0]) == pytest.approx(np.exp(-3))
    kl = 0.5 * (world.mean**2 + np.exp(world.logvar) - 1 - world.logvar).sum(axis=1)
    assert kl.mean() == pytest.approx(6, abs=0.05)
    np.testing.assert_allclose(np.cov(world.z, rowvar=False), np.eye(4), atol=0.03)
    points = perfect_model(1000, 2, None, rng)
    assert points.logvar is None
    np.testing.assert_array_equal(points.z, points.mean)
    collapsed = perfect_model(1000, 2, 0.0, rng)
    assert np.abs(collapsed.mean).max() == 0
