"""N posteriors as arrays: checked, drawn from, and those of a synthetic model that does everything right."""

import hashlib
import math
from typing import NamedTuple, Protocol

import numpy as np

from vaeexplorer.analysis.kl import kl_per_dimension
from vaeexplorer.arrays import FINE, rounding, to_numpy
from vaeexplorer.errors import UserError

FEWEST, WIDEST = 100, 256
USED = 0.003  # nats: a dimension of less KL cannot hide a mismatch that matters, and the classifier leaves it out


class CodesLike(Protocol):
    """q(z|x) of N images, as `LatentModel.encode` gives it."""

    @property
    def mean(self) -> np.ndarray: ...  # noqa: D102
    @property
    def logvar(self) -> np.ndarray | None: ...  # noqa: D102


class World(NamedTuple):
    """N posteriors N(mean_n, diag exp(logvar_n)) and one draw from each."""

    mean: np.ndarray
    """float32 [N, D]"""
    logvar: np.ndarray | None
    """ln sigma^2, float32 [N, D]; None where a code is a point"""
    z: np.ndarray
    """float64 [N, D]: sigma may be smaller than float32 can add to a mean"""


def stream(seed: int) -> np.random.Generator:
    """Random numbers of our own: codes that someone made with `default_rng(seed)` must not meet their own noise."""
    return np.random.default_rng([seed, 0x7661652D])


def draw(mean: np.ndarray, logvar: np.ndarray | None, rng: np.random.Generator) -> World:
    """One draw z = mu + sigma * eps from every posterior; a point is its own draw."""
    if logvar is None:
        return World(mean, None, mean.astype(np.float64))
    eps = rng.standard_normal(mean.shape, dtype=np.float32)
    return World(mean, logvar, mean + np.exp(logvar.astype(np.float64) / 2) * eps)


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


def codes_hash(mean: np.ndarray, logvar: np.ndarray | None) -> str:
    """Of float32 codes: by it a report is known to be of them."""
    digest = hashlib.sha256(np.ascontiguousarray(mean, np.float32).tobytes())
    if logvar is not None:
        digest.update(np.ascontiguousarray(logvar, np.float32).tobytes())
    return digest.hexdigest()[:16]


def checked(codes: "CodesLike | np.ndarray") -> tuple[np.ndarray, np.ndarray | None]:
    """mean and logvar, float32 [N, D].

    Raises:
        ValueError: see `report.report`.
    """
    logvar: np.ndarray | None = getattr(codes, "logvar", None)
    mean = matrix(codes.mean if hasattr(codes, "logvar") else codes, "Codes")
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
    still = np.flatnonzero(mean.std(axis=0, dtype=np.float64) < 1e-9 * (1 + np.abs(mean).max(axis=0)))
    if logvar is None and len(still):
        which = ", ".join(str(j + 1) for j in still[:5])
        raise UserError(f"Codes never vary in dimension {which}: leave such dimensions out.")
    return mean, logvar


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
