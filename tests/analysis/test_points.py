"""Grids, traversals, neighbours, class means, Gaussians, errors."""

import numpy as np
import pytest

from vaeexplorer.analysis.clusters import class_means
from vaeexplorer.analysis.error import squared_error
from vaeexplorer.analysis.gaussian import fit_gaussian, standard_normal
from vaeexplorer.analysis.grid import grid, prior_quantiles
from vaeexplorer.analysis.neighbours import nearest
from vaeexplorer.analysis.traversal import reach, traversal, traversal_range


def array(values: object) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_prior_quantiles() -> None:
    z = prior_quantiles(19)  # 0.05, 0.10, ..., 0.95
    assert z[9] == pytest.approx(0, abs=1e-7)
    assert z[[0, 18]] == pytest.approx([-1.6448536, 1.6448536])
    assert z[4] == pytest.approx(-0.6744898, rel=1e-5)  # the lower quartile


def test_grid_reads_like_a_picture() -> None:
    points = grid(array([1, 2, 3]), array([10, 20]))
    assert points.tolist() == [[1, 20], [2, 20], [3, 20], [1, 10], [2, 10], [3, 10]]


def test_traversal_moves_one_coordinate() -> None:
    z = array([1, 2, 3])
    walk = traversal(z, 1, array([-1, 0, 5]))
    assert walk.tolist() == [[1, -1, 3], [1, 0, 3], [1, 5, 3]]
    assert z.tolist() == [1, 2, 3]


def test_reach_holds_every_code_and_the_prior() -> None:
    codes = array([[0, -7.23], [1, 2.5]])
    assert reach(codes, prior=True) == pytest.approx(array([[-3, 3], [-7.3, 3]]))
    assert reach(codes, prior=False) == pytest.approx(array([[0, 1], [-7.3, 2.5]]))


def test_traversal_range() -> None:
    codes = np.linspace(0, 1000, 100_001, dtype=np.float32)[:, None]
    assert traversal_range(codes, prior=True).tolist() == [[-3, 3]]
    assert traversal_range(codes, prior=False)[0] == pytest.approx([1.35, 998.65], abs=0.02)


def test_nearest() -> None:
    codes = array([[0, 0], [3, 4], [1, 0], [0, -2]])
    assert nearest(codes, array([0, 0]), 3).tolist() == [0, 2, 3]
    assert nearest(codes, array([3, 3]), 99).tolist() == [1, 2, 0, 3]


def test_class_means() -> None:
    codes = array([[0, 0], [2, 4], [5, 5]])
    means = class_means(codes, np.array([0, 0, 2]), 3)
    assert means[[0, 2]].tolist() == [[1, 2], [5, 5]]
    assert np.isnan(means[1]).all()


def test_fitted_gaussian_draws_what_it_was_fitted_to() -> None:
    rng = np.random.default_rng(0)
    covariance = np.array([[2.0, 1.2], [1.2, 1.0]])
    codes = rng.multivariate_normal([3, -1], covariance, 20_000).astype(np.float32)
    gaussian = fit_gaussian(codes)
    assert gaussian.mean == pytest.approx([3, -1], abs=0.05)
    assert gaussian.covariance == pytest.approx(covariance, abs=0.06)
    draws = np.stack([gaussian.draw(rng) for _ in range(4000)])
    assert np.cov(draws, rowvar=False) == pytest.approx(covariance, abs=0.2)


def test_fitted_gaussian_in_one_dimension() -> None:
    assert fit_gaussian(array([[0], [2]])).covariance.tolist() == [[2]]


def test_prior() -> None:
    prior = standard_normal(3)
    assert prior.mean.tolist() == [0, 0, 0]
    assert prior.covariance.tolist() == np.eye(3).tolist()
    assert prior.draw(np.random.default_rng(0)).dtype == np.float32


def test_squared_error_is_summed_over_pixels() -> None:
    images = np.zeros((2, 28, 28), np.uint8)
    images[1] = 255
    assert squared_error(images, np.full((2, 28, 28), 0.5, np.float32)) == pytest.approx([196, 196])
    assert squared_error(images, images.astype(np.float32) / 255).tolist() == [0, 0]
