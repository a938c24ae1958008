"""28x28 images as PNG, pixel for pixel: the page that shows them enlarges them without smoothing."""

import base64
import struct
import zlib

import numpy as np


def png_uri(image: np.ndarray) -> str:
    """A greyscale image, [H, W], uint8 or float in [0, 1], as a `data:` URI."""
    return "data:image/png;base64," + base64.b64encode(png(image)).decode()


def png(image: np.ndarray) -> bytes:
    """A greyscale image, [H, W], uint8 or float in [0, 1], as an 8-bit PNG (RFC 2083)."""
    grey = _uint8(image)
    rows = np.zeros((grey.shape[0], grey.shape[1] + 1), dtype=np.uint8)  # each row begins with filter type 0, none
    rows[:, 1:] = grey
    header = struct.pack(">IIBBBBB", grey.shape[1], grey.shape[0], 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def mosaic(images: np.ndarray, columns: int) -> np.ndarray:
    """Images, [R * columns, H, W], laid side by side in rows: [R * H, columns * W]."""
    count, height, width = images.shape
    rows = count // columns
    tiles = _uint8(images).reshape(rows, columns, height, width)
    return tiles.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)


def _uint8(image: np.ndarray) -> np.ndarray:
    if image.dtype == np.uint8:
        return image.astype(np.uint8, copy=False)
    return np.asarray(np.rint(np.clip(image, 0, 1) * 255), dtype=np.uint8)
