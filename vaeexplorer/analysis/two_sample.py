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
    """What `kernel_distances` finds: unbiased MMD^2, energy distance, and how often chance does as much."""

    mmd: float
    mmd_p: float | None
    energy: float
    energy_p: float | None


def kernel_distances(
    z: np.ndarray, prior: np.ndarray, *, permutations: int = 0, rng: np.random.Generator | None = None
) -> Distances:
    """Unbiased MMD^2 with inverse multiquadric kernels, and the energy distance, each with a permutation p-value.

    MMD^2 (Gretton et al. 2012, eq. 3) with k(x, y) = sum_s C / (C + |x - y|^2), C = 2 D s, s from .1 to 10; the
    energy distance 2 E|z - p| - E|z - z'| - E|p - p'| (Szekely & Rizzo 2013). Both are sums over the pooled pairs, so
    the pooled matrices are computed once, and each of the permutations is a column of one matrix product.
    p = (1 + number of permutations that reach the value) / (1 + permutations).

    Memory is (N + M)^2 numbers in single precision, twice: 128 MB at N = M = 2000.

    Args:
        z: draws from q(z), [N, D].
        prior: draws from the prior, [M, D].
        permutations: 0 leaves the p-values out.
        rng: of the permutations.
    """
    import torch

    count, total = len(z), len(z) + len(prior)
    pooled = torch.as_tensor(np.concatenate([z, prior]), dtype=torch.float32)
    pooled = (pooled - pooled.mean(dim=0)).to("cuda" if torch.cuda.is_available() else "cpu")
    squares = pooled.square().sum(dim=1)
    constants = [2 * z.shape[1] * scale for scale in MMD_SCALES]
    kernel, distance = (torch.zeros(total, total, device=pooled.device) for _ in range(2))
    for start in range(0, total, BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        squared = torch.addmm(squares, pooled[rows], pooled.T, alpha=-2).add_(squares[rows, None]).clamp_(min=0)
        term = torch.empty_like(squared)
        for constant in constants:
            kernel[rows].add_(torch.add(squared, constant, out=term).reciprocal_(), alpha=constant)
        distance[rows] = squared.sqrt_()
    kernel.fill_diagonal_(0)
    distance.fill_diagonal_(0)
    member = torch.zeros(total, 1 + permutations)
    member[:count, 0] = 1
    for column in range(permutations):
        assert rng is not None
        member[torch.from_numpy(rng.permutation(total)[:count]), 1 + column] = 1
    member = member.to(pooled.device)
    mmd = _between(kernel, member, unbiased=True)
    energy = -_between(distance, member, unbiased=False)
    p_values = [float((values >= values[0]).mean()) if permutations else None for values in (mmd, energy)]
    return Distances(float(mmd[0]), p_values[0], float(energy[0]), p_values[1])


def _between(pairs: "Tensor", member: "Tensor", *, unbiased: bool) -> np.ndarray:
    """E k(z, z') + E k(p, p') - 2 E k(z, p), by columns of memberships [N + M, 1 + B]; pairs have a zero diagonal."""
    with_z = (pairs @ member).double()  # [N + M, B + 1]: of every point, the sum over the points of z
    is_z = member.double()
    all_rows = pairs.sum(dim=1).double()[:, None]
    inside = (is_z * with_z).sum(dim=0)
    across = ((1 - is_z) * with_z).sum(dim=0)
    outside = all_rows.sum() - inside - 2 * across
    n = float(is_z[:, 0].sum())
    m = len(is_z) - n
    less = 1 if unbiased else 0
    value = inside / (n * (n - less)) + outside / (m * (m - less)) - 2 * across / (n * m)
    result: np.ndarray = value.cpu().numpy()
    return result


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
    white = whiten(z).apply(z).astype(np.float32)
    count, dimensions = white.shape
    cubes = 0.0
    for start in range(0, count, 500):
        products = white[start : start + 500] @ white.T
        cubes += float((products * products * products).sum(dtype=np.float64))
    fourth = float(np.mean((white.astype(np.float64) ** 2).sum(axis=1) ** 2))
    return Mardia(cubes / count / 6, fourth - dimensions * (dimensions + 2))
