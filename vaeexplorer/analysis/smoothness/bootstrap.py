"""How sure a figure is: percentile bootstrap intervals (Efron & Tibshirani 1993), of one figure and of a difference."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

DRAWS = 2000
CONFIDENCE = 0.95
AT_LEAST = 20  # observations: an interval from fewer would be a pretence

Statistic = Callable[[np.ndarray], np.ndarray]
"""[..., N] -> [...], or [C, ..., N] -> [...] of a figure that is made of C columns"""


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95% interval."""

    value: float
    low: float
    high: float


def paired_estimates(
    statistics: tuple[Statistic, Statistic], a: np.ndarray, b: np.ndarray, *, seed: int = 0
) -> tuple[Estimate, Estimate, Estimate] | None:
    """A figure of a, the same of b, and a's less b's, each resampled with the same draws of observations.

    Args:
        statistics: what is estimated of a, and of b.
        a, b: the same observations of two models, [N] or [C, N]; those not finite in either are left out of both.
        seed: of the draws.

    Returns:
        The three estimates, or None where fewer than 20 observations are left or a figure is not finite.
    """
    kept = np.isfinite(np.atleast_2d(a)).all(axis=0) & np.isfinite(np.atleast_2d(b)).all(axis=0)  # [N]
    count = int(kept.sum())
    if count < AT_LEAST:
        return None
    drawn = np.random.default_rng(seed).integers(0, count, (DRAWS, count))
    values, draws = [], []
    for statistic, observed in zip(statistics, (a, b), strict=True):
        observations = observed[..., kept].astype(np.float64)
        values.append(float(statistic(observations)))
        draws.append(statistic(observations[..., drawn]))  # [DRAWS]
    values.append(values[0] - values[1])
    draws.append(draws[0] - draws[1])
    if not np.isfinite(values).all():
        return None
    tail = (1 - CONFIDENCE) / 2
    low, high = np.nanquantile(draws, [tail, 1 - tail], axis=1)  # [3] each
    first, second, difference = (Estimate(*map(float, three)) for three in zip(values, low, high, strict=True))
    return first, second, difference


def mean(values: np.ndarray) -> np.ndarray:
    """Of the last axis."""
    return np.asarray(values.mean(axis=-1))


def median(values: np.ndarray) -> np.ndarray:
    """Of the last axis."""
    return np.asarray(np.median(values, axis=-1))


def spread(values: np.ndarray) -> np.ndarray:
    """The standard deviation along the last axis."""
    return np.asarray(values.std(axis=-1, ddof=1))
