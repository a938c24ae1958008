"""Images of 64 x 64 pixels in colour, and two functions that make and measure them."""

import numpy as np

from vaeexplorer.data.images import ImageDataset

SIDE = 64
_AXIS = np.linspace(-3, 3, SIDE)


def decode(z: np.ndarray) -> np.ndarray:
    """z [N, 2] to images [N, 64, 64, 3]: red left of z_1, green above z_2, and blue where both are."""
    red = 1 / (1 + np.exp(4 * (_AXIS - z[:, :1])))  # [N, 64]
    green = 1 / (1 + np.exp(4 * (-_AXIS - z[:, 1:])))
    planes = np.broadcast_arrays(red[:, None, :], green[:, :, None], red[:, None, :] * green[:, :, None])
    return np.stack(planes, axis=-1).astype(np.float32)


def encode(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Their q(z|x): how much red and green there is, and the same narrow spread for all."""
    means = images.reshape(len(images), -1, 3).mean(axis=1)[:, :2] / 255  # [N, 2]
    z = (6 * (means - 0.5) * (1, 1)).astype(np.float32)
    return z, np.full_like(z, -4)


def colored(count: int = 300) -> ImageDataset:
    """Images of so many draws from the prior, in four classes by their quadrant."""
    z = np.random.default_rng(0).normal(size=(count, 2))
    images = np.rint(255 * decode(z)).astype(np.uint8)
    labels = (z[:, 0] > 0) + 2 * (z[:, 1] > 0)
    return ImageDataset("colored", "test", images, labels, ("dark", "red", "green", "both"), "drawn here")
