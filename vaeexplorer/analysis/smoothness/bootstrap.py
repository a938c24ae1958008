"""How sure figures are: percentile bootstrap intervals, of one figure and of many differences at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 10_000  # corrected for 30 rows, an interval ends where a dozen of them lie beyond
CONFIDENCE = 0.95
AT_LEAST = 20  # observations: an interval from fewer would be a pretence
_AT_ONCE = 4_000_000  # observations that are resampled in one piece: 32 MB

Statistic = Callable[[np.ndarray], np.ndarray]
"""[..., N] -> [...]"""


@dataclass(frozen=True)
class Estimate:
    """A figure and its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Resampled:
    """A figure of two models over the same observations, and over the same resamples of them.

    Attributes:
        values: of the first and of the second model.
        draws: the same of each resample, [2, DRAWS].
    """

    values: tuple[float, float]
    draws: np.ndarray

    @property
    def estimates(self) -> tuple[Estimate, Estimate]:
        """Each model's figure with its own 95% interval (percentiles; Efron & Tibshirani 1993)."""
        first, second = (
            _interval(value, draws, CONFIDENCE) for value, draws in zip(self.values, self.draws, strict=True)
        )
        return first, second

    def difference(self, confidence: float) -> Estimate:
        """The first model's figure less the second's."""
        return _interval(self.values[0] - self.values[1], self.draws[0] - self.draws[1], confidence)

    def ratio(self, confidence: float) -> Estimate | None:
        """The first model's figure over the second's; None where one of them, or of a resample, is not positive.

        Its interval leaves out 1 where that of the difference leaves out 0: both are percentiles of the same resamples.
        """
        if min(self.values) <= 0 or not (self.draws > 0).all():
            return None
        return _interval(self.values[0] / self.values[1], self.draws[0] / self.draws[1], confidence)


def resampled(statistic: Statistic, a: np.ndarray, b: np.ndarray, *, seed: int = 0) -> Resampled | None:
    """Resample the observations of two models together; figures of equally many observations get the same resamples.

    Args:
        statistic: what is estimated.
        a, b: the same observations of two models, [N] each; those not finite in either are left out of both.
        seed: of the draws.

    Returns:
        None where fewer than 20 observations are left or a figure is not finite.
    """
    kept = np.isfinite(a) & np.isfinite(b)
    count = int(kept.sum())
    if count < AT_LEAST:
        return None
    observed = np.stack([a[kept], b[kept]]).astype(np.float64)  # [2, N]
    first, second = map(float, statistic(observed))
    if not np.isfinite([first, second]).all():
        return None
    rng = np.random.default_rng(seed)
    pieces = np.array_split(np.arange(DRAWS), -(-DRAWS * count // _AT_ONCE))
    draws = [statistic(observed[:, rng.integers(0, count, (len(piece), count), np.int32)]) for piece in pieces]
    return Resampled((first, second), np.concatenate(draws, axis=1))


def simultaneous_confidence(all_rows: Sequence[Resampled]) -> float:
    """The confidence at which to take each difference's interval so that all of them hold together at 95%.

    A difference's p-value in a resample is twice the share of resamples that lie beyond it; the 5% quantile of the
    smallest p-value over the rows is the level that each row gets (single-step minP, Westfall & Young 1993; balanced
    simultaneous confidence sets, Beran 1988). Rows that go together are not paid for twice, as Bonferroni and Holm
    would. Rows over different numbers of observations are resampled apart, as if they were independent, which makes
    the intervals rather too wide than too narrow.
    """
    from scipy.stats import rankdata

    if not all_rows:
        return CONFIDENCE
    differences = np.stack([row.draws[0] - row.draws[1] for row in all_rows])  # [R, DRAWS]
    ranks = rankdata(differences, axis=1)  # equal ones share the middle rank
    smallest = (2 * np.minimum(ranks, DRAWS + 1 - ranks) / (DRAWS + 1)).min(axis=0)  # [DRAWS]
    return 1 - float(np.quantile(smallest, 1 - CONFIDENCE))


def _interval(value: float, draws: np.ndarray, confidence: float) -> Estimate:
    tail = (1 - confidence) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return Estimate(float(value), float(low), float(high))


def mean(values: np.ndarray) -> np.ndarray:
    """Of the last axis."""
    return np.asarray(values.mean(axis=-1))


def median(values: np.ndarray) -> np.ndarray:
    """Of the last axis."""
    return np.asarray(np.median(values, axis=-1))


def spread(values: np.ndarray) -> np.ndarray:
    """The standard deviation along the last axis."""
    return np.asarray(values.std(axis=-1, ddof=1))
