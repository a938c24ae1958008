"""How far a reconstruction is from its image."""

import numpy as np


def squared_error(images: np.ndarray, reconstructions: np.ndarray) -> np.ndarray:
    """|x - x'|^2 of every image, summed over its pixels.

    Args:
        images: uint8, [N, ...].
        reconstructions: in [0, 1], of the same shape.

    Returns:
        [N], in squared pixel intensities, where 1 is white.
    """
    difference = (images.astype(np.float32) / 255 - reconstructions).reshape(len(images), -1)
    error: np.ndarray = np.einsum("np,np->n", difference, difference)
    return error
