"""The aggregate posterior q(z) = (1/N) sum_n q(z|x_n) against the prior N(0, I): its share of the KL, its density."""

import math
from dataclasses import dataclass

import numpy as np

from vaeexplorer.analysis.kl import kl_per_dimension, kl_per_image

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
    error: float
    """standard error of the mutual information"""
    marginal_error: float
    """standard error of the marginal KL"""
    correlation_error: float
    """standard error of the total correlation"""
    dimensionwise_error: float
    """standard error of the sum of the dimension-wise KLs"""


def elbo_surgery(
    mean: np.ndarray,
    logvar: np.ndarray,
    z: np.ndarray,
    *,
    covariance: np.ndarray | None = None,
    points: int | None = None,
) -> Surgery:
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
        covariance: of the posteriors, [N, D, D], where it is not diagonal; exp(logvar) is its diagonal.
        points: of how many of the draws, from the first, the densities are averaged; by default of all.
    """
    drawn, exact = z[:points], kl_per_dimension(mean.astype(np.float64), logvar.astype(np.float64))  # [M, D], [N, D]
    own = _log_normal(drawn, mean[:points], logvar[:points])  # [M, D]
    prior = _log_normal(drawn, 0.0, 0.0)  # [M, D]
    whole = kl_per_image(mean, logvar, covariance)  # [N]
    if covariance is None:
        own_jointly = own.sum(axis=1)  # [M]
        joint = log_aggregate(drawn, mean, logvar, own=own_jointly)  # [M]
    else:
        own_jointly = _log_correlated(drawn, mean[:points], covariance[:points])
        joint = log_aggregate_correlated(drawn, mean, covariance)
    each = _information(own_jointly, joint, prior.sum(axis=1), whole)  # [M]
    information, kl = float(each.mean()), float(whole.mean())
    dimensionwise, singly = np.empty(mean.shape[1]), np.zeros(len(each))
    for j in range(mean.shape[1]):
        single = log_aggregate(drawn[:, [j]], mean[:, [j]], logvar[:, [j]], own=own[:, j])
        alone = _information(own[:, j], single, prior[:, j], exact[:, j])  # [M]
        dimensionwise[j] = exact[:, j].mean() - alone.mean()
        singly += exact[: len(each), j] - alone
    marginal_kl = kl - information
    jointly = whole[: len(each)] - each  # [M], as is singly: terms of the KLs of q(z) and of its margins
    root = math.sqrt(len(drawn))
    return Surgery(
        kl,
        information,
        marginal_kl,
        marginal_kl - float(dimensionwise.sum()),
        dimensionwise,
        float(each.std()) / root,
        float(jointly.std()) / root,
        float((jointly - singly).std()) / root,
        float(singly.std()) / root,
    )


def _information(own: np.ndarray, joint: np.ndarray, prior: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """Terms [M] whose mean is the mutual information, of log q(z|x), log q(z), log p(z) of M draws, and of N KLs."""
    information, marginal = own - joint, joint - prior  # [M]
    noise = information + marginal - exact[: len(own)]  # [M], of mean 0
    spread = np.var(noise)
    share = float(np.clip(np.cov(noise, information, bias=True)[0, 1] / spread, 0, 1)) if spread > 0 else 0.0
    beyond = exact[: len(own)].mean() - exact.mean()  # of the draws' images, against all
    result: np.ndarray = information - share * (noise + beyond)
    return result


def log_aggregate(z: np.ndarray, mean: np.ndarray, logvar: np.ndarray, *, own: np.ndarray | None = None) -> np.ndarray:
    """log q(z), q the average of N Gaussians, in blocks of bounded memory; on a GPU where there is one.

    log N(z; mu, sigma^2) = [z^2, z, 1] . [-1/(2 sigma^2), mu/sigma^2, -mu^2/(2 sigma^2) - ln sigma - ln(2 pi)/2],
    a matrix product: in single precision where that costs less than a thousandth of a nat, else in double; and where
    double would not do either, as for sigma = 1e-8, as (z - mu)^2 / sigma^2.

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
    mean, logvar = mean.astype(np.float64), logvar.astype(np.float64)
    precision = np.exp(-logvar)  # [N, D]
    reach = float(np.abs(z).max(initial=0) + np.abs(mean).max(initial=0)) ** 2
    amplified = reach * float(precision.max()) * math.sqrt(z.shape[1])
    if amplified * 1e-16 > ROUNDING:
        return _log_aggregate_of_differences(z, mean, logvar)
    dtype = torch.float32 if amplified * 6e-8 < ROUNDING else torch.float64
    constant = -0.5 * (precision * mean**2 + logvar + LOG_2PI).sum(axis=1, keepdims=True)  # [N, 1]
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


def _log_aggregate_of_differences(z: np.ndarray, mean: np.ndarray, logvar: np.ndarray) -> np.ndarray:
    """The same in float64 without expanding the square, an array operation a dimension: slower, and never unsure."""
    import torch

    centre, scale = torch.as_tensor(mean), torch.as_tensor(np.exp(-logvar / 2))
    constant = -0.5 * torch.as_tensor((logvar + LOG_2PI).sum(axis=1))  # [N]
    parts = []
    for block in torch.as_tensor(z.astype(np.float64)).split(max(1, BLOCK // len(mean))):
        exponent = constant.repeat(len(block), 1)  # [B, N]
        for j in range(z.shape[1]):
            exponent.sub_(((block[:, [j]] - centre[:, j]) * scale[:, j]).square_().mul_(0.5))
        parts.append(exponent.logsumexp(dim=1))
    result: np.ndarray = torch.cat(parts).numpy() - math.log(len(mean))
    return result


def log_aggregate_correlated(z: np.ndarray, mean: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """log q(z), q the average of N Gaussians of full covariance, by |L^-1 z - L^-1 mu|^2 with L L^T the covariance.

    In float64, and by differences, so that no width of a posterior is too small.

    Args:
        z: [M, D].
        mean: [N, D].
        covariance: [N, D, D].

    Returns:
        float64 [M], nats.
    """
    import torch

    factor = torch.linalg.cholesky(torch.as_tensor(covariance, dtype=torch.float64))  # [N, D, D]
    count, dim = mean.shape
    inverse = torch.linalg.solve_triangular(factor, torch.eye(dim, dtype=torch.float64), upper=False)
    centre = (inverse @ torch.as_tensor(mean, dtype=torch.float64)[:, :, None])[:, :, 0]  # [N, D]
    constant = -factor.diagonal(dim1=1, dim2=2).log().sum(dim=1) - dim / 2 * LOG_2PI  # [N]
    weights = inverse.permute(2, 0, 1).reshape(dim, count * dim)
    parts = []
    for block in torch.as_tensor(z, dtype=torch.float64).split(max(1, BLOCK // (count * dim))):
        squares = (block @ weights).view(len(block), count, dim).sub_(centre).square_().sum(dim=2)  # [B, N]
        parts.append((constant - squares / 2).logsumexp(dim=1))
    result: np.ndarray = torch.cat(parts).numpy() - math.log(count)
    return result


WIDTHS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0)  # of smoothing, in units of the posteriors' own width
MIXED = 1024  # posteriors at once: what they are on a grid stays in a core's cache
FLOOR = 1e-3  # of the prior, mixed into a smoothed mixture: where nothing was learned, q/p is not 0


@dataclass(frozen=True)
class SmoothedMixture:
    """ln q/p of posteriors of one or two dimensions, widened, on a grid.

    Attributes:
        axis: [G].
        log_ratio: [G], or [G, G] with the first dimension first.
        outside: ln q/p beyond the grid.
    """

    axis: np.ndarray
    log_ratio: np.ndarray
    outside: float

    def logit(self, z: np.ndarray) -> np.ndarray:
        """ln q(z)/p(z) of [M, D] points, float64 [M], linear between the grid's points."""
        from scipy.ndimage import map_coordinates

        at = (z.T - self.axis[0]) / (self.axis[1] - self.axis[0])
        inside = map_coordinates(self.log_ratio, at, order=1, mode="nearest")
        result: np.ndarray = np.where(np.abs(z).max(axis=1) <= self.axis[-1], inside, self.outside)
        return result


def smoothed_mixture(
    mean: np.ndarray, logvar: np.ndarray | None, width: float, *, side: int = 301, reach: float = 4.8
) -> SmoothedMixture:
    """The mixture of N posteriors, each widened: sigma^2 + h^2.

    Args:
        mean, logvar: [N, D], D = 1 or 2; logvar None where codes are points.
        width: h, in units of the median sigma; of points, in units of a fiftieth of N^(-1/(D + 4)) standard deviations.
        side, reach: of the grid.
    """
    import torch

    count, dimensions = mean.shape
    axis = np.linspace(-reach, reach, side)
    grid = torch.as_tensor(axis, dtype=torch.float32)
    step = axis[1] - axis[0]
    if logvar is None:
        own = np.zeros(1)
        spread = 4 ** (width / 2) / 50 * float(mean.std(axis=0).mean()) * count ** (-1 / (dimensions + 4))
    else:
        own = np.exp(logvar.astype(np.float64))
        spread = width * math.sqrt(float(np.median(own)))
    variance = own + max(spread, step / 2) ** 2 if width or logvar is None else np.maximum(own, (step / 2) ** 2)
    scale = np.broadcast_to(variance**-0.5, mean.shape)  # [N, D]
    density = torch.zeros((side,) * dimensions)
    for start in range(0, count, MIXED):
        factors = []
        for j in range(dimensions):
            each = scale[start : start + MIXED, j]
            at = np.stack([each, each * -mean[start : start + MIXED, j], each / math.sqrt(2 * math.pi)], axis=1)
            slope, offset, height = torch.as_tensor(at, dtype=torch.float32)[:, :, None].unbind(1)  # [B, 1] each
            # Products of two below exp(-40) would be denormal numbers, as in `log_aggregate`.
            exponent = torch.addcmul(offset, slope, grid).square_().mul_(-0.5).clamp_(min=-40)
            factors.append(exponent.exp_().mul_(height))  # [B, G]
        if dimensions == 1:
            density += factors[0].sum(dim=0)
        else:
            density.addmm_(factors[0].T, factors[1])
    log_prior = -0.5 * (axis**2 + LOG_2PI)
    if dimensions == 2:
        log_prior = log_prior[:, None] + log_prior
    ratio = density.double().numpy() / count / np.exp(log_prior)
    beyond = (np.abs(mean).max(axis=1) > reach).mean() / (dimensions * math.erfc(reach / math.sqrt(2)))
    return SmoothedMixture(
        axis, np.log(FLOOR + (1 - FLOOR) * ratio), math.log(FLOOR + (1 - FLOOR) * min(float(beyond), 1e6))
    )


def _log_correlated(z: np.ndarray, mean: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """log N(z_i; mean_i, covariance_i) of each of M points, float64 [M]."""
    factor = np.linalg.cholesky(covariance)
    u = np.linalg.solve(factor, (z - mean)[:, :, None])[:, :, 0]
    log_det = np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
    result: np.ndarray = -0.5 * (u**2 + LOG_2PI).sum(axis=1) - log_det
    return result


def _log_normal(z: np.ndarray, mean: np.ndarray | float, logvar: np.ndarray | float) -> np.ndarray:
    """log N(z; mean, exp(logvar)) of each coordinate, float64."""
    centred = z.astype(np.float64) - mean
    result: np.ndarray = -0.5 * (centred**2 * np.exp(-np.asarray(logvar, np.float64)) + logvar + LOG_2PI)
    return result
