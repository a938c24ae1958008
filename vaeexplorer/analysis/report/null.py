"""The matched null: a synthetic model that does everything right, as large as the model it is held against."""

import math
from typing import NamedTuple

import numpy as np


class World(NamedTuple):
    """N posteriors N(mean_n, diag exp(logvar_n)) and one draw from each."""

    mean: np.ndarray
    """float32 [N, D]"""
    logvar: np.ndarray | None
    """ln sigma^2, float32 [N, D]; None where a code is a point"""
    z: np.ndarray
    """float32 [N, D]"""


def stream(seed: int) -> np.random.Generator:
    """Random numbers of our own: codes that someone made with `default_rng(seed)` must not meet their own noise."""
    return np.random.default_rng([seed, 0x7661652D])


def draw(mean: np.ndarray, logvar: np.ndarray | None, rng: np.random.Generator) -> World:
    """One draw z = mu + sigma * eps from every posterior; a point is its own draw."""
    if logvar is None:
        return World(mean, None, mean)
    eps = rng.standard_normal(mean.shape, dtype=np.float32)
    return World(mean, logvar, mean + np.exp(logvar / 2) * eps)


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
