"""Sliced Epps-Pulley on planted worlds: those that are normal, and those that are not along some direction."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from vaeexplorer.analysis.instruments.epps_pulley import sliced_normality, statistic


def test_the_statistic_is_its_closed_form(rng: np.random.Generator) -> None:
    y = np.column_stack([rng.standard_normal(300), 2 * rng.standard_normal(300) + 1, rng.uniform(-7, 7, 300)])
    for column, found in zip(y.T, statistic(y), strict=True):
        pairs = np.exp(-((column[:, None] - column) ** 2) / 2).mean()
        closed = pairs - math.sqrt(2) * np.exp(-(column**2) / 4).mean() + 1 / math.sqrt(3)
        assert found == pytest.approx(closed, abs=2e-6)


def test_its_limit_is_known() -> None:
    """Of N(m, 1) the limit is the integral of exp(-t^2) |exp(i m t) - 1|^2 over t ~ N(0, 1)."""
    y = np.random.default_rng(1).standard_normal((200_000, 1)) + 0.5
    limit = 2 / math.sqrt(3) * (1 - math.exp(-(0.5**2) / 6))
    assert statistic(y)[0] == pytest.approx(limit, rel=0.03)


def along_no_axis(count: int, dimensions: int, rng: np.random.Generator) -> np.ndarray:
    """Normal along every axis, uncorrelated, and yet 0 half of the time along the diagonal of the first two."""
    z = rng.standard_normal((count, dimensions))
    z[:, 1] = z[:, 0] * rng.choice([-1, 1], count)
    return z


def perfect_of_uneven_widths(count: int, dimensions: int, rng: np.random.Generator) -> np.ndarray:
    """Draws of posteriors whose KLs fall from 3 nats to .05."""
    variance = np.exp(-2 * np.geomspace(3, 0.05, dimensions))
    mean = np.sqrt(1 - variance) * rng.standard_normal((count, dimensions))
    return np.asarray(mean + np.sqrt(variance) * rng.standard_normal((count, dimensions)))


def shifted(count: int, dimensions: int, rng: np.random.Generator) -> np.ndarray:
    z = rng.standard_normal((count, dimensions))
    z[:, 0] += 0.2
    return z


def bimodal(count: int, dimensions: int, rng: np.random.Generator) -> np.ndarray:
    """Two clusters along one oblique direction, of mean 0 and variance 1."""
    z = rng.standard_normal((count, dimensions))
    oblique = np.ones(dimensions) / math.sqrt(dimensions)
    along = 0.9 * rng.choice([-1, 1], count) + math.sqrt(1 - 0.81) * rng.standard_normal(count)
    return np.asarray(z + np.outer(along - z @ oblique, oblique))


@pytest.mark.parametrize(
    ("world", "dimensions", "flaw"),
    [
        (perfect_of_uneven_widths, 2, False),
        (perfect_of_uneven_widths, 16, False),
        (along_no_axis, 2, True),
        (along_no_axis, 8, True),
        (shifted, 16, True),
        (bimodal, 8, True),
    ],
)
def test_what_is_planted_is_seen(
    world: Callable[[int, int, np.random.Generator], np.ndarray], dimensions: int, flaw: bool
) -> None:
    z = world(2000, dimensions, np.random.default_rng(dimensions))
    found = sliced_normality(z, directions=64 if dimensions == 2 else 128)
    assert found.outside == flaw
    assert np.linalg.norm(found.worst) == pytest.approx(1)
    assert found.density.sum() * (found.bins[1] - found.bins[0]) == pytest.approx(1, abs=0.02)


def test_the_worst_direction_is_the_planted_one() -> None:
    z = along_no_axis(3000, 2, np.random.default_rng(3))
    assert np.abs(np.sort(np.abs(z), axis=0)[:, 0] - np.sort(np.abs(z), axis=0)[:, 1]).max() == 0  # the axes look alike
    on_axes = statistic(z)
    found = sliced_normality(z, directions=64)
    assert np.abs(np.abs(found.worst) - math.sqrt(0.5)).max() < 0.05
    assert found.largest > 20 * on_axes.max()
    middle = found.density[len(found.bins) // 2]
    assert middle > 5 * 0.4  # half of the points lie at 0, where a normal density has .4


def test_a_perfect_cloud_is_called_outside_as_often_as_the_level_says() -> None:
    rng = np.random.default_rng(0)
    outside = [sliced_normality(rng.standard_normal((200, 4)), directions=16, seed=s).outside for s in range(80)]
    assert sum(outside) <= 10  # of 80 at .05: 4, and 10 in one of 300 suites
