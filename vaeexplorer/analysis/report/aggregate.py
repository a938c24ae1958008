"""The aggregate posterior q(z) = (1/N) sum_n q(z|x_n) against the prior N(0, I): its share of the KL, its density."""

import math
from dataclasses import dataclass

import numpy as np

from vaeexplorer.analysis.kl import kl_per_dimension

BLOCK = 4_000_000  # pairs of a point and a posterior at a time: 16 MB in float32
LOG_2PI = math.log(2 * math.pi)
ROUNDING = 1e-3  # nats that single precision may cost a log density; beyond that, double


@dataclass(frozen=True)
class Surgery:
    """ELBO surgery (Hoffman & Johnson 2016; Chen et al. 2018), in nats. The sums are exact:

    kl = mutual_information + marginal_kl, and marginal_kl = total_correlation + dimensionwise.sum().
    """

    kl: float
    """mean over images of KL(q(z|x) || p), closed form"""
    mutual_information: float
    """of z and the number of the image; at most ln N, whatever the model"""
    marginal_kl: float
    """KL(q(z) || p)"""
    total_correlation: float
    """KL(q(z) || prod_j q(z_j))"""
    dimensionwise: np.ndarray
    """KL(q(z_j) || p(z_j)), [D]"""


def elbo_surgery(mean: np.ndarray, logvar: np.ndarray, z: np.ndarray, *, points: int | None = None) -> Surgery:
    """The full O(N^2) estimator: each draw z_i is held against all N posteriors, its own among them.

    log q(z_i) = logsumexp_n log q(z_i|x_n) - ln N. The estimate of the mutual information cannot pass ln N, and is to
    be trusted only where the KL is below about ln N - 2: what is missing turns up in `marginal_kl`.

    The noise of one draw per image has a known part, sum_j mu sigma eps + (sigma^2 - 1) (eps^2 - 1) / 2, whose mean is
    0. It is taken out of either term, in the shares in which regression finds it there (a control variate); that makes
    their sum the closed-form KL.

    Args:
        mean: mu, [N, D].
        logvar: ln sigma^2, [N, D].
        z: one draw from each posterior, [N, D].
        points: of how many of the draws, from the first, the densities are averaged; by default of all.
    """
    drawn = z[:points]
    own = _log_normal(drawn, mean[:points], logvar[:points])  # [M, D]
    prior = _log_normal(drawn, 0.0, 0.0)  # [M, D]
    exact = kl_per_dimension(mean.astype(np.float64), logvar.astype(np.float64))  # [N, D]
    joint = log_aggregate(drawn, mean, logvar, own=own.sum(axis=1))  # [M]
    information = _information(own.sum(axis=1), joint, prior.sum(axis=1), exact.sum(axis=1))
    dimensionwise = np.empty(mean.shape[1])
    for j in range(mean.shape[1]):
        single = log_aggregate(drawn[:, [j]], mean[:, [j]], logvar[:, [j]], own=own[:, j])
        dimensionwise[j] = exact[:, j].mean() - _information(own[:, j], single, prior[:, j], exact[:, j])
    kl = float(exact.sum(axis=1).mean())
    marginal_kl = kl - information
    return Surgery(kl, information, marginal_kl, marginal_kl - float(dimensionwise.sum()), dimensionwise)


def _information(own: np.ndarray, joint: np.ndarray, prior: np.ndarray, exact: np.ndarray) -> float:
    """The mutual information, from log q(z|x), log q(z), log p(z) of M draws and the KL of all N images, in nats."""
    information, marginal = own - joint, joint - prior  # [M]
    noise = information + marginal - exact[: len(own)]  # [M], of mean 0
    spread = np.var(noise)
    share = float(np.clip(np.cov(noise, information, bias=True)[0, 1] / spread, 0, 1)) if spread > 0 else 0.0
    return float(information.mean() - share * ((information + marginal).mean() - exact.mean()))


def log_aggregate(z: np.ndarray, mean: np.ndarray, logvar: np.ndarray, *, own: np.ndarray | None = None) -> np.ndarray:
    """log q(z), q the average of N Gaussians, in blocks of bounded memory; on a GPU where there is one.

    log N(z; mu, sigma^2) = [z^2, z, 1] . [-1/(2 sigma^2), mu/sigma^2, -mu^2/(2 sigma^2) - ln sigma - ln(2 pi)/2],
    a matrix product. In single precision where that costs less than a thousandth of a nat, else in double.

    Args:
        z: [M, D].
        mean, logvar: of the N posteriors, [N, D].
        own: for each point a log density of about the size of the largest, [M]: the exponentials are taken relative to
            it. By default the largest itself is looked for, in a second pass.

    Returns:
        float64 [M], nats.
    """
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    precision = np.exp(-logvar.astype(np.float64))  # [N, D]
    reach = float(np.abs(z).max(initial=0) + np.abs(mean).max(initial=0)) ** 2
    single = reach * float(precision.max()) * 6e-8 * math.sqrt(z.shape[1]) < ROUNDING
    dtype = torch.float32 if single else torch.float64
    constant = -0.5 * (precision * mean.astype(np.float64) ** 2 + logvar + LOG_2PI).sum(axis=1, keepdims=True)  # [N, 1]
    columns = np.concatenate([-0.5 * precision, precision * mean, constant, np.ones_like(constant)], axis=1)
    weights = torch.as_tensor(columns.T, dtype=dtype).contiguous().to(device)  # [2D + 2, N]
    shift = np.zeros(len(z)) if own is None else own
    rows = np.concatenate([z.astype(np.float64) ** 2, z, np.ones((len(z), 1)), -shift[:, None]], axis=1)
    left = torch.as_tensor(rows, dtype=dtype).to(device)  # [M, 2D + 2]
    parts = []
    for block in left.split(max(1, BLOCK // len(mean))):
        shifted = block @ weights  # [B, N]
        # Below exp(-80) lie the denormal numbers, which take processors ten times as long and add nothing here.
        parts.append(shifted.clamp_(min=-80).exp_().sum(dim=1).log() if own is not None else shifted.logsumexp(dim=1))
    log_sum = torch.cat(parts).double().cpu().numpy()
    if not np.isfinite(log_sum).all() and own is not None:
        return log_aggregate(z, mean, logvar)
    result: np.ndarray = log_sum + shift - math.log(len(mean))
    return result


@dataclass(frozen=True)
class Grid:
    """log q(z)/p(z) over the plane."""

    axis: np.ndarray
    """of both dimensions, [G]"""
    log_ratio: np.ndarray
    """ln q/p, [G, G], the second dimension first, as images have it"""
    prior: np.ndarray
    """of the prior's mass, each cell's share, [G, G]; its sum is 1"""


def density_grid(mean: np.ndarray, logvar: np.ndarray, *, side: int = 181, reach: float = 4.5) -> Grid:
    """q/p of two dimensions on a grid, exactly: q is a sum of products, so the whole plane is one matrix product.

    Args:
        mean, logvar: [N, 2].
        side: G, points a side.
        reach: the grid goes from -reach to reach; the prior beyond 4.5 weighs 1e-5.
    """
    import torch

    axis = np.linspace(-reach, reach, side)
    factors = []
    for j in (0, 1):
        centred = torch.as_tensor(axis, dtype=torch.float32) - torch.as_tensor(mean[:, [j]])  # [N, G]
        scale = torch.as_tensor(np.exp(-logvar[:, [j]] / 2), dtype=torch.float32)
        exponent = (centred * scale).square_().mul_(-0.5).clamp_(min=-80).exp_()
        factors.append(exponent * (scale / math.sqrt(2 * math.pi)))
    density = (factors[1].T @ factors[0]).double().numpy() / len(mean)  # [G, G]
    log_prior = -0.5 * (axis[:, None] ** 2 + axis[None, :] ** 2) - LOG_2PI
    prior = np.exp(log_prior)
    log_ratio = np.log(np.maximum(density, 1e-40)) - log_prior
    return Grid(axis, log_ratio, prior / prior.sum())


def hole_mass(grid: Grid, tau: float = 0.1) -> float:
    """P(q(z)/p(z) < tau) for z ~ p: the share of prior samples that land where (almost) no posterior is."""
    return float(grid.prior[grid.log_ratio < math.log(tau)].sum())


def _log_normal(z: np.ndarray, mean: np.ndarray | float, logvar: np.ndarray | float) -> np.ndarray:
    """log N(z; mean, exp(logvar)) of each coordinate, float64."""
    centred = z.astype(np.float64) - mean
    result: np.ndarray = -0.5 * (centred**2 * np.exp(-np.asarray(logvar, np.float64)) + logvar + LOG_2PI)
    return result
