"""What each dimension of z does to the image: how far d(z) moves when z_j is replaced by its mean."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Effects:
    """Mean squared changes |d(z) - d(z with z_j replaced)|^2 per image, in the decoder's units, float64 [D] each.

    They depend on no scale of z, so that they serve for an autoencoder too, where active units mean nothing.

    Attributes:
        both: over all codes.
        above, below: over those with z_j above its mean, and below. A dimension may be dead on one side alone.
        share_above: of codes.
    """

    both: np.ndarray
    above: np.ndarray
    below: np.ndarray
    share_above: np.ndarray

    @property
    def order(self) -> np.ndarray:
        """Dimensions by falling effect, int [D]."""
        return np.argsort(-self.both, kind="stable")


def effects(decode: Callable[[np.ndarray], np.ndarray], z: np.ndarray) -> Effects:
    """The effect of each dimension, each side of its mean apart.

    Of principal component scores this is the spectrum: dimension j has lambda_j.

    Args:
        decode: latent points [N, D] to images [N, ...].
        z: codes, or draws of q(z), [N, D].
    """
    images = _flat(decode(z))
    mean = z.mean(axis=0, dtype=np.float64)
    above = z > mean  # [N, D]
    changes = np.empty(z.shape)
    for j in range(z.shape[1]):
        moved = z.copy()
        moved[:, j] = mean[j]
        changes[:, j] = ((images - _flat(decode(moved))) ** 2).sum(axis=1)
    return Effects(changes.mean(axis=0), _mean_where(changes, above), _mean_where(changes, ~above), above.mean(axis=0))


def _flat(images: np.ndarray) -> np.ndarray:
    return np.asarray(images, np.float64).reshape(len(images), -1)


def _mean_where(values: np.ndarray, which: np.ndarray) -> np.ndarray:
    """Of each column; 0 where there is none."""
    count = which.sum(axis=0)
    return np.asarray(np.where(which, values, 0).sum(axis=0) / np.maximum(count, 1))
