"""Are two sets of points, [N, D] and [M, D], draws of one distribution? Tests that need no density."""

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vaeexplorer.analysis.whitening import whiten

if TYPE_CHECKING:
    from torch import Tensor

MMD_SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
BLOCK_ROWS = 64


class Distances(NamedTuple):
    """What `kernel_distances` finds."""

    mmd: float
    """unbiased MMD^2"""
    energy: float


def kernel_distances(z: np.ndarray, prior: np.ndarray) -> Distances:
    """Unbiased MMD^2 with inverse multiquadric kernels, and the energy distance.

    MMD^2 (Gretton et al. 2012, eq. 3) with k(x, y) = sum_s C / (C + |x - y|^2), C = 2 D s, s from .1 to 10; the
    energy distance 2 E|z - p| - E|z - z'| - E|p - p'| (Szekely & Rizzo 2013). Both are sums over the pooled pairs, so
    every pair is computed once. Blocks of rows bound the memory.

    Args:
        z: draws from q(z), [N, D].
        prior: draws from the prior, [M, D].
    """
    import torch

    count, total = len(z), len(z) + len(prior)
    pooled = torch.as_tensor(np.concatenate([z, prior]), dtype=torch.float32)
    pooled = (pooled - pooled.mean(dim=0)).to("cuda" if torch.cuda.is_available() else "cpu")
    squares = pooled.square().sum(dim=1)
    constants = [2 * z.shape[1] * scale for scale in MMD_SCALES]
    member = torch.zeros(total, 2, device=pooled.device)
    member[:count, 0] = 1
    member[count:, 1] = 1
    # Of every point, the sum over the points of z, and over those of the prior.
    kernel_sums, distance_sums = (torch.zeros(total, 2, device=pooled.device) for _ in range(2))
    for start in range(0, total, BLOCK_ROWS):
        end = start + BLOCK_ROWS
        rows, rest = slice(start, end), pooled[start:]
        squared = torch.addmm(squares[start:], pooled[rows], rest.T, alpha=-2).add_(squares[rows, None]).clamp_(min=0)
        kernel, term = torch.zeros_like(squared), torch.empty_like(squared)
        for constant in constants:
            kernel.add_(torch.add(squared, constant, out=term).reciprocal_(), alpha=constant)
        for pairs, sums in ((kernel, kernel_sums), (squared.sqrt_(), distance_sums)):
            pairs.diagonal().zero_()
            sums[rows].addmm_(pairs, member[start:])
            sums[end:].addmm_(pairs[:, BLOCK_ROWS:].T, member[rows])  # the same pairs, seen from the other point
    return Distances(_between(kernel_sums, count, unbiased=True), -_between(distance_sums, count, unbiased=False))


def _between(sums: "Tensor", n: int, *, unbiased: bool) -> float:
    """E k(z, z') + E k(p, p') - 2 E k(z, p)."""
    m = len(sums) - n
    inside, across = sums[:n].double().sum(dim=0)
    outside = sums[n:, 1].double().sum()
    less = 1 if unbiased else 0
    return float(inside / (n * (n - less)) + outside / (m * (m - less)) - 2 * across / (n * m))


def sliced_wasserstein(z: np.ndarray, prior: np.ndarray, rng: np.random.Generator, *, projections: int = 100) -> float:
    """Sliced Wasserstein-2 distance: root mean square over random directions of the distance of sorted projections.

    Of two finite samples it is never 0 (.060 for D = 2 and 2,000 points each), so it needs its null beside it.

    Args:
        z, prior: as many points each, [N, D].
        rng: of the directions.
        projections: how many directions.
    """
    directions = rng.standard_normal((z.shape[1], projections))
    directions /= np.linalg.norm(directions, axis=0)
    gaps = np.sort(z @ directions, axis=0) - np.sort(prior @ directions, axis=0)  # [N, projections]
    return math.sqrt(float(np.mean(gaps**2)))


class Mardia(NamedTuple):
    """Mardia's (1970) measures of a departure from any Gaussian. They do not see mean and covariance."""

    skewness: float
    """N b1 / 6, for a Gaussian chi^2 with D (D + 1) (D + 2) / 6 degrees of freedom"""
    kurtosis: float
    """b2 less what a Gaussian has, D (D + 2)"""


def mardia(z: np.ndarray) -> Mardia:
    """Skewness and kurtosis of [N, D] points: b1 = mean_ij (z_i' S^-1 z_j)^3, b2 = mean_i (z_i' S^-1 z_i)^2."""
    white = whiten(z).apply(z)
    count, dimensions = white.shape
    white = (white * math.sqrt(count / (count - 1))).astype(np.float32)  # Mardia's S divides by N
    cubes = 0.0
    for start in range(0, count, 500):
        products = white[start : start + 500] @ white.T
        cubes += float((products * products * products).sum(dtype=np.float64))
    fourth = float(np.mean((white.astype(np.float64) ** 2).sum(axis=1) ** 2))
    return Mardia(cubes / count / 6, fourth - dimensions * (dimensions + 2))
