"""Is a cloud normal along every direction? The Epps-Pulley statistic over many directions, beside its null.

Epps & Pulley (1983) compare the empirical characteristic function with that of N(0, 1); with the weight N(0, 1) it is
the BHEP test of Henze & Zirkler (1990) in one dimension, and over random directions the regularizer of LeJEPA
(Balestriero & LeCun 2025, arXiv 2511.08544). Here mean and variance are known, 0 and 1, and not fitted.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

DIRECTIONS = 1024
NULLS = 39  # of two statistics the larger counts: 1/40 each, .05 together
POINTS = 4000  # draws that are looked at
STEP, FREQUENCIES = 0.25, 21  # of the trapezoid rule over t in [0, 5]
CLIP = 8.0  # so far out the sum over t no longer tells numbers apart, and no draw of N(0, 1) lies
BLOCK = 16  # directions at once: what is looked at stays in a core's cache
BINS, REACH = 61, 4.0  # of the histogram


@dataclass(frozen=True)
class SlicedNormality:
    """How far a cloud is from N(0, I) along directions.

    Attributes:
        mean, largest: of T/n over the directions; 0 in the limit where q(z) = N(0, I).
        null_mean, null_largest: the same of draws of N(0, I), as many, along the same directions, [B] each.
        p: that a perfect model shows either as large, corrected for the two (Bonferroni); 2/(B + 1) at least.
        worst: the direction of the largest, a unit vector, [D].
        bins, density: centres and heights of the histogram along it, [61] each; what lies beyond +-4 is in no bin.
    """

    mean: float
    largest: float
    null_mean: np.ndarray
    null_largest: np.ndarray
    p: float
    worst: np.ndarray
    bins: np.ndarray
    density: np.ndarray

    @property
    def outside(self) -> bool:
        """Whether a perfect model of this size would hardly show it, at a level of .05."""
        return self.p <= 0.05


def statistic(y: np.ndarray) -> np.ndarray:
    """T/n of each column: the integral of |phi_n(t) - exp(-t^2/2)|^2 over t ~ N(0, 1), by the trapezoid rule.

    Equal to mean_jk exp(-(y_j - y_k)^2 / 2) - sqrt(2) mean_j exp(-y_j^2 / 4) + 1 / sqrt(3), but linear in n.

    Args:
        y: projections, [N, K].

    Returns:
        float64 [K].
    """
    angle = (STEP * np.clip(y, -CLIP, CLIP)).astype(np.float32)
    turn = np.empty(y.shape, np.complex64)  # exp(i t y) of the first t; powers follow
    np.cos(angle, out=turn.real)
    np.sin(angle, out=turn.imag)
    phase, mean = np.ones_like(turn), np.full(len(y), 1 / len(y), np.complex64)
    total = np.zeros(y.shape[1])
    for number in range(1, FREQUENCIES):  # at t = 0 both functions are 1; t and -t have the same
        phase *= turn
        t = STEP * number
        gap = np.abs(mean @ phase - math.exp(-t * t / 2)) ** 2
        total += 2 * STEP * gap * math.exp(-t * t / 2) / math.sqrt(2 * math.pi)
    return total


def sliced_normality(
    z: np.ndarray,
    *,
    directions: int = DIRECTIONS,
    nulls: int = NULLS,
    points: int = POINTS,
    seed: int = 0,
    on_cloud: Callable[[], None] = lambda: None,
) -> SlicedNormality:
    """Epps-Pulley over random directions, with its null by simulation.

    Args:
        z: draws of q(z), one an image, [N, D].
        directions: how many, uniform on the sphere.
        nulls: how many clouds of N(0, I); 39 are the fewest for p = .05.
        points: of z that are looked at, the first ones.
        seed: of directions and nulls.
        on_cloud: called once z is measured, and after each null.
    """
    rng = np.random.default_rng([seed, 0x45505053])
    z = np.asarray(z[:points], np.float32)
    count, dimensions = z.shape
    axes = rng.standard_normal((dimensions, directions)).astype(np.float32)
    axes /= np.linalg.norm(axes, axis=0)
    own = along(z, axes)
    on_cloud()
    found = np.empty((nulls, 2))
    for null in found:
        each = along(rng.standard_normal((count, dimensions), dtype=np.float32), axes)
        null[:] = each.mean(), each.max()
        on_cloud()
    ranks = [
        (1 + (null >= value).sum()) / (nulls + 1) for null, value in zip(found.T, (own.mean(), own.max()), strict=True)
    ]
    worst = axes[:, int(own.argmax())].astype(np.float64)
    edges = np.linspace(-REACH, REACH, BINS + 1)
    heights = np.histogram(z @ worst, edges)[0] / (count * (edges[1] - edges[0]))
    return SlicedNormality(
        *(float(own.mean()), float(own.max()), found[:, 0], found[:, 1], min(1.0, 2 * min(ranks))),
        *(worst, (edges[1:] + edges[:-1]) / 2, heights),
    )


def along(z: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """The statistic of z [N, D] along each of the directions [D, K], float64 [K]."""
    return np.concatenate([statistic(z @ axes[:, start : start + BLOCK]) for start in range(0, axes.shape[1], BLOCK)])
