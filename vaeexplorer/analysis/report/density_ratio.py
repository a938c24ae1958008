"""A classifier between draws of q(z) and of the prior: its accuracy is a two-sample test, its logit is ln q/p."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

FREQUENCIES = 40  # random Fourier features at each of the scales
SCALES = (0.5, 1.0, 2.0)  # of the kernels, in standard deviations of the pooled points, times sqrt(D / 2)
QUADRATIC_UP_TO = 24  # dimensions; beyond, squares alone and no products
PENALTY = 1e-3


@dataclass(frozen=True)
class DensityRatio:
    """What `fit_density_ratio` learned.

    Attributes:
        accuracy: on points that were kept back, half of each kind: .5 is chance.
        tested: how many those were.
    """

    accuracy: float
    tested: int
    hole_mass: float
    """share of the prior points kept back where q/p < .1"""
    centre: np.ndarray
    scale: np.ndarray
    frequencies: np.ndarray
    weights: np.ndarray

    def logit(self, z: np.ndarray) -> np.ndarray:
        """ln q(z)/p(z) of [M, D] points, float32 [M], as far as the classifier can tell."""
        result: np.ndarray = _features((z - self.centre) / self.scale, self.frequencies) @ self.weights
        return result


def fit_density_ratio(z: np.ndarray, prior: np.ndarray, rng: np.random.Generator, *, tau: float = 0.1) -> DensityRatio:
    """Logistic regression between z and prior, trained on one half, tested on the other (Lopez-Paz & Oquab 2017).

    On the coordinates, their squares and products, and random Fourier features of three scales (Rahimi & Recht 2007):
    convex, so it has one answer; mean, covariance and holes are all within its reach. With as many points of either
    kind its logit estimates ln q/p (Sugiyama et al. 2012).

    Args:
        z: draws from q(z), [N, D].
        prior: draws from the prior, as many.
        rng: of the features and the split.
        tau: below which ratio a prior point lies in a hole.
    """
    dimensions = z.shape[1]
    pooled = np.concatenate([z, prior])
    centre, scale = pooled.mean(axis=0), pooled.std(axis=0) + 1e-12
    frequencies = np.concatenate(
        [rng.standard_normal((dimensions, FREQUENCIES)) / (width * math.sqrt(dimensions / 2)) for width in SCALES],
        axis=1,
    ).astype(np.float32)
    x = _features((pooled - centre) / scale, frequencies)
    y = np.repeat([1.0, 0.0], [len(z), len(prior)])
    order = np.concatenate([rng.permutation(len(z)), len(z) + rng.permutation(len(prior))])
    half = np.concatenate([order[: len(z) // 2], order[len(z) : len(z) + len(prior) // 2]])
    kept = np.setdiff1d(order, half, assume_unique=True)
    weights = _logistic_regression(x[half], y[half])
    logit = x[kept] @ weights
    of_prior = logit[y[kept] == 0]
    return DensityRatio(
        float(np.mean((logit > 0) == (y[kept] == 1))),
        len(kept),
        float(np.mean(of_prior < math.log(tau))),
        centre,
        scale,
        frequencies,
        weights,
    )


def _features(z: np.ndarray, frequencies: np.ndarray) -> np.ndarray:
    """[N, D] standardized points -> [N, F], float32: 1, z, z z', cos and sin."""
    z = z.astype(np.float32)
    first, second = np.triu_indices(z.shape[1]) if z.shape[1] <= QUADRATIC_UP_TO else (np.arange(z.shape[1]),) * 2
    angles = z @ frequencies
    parts: list[Any] = [np.ones((len(z), 1), np.float32), z, z[:, first] * z[:, second], np.cos(angles), np.sin(angles)]
    return np.concatenate(parts, axis=1)


def _logistic_regression(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Weights [F] of least mean log loss plus PENALTY |w|^2 / 2, by Newton's method."""
    weights = np.zeros(x.shape[1], np.float32)
    penalty = np.full(x.shape[1], PENALTY, np.float32)
    penalty[0] = 1e-8
    for _ in range(25):
        probability = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (probability - y).astype(np.float32) / len(x) + penalty * weights
        hessian = (x.T * (probability * (1 - probability)).astype(np.float32)) @ x / len(x) + np.diag(penalty)
        step = np.linalg.solve(hessian.astype(np.float64), gradient).astype(np.float32)
        weights -= step
        if np.abs(step).max() < 1e-2:
            break
    return weights
