"""What each posterior q(z|x) says: which dimensions carry something, and whether they add up to the prior's moments."""

from typing import NamedTuple

import numpy as np

ACTIVE_VARIANCE = 0.01  # Burda et al. 2016, section 5.2
DELTA = 0.01


def active_units(mean: np.ndarray) -> np.ndarray:
    """Which dimensions move with the image: Var_x(mu_j) > 0.01 (Burda et al. 2016), bool [D]. The others are collapsed.

    The threshold means something only where the prior fixes the scale of z, so not for a plain autoencoder.

    Args:
        mean: mu, [N, D].
    """
    active: np.ndarray = mean.var(axis=0, dtype=np.float64) > ACTIVE_VARIANCE
    return active


def collapsed_share(kl: np.ndarray, epsilon: np.ndarray, delta: float = DELTA) -> np.ndarray:
    """(eps, delta)-collapse (Lucas et al. 2019): the share of dimensions with P_x(KL_j < eps) >= 1 - delta.

    Args:
        kl: of each image and dimension, nats, [N, D].
        epsilon: thresholds in nats, [E].
        delta: the share of images that may exceed them.

    Returns:
        [E], each in [0, 1].
    """
    below = np.array([(kl < threshold).mean(axis=0) >= 1 - delta for threshold in np.atleast_1d(epsilon)])  # [E, D]
    share: np.ndarray = below.mean(axis=1)
    return share


class Moments(NamedTuple):
    """Mean and covariance of the aggregate posterior; of the prior, 0 and I."""

    mean: np.ndarray
    """[D]"""
    covariance: np.ndarray
    """[D, D]"""

    @property
    def worst_mean(self) -> float:
        """The largest |mean| of a dimension."""
        return float(np.abs(self.mean).max())

    @property
    def worst_variance(self) -> float:
        """The largest |variance - 1| of a dimension."""
        return float(np.abs(np.diag(self.covariance) - 1).max())

    @property
    def worst_correlation(self) -> float:
        """The largest |correlation| of two dimensions; 0 where there is one dimension."""
        scale = np.sqrt(np.diag(self.covariance))
        correlation = self.covariance / np.outer(scale, scale)
        return float(np.abs(correlation - np.eye(len(scale))).max())


def moments(mean: np.ndarray, logvar: np.ndarray | None, of_each: np.ndarray | None = None) -> Moments:
    """Those of q(z) = mean of q(z|x): Cov(mu) + E Cov(z|x), exactly, without drawing z.

    Args:
        mean: mu, or the codes of an autoencoder, [N, D].
        logvar: ln sigma^2, [N, D]; None where codes are points.
        of_each: covariances of z|x, [N, D, D], where they are not diagonal.
    """
    covariance = np.atleast_2d(np.cov(mean.astype(np.float64), rowvar=False, bias=True))
    if of_each is not None:
        covariance = covariance + of_each.mean(axis=0, dtype=np.float64)
    elif logvar is not None:
        covariance = covariance + np.diag(np.exp(logvar.astype(np.float64)).mean(axis=0))
    return Moments(mean.mean(axis=0, dtype=np.float64), covariance)
