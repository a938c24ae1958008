"""Images to train on in the browser; `learning/images.js` unpacks them.

At 4 bits a pixel, which costs .4 nats of what a VAE reaches and halves the bytes, a byte holds a pixel (its upper half)
and the one below it: vertical neighbours pack 5 % better than horizontal ones.
"""

import gzip
from typing import Literal

import numpy as np

from vaeexplorer.browser.packing.frame import frame


def pack_images(images: np.ndarray, *, bits: Literal[4, 8], labels: np.ndarray | None = None, effort: int = 6) -> bytes:
    """A gzipped frame of images.

    Args:
        images: uint8 [N, 28, 28]; of 4 bits, levels from 0 to 15, which the browser takes for 255 / 15 each.
        bits: of a pixel.
        labels: of these images and perhaps of more that follow them, [M].
        effort: of gzip, 1 to 9.
    """
    pixels = images[:, ::2] << 4 | images[:, 1::2] if bits == 4 else images
    header = {"kind": "images", "count": len(images), "bits": bits, "labels": 0 if labels is None else len(labels)}
    payload = pixels.tobytes() + (b"" if labels is None else labels.astype(np.uint8).tobytes())
    return gzip.compress(frame(header, payload), effort, mtime=0)  # no time stamp: the same images give the same bytes
