"""What a page asks of a model that it cannot run: bytes in, bytes out, little-endian."""

import numpy as np

from vaeexplorer.config import IMAGE_SIZE
from vaeexplorer.spaces.own import ModelError
from vaeexplorer.spaces.space import Space


def decoded(space: Space, body: bytes) -> bytes:
    """Latent points, float32 [n, D], to images, uint8 [n, 28, 28].

    Raises:
        UserError: they are none.
    """
    z = np.frombuffer(body, "<f4").reshape(-1, space.dimensions)
    pixels: np.ndarray = np.rint(255 * space.decode(z))
    return pixels.astype(np.uint8).tobytes()


def encoded(space: Space, body: bytes) -> bytes:
    """Images, uint8 [n, 28, 28], to their means [n, D] and, where there is a posterior, ln sigma^2 [n, D], float32.

    Raises:
        ModelError: the codes are of another kind than before.
    """
    codes = space.encode(np.frombuffer(body, np.uint8).reshape(-1, IMAGE_SIZE, IMAGE_SIZE))
    if codes.mean.shape[1] != space.dimensions or (codes.logvar is not None) != space.has_prior:
        raise ModelError("encode returned codes of another kind than before.")
    return b"".join(array.astype("<f4").tobytes() for array in (codes.mean, codes.logvar) if array is not None)
