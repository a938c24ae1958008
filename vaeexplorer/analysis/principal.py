"""Principal components of images: the best linear code there is, beside which others are shown."""

import numpy as np


def principal_axes(images: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and leading principal axes (Pearson 1901).

    Args:
        images: uint8 [N, 28, 28].
        k: how many axes, 1 to 784.

    Returns:
        The mean image [784] and the axes [k, 784], of unit length, the one of most variance first; each points to where
        the sum of its entries is positive, so that they are the same whatever the library.
    """
    flat = images.reshape(len(images), -1).astype(np.float64) / 255
    centre = flat.mean(axis=0)
    covariance = (flat.T @ flat) / len(flat) - np.outer(centre, centre)
    axes = np.linalg.eigh(covariance)[1][:, ::-1][:, :k].T
    return centre, axes * np.where(axes.sum(axis=1) < 0, -1, 1)[:, None]
