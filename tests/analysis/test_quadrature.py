from collections.abc import Callable

import numpy as np
import pytest

from vaeexplorer.analysis.quadrature import grid, log_integrals


def gaussians(centres: np.ndarray, sigma: float, weights: np.ndarray) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    def log_density(z: np.ndarray, owner: np.ndarray) -> np.ndarray:
        parts = -((z[:, None] - centres[owner]) ** 2).sum(-1) / (2 * sigma**2) + np.log(weights[owner])
        return np.asarray(np.logaddexp.reduce(parts, axis=1) - np.log(2 * np.pi * sigma**2))

    return log_density


@pytest.mark.parametrize("sigma", [1.0, 0.2, 0.05, 0.01])
def test_a_mixture_integrates_to_its_weights_however_narrow_it_is(sigma: float, rng: np.random.Generator) -> None:
    """From far wider than a cell of the first grid (.08) to far narrower."""
    centres = rng.uniform(-2, 2, (4, 3, 2))
    weights = rng.uniform(0.05, 1, (4, 3))
    log_density = gaussians(centres, sigma, weights)
    points, step = grid()
    first = np.stack([log_density(points, np.full(len(points), n)) for n in range(4)])
    asked = 0

    def counted(z: np.ndarray, owner: np.ndarray) -> np.ndarray:
        nonlocal asked
        asked += len(z)
        return np.asarray(log_density(z, owner))

    found = log_integrals(first, points, step, counted)
    assert found == pytest.approx(np.log(weights.sum(axis=1)), abs=0.01)
    assert asked < 4 * 60_000
    assert (asked == 0) == (sigma >= 0.2)  # where the first grid is fine enough, nothing more is computed


def test_a_narrow_peak_between_four_cells_is_not_taken_for_a_wide_one() -> None:
    """There one of the four, four times as large, has the same sum."""
    points, step = grid()
    log_density = gaussians(np.zeros((1, 1, 2)), 0.01, np.ones((1, 1)))
    first = log_density(points, np.zeros(len(points), int))[None]
    assert log_integrals(first, points, step, log_density) == pytest.approx([0.0], abs=0.01)


def test_an_integral_that_does_not_exist_is_not_a_number() -> None:
    """1 / r^3: every halving adds more."""
    points, step = grid(16, 4.0)

    def steep(z: np.ndarray, owner: np.ndarray) -> np.ndarray:
        return np.asarray(-1.5 * np.log((z**2).sum(axis=1)))

    assert np.isnan(log_integrals(steep(points, points)[None], points, step, steep)[0])


def test_the_grid_tiles_the_square() -> None:
    points, step = grid(4, 2.0)
    assert step == 1
    assert points[:2].tolist() == [[-1.5, -1.5], [-0.5, -1.5]]
    assert points.mean() == 0
