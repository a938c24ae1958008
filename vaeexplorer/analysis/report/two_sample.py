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
    every pair is computed once, and each permutation is a column of a matrix product. Blocks of rows bound the memory.
    p = (1 + number of permutations that reach the value) / (1 + permutations).

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
    member = torch.zeros(total, 1 + permutations)
    member[:count, 0] = 1
    for column in range(permutations):
        assert rng is not None
        member[torch.from_numpy(rng.permutation(total)[:count]), 1 + column] = 1
    member = torch.cat([member, torch.ones(total, 1)], dim=1).to(pooled.device)
    # Of every point, the sum over the points of z, for each way to choose them, and over all points.
    kernel_sums, distance_sums = (torch.empty(total, 2 + permutations, device=pooled.device) for _ in range(2))
    for start in range(0, total, BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        squared = torch.addmm(squares, pooled[rows], pooled.T, alpha=-2).add_(squares[rows, None]).clamp_(min=0)
        kernel, term = torch.zeros_like(squared), torch.empty_like(squared)
        for constant in constants:
            kernel.add_(torch.add(squared, constant, out=term).reciprocal_(), alpha=constant)
        distance = squared.sqrt_()
        for pairs in (kernel, distance):
            pairs.diagonal(start).zero_()
        torch.mm(kernel, member, out=kernel_sums[rows])
        torch.mm(distance, member, out=distance_sums[rows])
    mmd = _between(kernel_sums, member, unbiased=True)
    energy = -_between(distance_sums, member, unbiased=False)
    p_values = [float((values >= values[0]).mean()) if permutations else None for values in (mmd, energy)]
    return Distances(float(mmd[0]), p_values[0], float(energy[0]), p_values[1])


def _between(sums: "Tensor", member: "Tensor", *, unbiased: bool) -> np.ndarray:
    """E k(z, z') + E k(p, p') - 2 E k(z, p) for each choice of z; the last column is that of all points."""
    with_z, with_all, is_z = sums[:, :-1].double(), sums[:, -1].double(), member[:, :-1].double()
    inside = (is_z * with_z).sum(dim=0)
    across = with_z.sum(dim=0) - inside
    outside = with_all.sum() - inside - 2 * across
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
    white = whiten(z).apply(z)
    count, dimensions = white.shape
    white = (white * math.sqrt(count / (count - 1))).astype(np.float32)  # Mardia's S divides by N
    cubes = 0.0
    for start in range(0, count, 500):
        products = white[start : start + 500] @ white.T
        cubes += float((products * products * products).sum(dtype=np.float64))
    fourth = float(np.mean((white.astype(np.float64) ** 2).sum(axis=1) ** 2))
    return Mardia(cubes / count / 6, fourth - dimensions * (dimensions + 2))
