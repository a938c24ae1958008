"""What a page asks of a model that it cannot run: bytes in, bytes out, little-endian."""

import numpy as np

from vaeexplorer.arrays import channels_first, channels_last
from vaeexplorer.spaces.own import ModelError
from vaeexplorer.spaces.space import Space


def decoded(space: Space, body: bytes) -> bytes:
    """Latent points, float32 [n, D], to images, uint8 [n, H, W] or [n, 3, H, W].

    Raises:
        UserError: they are none.
    """
    z = np.frombuffer(body, "<f4").reshape(-1, space.dimensions)
    pixels: np.ndarray = channels_first(np.rint(255 * space.decode(z)))
    return pixels.astype(np.uint8).tobytes()


def encoded(space: Space, body: bytes) -> bytes:
    """Images, uint8 [n, H, W] or [n, 3, H, W], to means [n, D] and, of posteriors, ln sigma^2 [n, D], float32.

    Raises:
        ModelError: the codes are of another kind than before.
    """
    codes = space.encode(channels_last(np.frombuffer(body, np.uint8), space.data.shape))
    if codes.mean.shape[1] != space.dimensions or (codes.logvar is not None) != space.has_prior:
        raise ModelError("encode returned codes of another kind than before.")
    return b"".join(array.astype("<f4").tobytes() for array in (codes.mean, codes.logvar) if array is not None)
