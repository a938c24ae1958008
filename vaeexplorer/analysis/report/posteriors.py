"""N posteriors as arrays: checked, drawn from, and those of a synthetic model that does everything right."""

import hashlib
import math
import warnings
from typing import Any, NamedTuple, Protocol

import numpy as np

from vaeexplorer.analysis.kl import kl_per_dimension, kl_per_image
from vaeexplorer.analysis.posterior import active_units, collapsed_share, moments
from vaeexplorer.analysis.report.diagnostics import rounded
from vaeexplorer.arrays import FINE, rounding, to_numpy
from vaeexplorer.codes import Codes
from vaeexplorer.errors import UserError

FEWEST, WIDEST = 100, 256
COLLAPSE_EPSILON = np.geomspace(1e-3, 10, 41)
USED = 0.003  # nats: a dimension of less KL cannot hide a mismatch that matters, and the classifier leaves it out


class CodesLike(Protocol):
    """q(z|x) of N images, as `LatentModel.encode` gives it."""

    @property
    def mean(self) -> np.ndarray: ...  # noqa: D102
    @property
    def logvar(self) -> np.ndarray | None: ...  # noqa: D102


class CodesWarning(UserWarning):
    """Codes that may be something else than they are taken for."""


class World(NamedTuple):
    """N posteriors N(mean_n, diag exp(logvar_n)), or N(mean_n, covariance_n), and one draw from each."""

    mean: np.ndarray
    """float32 [N, D]"""
    logvar: np.ndarray | None
    """ln sigma^2, float32 [N, D]; None where a code is a point"""
    z: np.ndarray
    """float64 [N, D]: sigma may be smaller than float32 can add to a mean"""
    covariance: np.ndarray | None = None
    """float64 [N, D, D], where it is not diagonal; exp(logvar) is its diagonal"""


def stream(seed: int) -> np.random.Generator:
    """Random numbers of our own: codes that someone made with `default_rng(seed)` must not meet their own noise."""
    return np.random.default_rng([seed, 0x7661652D])


def draw(mean: np.ndarray, logvar: np.ndarray | None, rng: np.random.Generator) -> World:
    """One draw z = mu + sigma * eps from every posterior; a point is its own draw."""
    if logvar is None:
        return World(mean, None, mean.astype(np.float64))
    eps = rng.standard_normal(mean.shape, dtype=np.float32)
    return World(mean, logvar, mean + np.exp(logvar.astype(np.float64) / 2) * eps)


def draw_correlated(codes: Codes, rng: np.random.Generator) -> World:
    """One draw from every posterior of a full covariance."""
    assert codes.covariance is not None
    eps = rng.standard_normal(codes.mean.shape)
    z = codes.mean + np.einsum("nij,nj->ni", np.linalg.cholesky(codes.covariance), eps)
    return World(codes.mean, codes.logvar, z, codes.covariance)


def uncorrelated(codes: Codes, rng: np.random.Generator) -> World:
    """Posteriors of diagonal covariance whose average is the same q(z), and a draw from each.

    With R the correlations of N(m, S R S) and l their smallest eigenvalue, N(m, S R S) is the average over e of
    N(m + S (R - l I)^(1/2) e, l S^2), e ~ N(0, I): one of these is drawn in the place of each posterior. What looks at
    q(z) alone loses nothing by it but width.
    """
    if codes.covariance is None:
        return draw(codes.mean, codes.logvar, rng)
    deviation = np.sqrt(np.diagonal(codes.covariance, axis1=1, axis2=2))  # [N, D]
    values, vectors = np.linalg.eigh(codes.covariance / (deviation[:, :, None] * deviation[:, None, :]))
    least = values[:, :1]  # [N, 1]
    eps = rng.standard_normal(deviation.shape)
    moved = np.einsum("nij,nj->ni", vectors, np.sqrt(np.maximum(values - least, 0)) * eps)
    logvar = 2 * np.log(deviation) + np.log(np.maximum(least, 1e-12))
    return draw((codes.mean + deviation * moved).astype(np.float32), logvar.astype(np.float32), rng)


def perfect_model(count: int, dimensions: int, kl: float | None, rng: np.random.Generator) -> World:
    """N posteriors whose average is the prior N(0, I): m_n ~ N(0, (1 - s^2) I), q_n = N(m_n, s^2 I).

    With s^2 = exp(-2 KL / D) the expected KL of a posterior is KL, and so is the true mutual information; the marginal
    KL and the total correlation are 0. What an estimator says of it beyond that is the estimator's own bias.

    Args:
        count: N.
        dimensions: D.
        kl: nats per image, summed over dimensions; None for a model whose codes are points, drawn from the prior.
        rng: every call draws another world.
    """
    if kl is None:
        return draw(rng.standard_normal((count, dimensions), dtype=np.float32), None, rng)
    logvar = -2 * max(kl, 0.0) / dimensions
    scale = math.sqrt(-math.expm1(logvar))
    mean = np.float32(scale) * rng.standard_normal((count, dimensions), dtype=np.float32)
    return draw(mean, np.full_like(mean, logvar), rng)


def as_floats(images: np.ndarray) -> np.ndarray:
    """Bytes to numbers in [0, 1]; else as they are."""
    return images.astype(np.float32) / 255 if images.dtype == np.uint8 else images


def codes_hash(mean: np.ndarray, logvar: np.ndarray | None, covariance: np.ndarray | None = None) -> str:
    """Of float32 codes: by it a report is known to be of them."""
    digest = hashlib.sha256(np.ascontiguousarray(mean, np.float32).tobytes())
    for more in (logvar, covariance):
        if more is not None:
            digest.update(np.ascontiguousarray(more, np.float32).tobytes())
    return digest.hexdigest()[:16]


def checked(codes: "CodesLike | np.ndarray | tuple[np.ndarray, np.ndarray]") -> Codes:
    """mean and logvar, float32 [N, D], and the covariance where there is one; a pair is those of either kind.

    Raises:
        ValueError: see `report.report`.
    """
    if isinstance(codes, tuple) and not hasattr(codes, "logvar"):
        if len(codes) != 2:
            raise UserError(f"Codes must be one array, or a pair (mean, ln sigma^2), not {len(codes)} things.")
        mean, second = codes[0], to_numpy(codes[1], "Log variances")
        codes = Codes(np.asarray(mean), second) if second.ndim != 3 else Codes.correlated(matrix(mean, "Codes"), second)
    covariance: np.ndarray | None = getattr(codes, "covariance", None)
    if covariance is not None:
        codes = Codes.correlated(matrix(getattr(codes, "mean", None), "Codes"), to_numpy(covariance, "Covariances"))
        covariance = codes.covariance
    logvar: np.ndarray | None = getattr(codes, "logvar", None)
    mean = matrix(getattr(codes, "mean", None) if hasattr(codes, "logvar") else codes, "Codes")
    if len(mean) < FEWEST:
        raise UserError(f"A report needs at least {FEWEST} codes, not {len(mean)}.")
    if not 1 <= mean.shape[1] <= WIDEST:
        raise UserError(f"A report takes codes of 1 to {WIDEST} dimensions, not {mean.shape[1]}.")
    if logvar is not None:
        logvar = matrix(logvar, "Log variances")
        if logvar.shape != mean.shape:
            raise UserError(f"Log variances must be {list(mean.shape)} as the means are, not {list(logvar.shape)}.")
        if np.abs(logvar).max() > 60:
            raise UserError("Log variances must lie between -60 and 60: are these ln sigma^2?")
        if covariance is None and (logvar > 0).all():
            warnings.warn(
                "Every log variance is above 0, so that every posterior is wider than the prior: are these standard "
                "deviations? ln sigma^2 is 2 * np.log(sigma).",
                CodesWarning,
                stacklevel=3,
            )
    still = np.flatnonzero(mean.std(axis=0, dtype=np.float64) < 1e-9 * (1 + np.abs(mean).max(axis=0)))
    if logvar is None and len(still):
        which = ", ".join(str(j + 1) for j in still[:5])
        raise UserError(f"Codes never vary in dimension {which}: leave such dimensions out.")
    return Codes(mean, logvar, covariance)


def matrix(array: object, what: str) -> np.ndarray:
    """float32 [N, D], finite."""
    given = to_numpy(array, what)
    with np.errstate(over="ignore"):
        matrix = given.astype(np.float32)  # a copy: what the caller writes to later is not in the report
    if matrix.ndim != 2:
        raise UserError(f"{what} must be [N, D], not of shape {list(matrix.shape)}.")
    if not np.isfinite(matrix).all():
        raise UserError(f"{what} are not all finite numbers.")
    if rounding(given, matrix) > FINE:
        raise UserError(f"{what} lie so far from 0 that float32 blurs them: take off their mean.")
    return matrix


def used_dimensions(world: World, training: World | None) -> np.ndarray:
    """Which dimensions the classifier looks at: of an autoencoder all, and always one at least."""
    if world.logvar is None:
        return np.arange(world.mean.shape[1])
    source = training or world
    assert source.logvar is not None
    kl = kl_per_dimension(source.mean, source.logvar).mean(axis=0)
    return np.flatnonzero((kl > USED) | (kl == kl.max()))


def columns(world: World, used: np.ndarray) -> World:
    """Those dimensions alone."""
    return World(world.mean[:, used], None if world.logvar is None else world.logvar[:, used], world.z[:, used])


def by_dimension(codes: Codes) -> tuple[float | None, dict[str, list[Any]], list[list[float]], list[float]]:
    """The KL of all, figures by dimension, the share that collapsed by threshold, and the eigenvalues of Cov z."""
    spread = moments(codes.mean, codes.logvar, codes.covariance)
    spectrum = [float(f"{value:.5g}") for value in np.linalg.eigvalsh(spread.covariance)[::-1]]
    per_dimension: dict[str, list[Any]] = {
        "mean": [rounded(value) for value in spread.mean],
        "variance": [rounded(value) for value in np.diag(spread.covariance)],
    }
    if codes.logvar is None:
        return None, per_dimension, [], spectrum
    terms = kl_per_dimension(codes.mean, codes.logvar)  # [N, D]
    per_dimension["kl"] = [rounded(value) for value in terms.mean(axis=0)]
    per_dimension["active"] = active_units(codes.mean).tolist()
    collapse = np.column_stack([COLLAPSE_EPSILON.round(5), collapsed_share(terms, COLLAPSE_EPSILON)]).tolist()
    return float(kl_per_image(codes.mean, codes.logvar, codes.covariance).mean()), per_dimension, collapse, spectrum
