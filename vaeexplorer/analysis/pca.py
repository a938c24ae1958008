"""Principal component analysis from mean and covariance, in float64: the reference that a linear autoencoder meets.

Errors are |x - x'|^2 summed over the D pixels of an image in [0, 1] and averaged over images, as everywhere here;
divide by D for the mean over pixels.
"""

from dataclasses import dataclass

import numpy as np

from vaeexplorer.analysis.threads import one_thread
from vaeexplorer.errors import UserError


@dataclass(frozen=True)
class Moments:
    """What PCA and every linear autoencoder know of a set of images."""

    mean: np.ndarray
    """[D], of pixels in [0, 1]"""
    covariance: np.ndarray
    """[D, D], divided by the number of images"""
    source: str
    """of which images, for people"""
    rounding: float = 0.0
    """to multiples of which the covariance is rounded: variances of that size say nothing"""


@dataclass(frozen=True)
class PCA:
    """x = mean + axes c, where the coordinates c are uncorrelated and have the variances `values`."""

    mean: np.ndarray
    """[D]"""
    values: np.ndarray
    """lambda_1 >= lambda_2 >= ... >= 0, [D]"""
    axes: np.ndarray
    """orthonormal, one a column, [D, D]"""
    source: str
    rounding: float = 0.0
    """of the covariance"""

    def least_error(self, k: int) -> float:
        """sum_{j>k} lambda_j: no linear autoencoder of k dimensions reconstructs better (Eckart & Young 1936).

        Raises:
            UserError: k is not 1 to D.
        """
        return float(self.values[self.check(k) :].sum())

    def check(self, k: int) -> int:
        """k, where there are that many axes.

        Raises:
            UserError: k is not 1 to D.
        """
        if not 1 <= k <= len(self.values):
            raise UserError(f"k must be 1 to {len(self.values)}, the number of pixels, not {k}.")
        return k

    def mean_squares(self, of: Moments) -> np.ndarray:
        """The mean c_j^2 of the coordinates c = axes^T (x - mean) of images of these moments, [D]."""
        spread = (self.axes * (of.covariance @ self.axes)).sum(axis=0)
        return np.asarray(spread + (self.axes.T @ (of.mean - self.mean)) ** 2)


def flat(images: np.ndarray) -> np.ndarray:
    """uint8 [N, 28, 28] -> float64 [N, 784] in [0, 1]."""
    pixels: np.ndarray = images.reshape(len(images), -1) / 255.0
    return pixels


@one_thread
def moments(images: np.ndarray, source: str) -> Moments:
    """Mean and covariance of uint8 images [N, ...].

    The sums of whole numbers are exact in float64; only the last division rounds.
    """
    pixels = images.reshape(len(images), -1)  # [N, D]
    products = np.zeros((pixels.shape[1], pixels.shape[1]))
    for batch in np.array_split(pixels, -(-len(pixels) // 5000)):
        exact = batch.astype(np.float64)
        products += exact.T @ exact
    mean = pixels.mean(axis=0, dtype=np.float64)
    return Moments(mean / 255, (products / len(pixels) - np.outer(mean, mean)) / 255**2, source)


@one_thread
def pca(given: Moments) -> PCA:
    """The eigendecomposition of a covariance. The sign of an axis is free; here its entries sum to 0 or more.

    Raises:
        UserError: a number that is not finite, or no variance at all.
    """
    if not (np.isfinite(given.covariance).all() and np.isfinite(given.mean).all()):
        raise UserError("The covariance holds values that are not finite numbers.")
    if np.trace(given.covariance) < 1e-12:
        raise UserError("All images are the same: without variance there are no principal axes.")
    values, axes = np.linalg.eigh(given.covariance)
    values, axes = np.maximum(values[::-1], 0.0), axes[:, ::-1]
    signs = np.where(axes.sum(axis=0) < 0, -1.0, 1.0)
    return PCA(given.mean, values, np.ascontiguousarray(axes * signs), given.source, given.rounding)


def principal_angles(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The angles between the spans of the columns of [D, k] and [D, k], in degrees, smallest first, [k].

    By SciPy, after Knyazev & Argentati 2002: from sines where they are small, so tiny angles keep their digits.
    """
    from scipy.linalg import subspace_angles

    angles: np.ndarray = np.degrees(subspace_angles(first, second)[::-1])
    return angles
