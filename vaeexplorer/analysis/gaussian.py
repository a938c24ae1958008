"""A Gaussian over latent space, to draw new points from."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Gaussian:
    """N(mean, covariance)."""

    mean: np.ndarray
    """[D]"""
    covariance: np.ndarray
    """[D, D]"""

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        """One point, [D]."""
        return rng.multivariate_normal(self.mean, self.covariance).astype(np.float32)


def standard_normal(dimensions: int) -> Gaussian:
    """The prior of a VAE, N(0, I)."""
    return Gaussian(np.zeros(dimensions), np.eye(dimensions))


def fit_gaussian(codes: np.ndarray) -> Gaussian:
    """Mean and covariance of [N, D] codes: an autoencoder has no prior, so this stands in for one."""
    return Gaussian(codes.mean(axis=0, dtype=np.float64), np.atleast_2d(np.cov(codes, rowvar=False)))
