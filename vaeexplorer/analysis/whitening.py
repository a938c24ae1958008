"""Latent coordinates in which codes have zero mean and unit covariance, without the directions that carry nothing."""

from dataclasses import dataclass

import numpy as np

DEAD = 1e-8  # of the largest variance: rounding, no signal
SIGNAL = 0.01  # of a direction's variance must come from where the means are: Burda's bound on active units


@dataclass(frozen=True)
class Whitening:
    """u = (z - centre) forward, z = centre + u back.

    Attributes:
        centre: [D].
        forward: [D, A], where A directions of D are kept.
        back: [A, D].
    """

    centre: np.ndarray
    forward: np.ndarray
    back: np.ndarray

    @property
    def kept(self) -> int:
        """A: how many directions carry something."""
        return int(self.forward.shape[1])

    def apply(self, z: np.ndarray) -> np.ndarray:
        """[..., D] -> [..., A]."""
        return np.asarray((z - self.centre) @ self.forward)


def whiten(mean: np.ndarray, noise: np.ndarray | None = None) -> Whitening:
    """Whiten the aggregate posterior: covariance of the means plus mean covariance of the noise.

    Directions are dropped whose means vary by less than a hundredth of the whole (collapsed, of a VAE) or not at all
    (dead, of an AE). What is kept does not depend on the axes that a model happens to use.

    Args:
        mean: of q(z|x), [N, D].
        noise: the mean covariance of q(z|x): variances [D], or [D, D]; None of an AE.
    """
    dim = mean.shape[1]
    centre = mean.mean(axis=0, dtype=np.float64)
    centred = mean - centre
    signal = centred.T @ centred / max(1, len(mean) - 1)
    cover = np.zeros((dim, dim)) if noise is None else np.diag(noise) if noise.ndim == 1 else noise
    values, vectors = np.linalg.eigh(signal + cover)
    alive = values > DEAD * max(values.max(), 1e-12)
    forward = vectors[:, alive] / np.sqrt(values[alive])  # [D, alive]: whole covariance -> identity
    share, turn = np.linalg.eigh(forward.T @ signal @ forward)
    forward = forward @ turn[:, share > SIGNAL]
    return Whitening(centre, forward, np.linalg.pinv(forward) if forward.size else np.zeros((0, dim)))
