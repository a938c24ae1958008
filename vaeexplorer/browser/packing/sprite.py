"""Images on one sheet, which a browser cuts up again."""

import io
import zlib

import numpy as np
from PIL import Image

SPRITE_COLUMNS = 100


def contact_sheet(images: np.ndarray, columns: int) -> np.ndarray:
    """Images [N, H, W] or [N, H, W, 3] in rows of so many: [rows * H, columns * W] or [..., 3].

    Zeros stand where the last row ends early.
    """
    height, width, *colors = images.shape[1:]
    rows = max(1, -(-len(images) // columns))
    tiles = np.zeros((rows * columns, height, width, *colors), images.dtype)
    tiles[: len(images)] = images
    grid = tiles.reshape(rows, columns, height, width, *colors).swapaxes(1, 2)
    return grid.reshape(rows * height, columns * width, *colors)


def sprite(images: np.ndarray, *, smaller: bool = False) -> bytes:
    """Images, uint8 [N, H, W] or [N, H, W, 3], on one sheet of 100 a row: every pixel as it was.

    Args:
        images: of a WebP, at most 16,383 pixels in all rows: 58,500 of 28 x 28.
        smaller: a WebP, which takes seconds to make and 4 to 11 % less room than the PNG that is made otherwise.
    """
    sheet = contact_sheet(images, SPRITE_COLUMNS)
    if not smaller:
        return png(sheet)
    file = io.BytesIO()
    Image.fromarray(sheet).save(file, format="WEBP", lossless=True, method=1, quality=50)  # effort, not loss
    return file.getvalue()


def png(sheet: np.ndarray) -> bytes:
    """A sheet, uint8 [height, width] or [height, width, 3], as a file.

    Of runs alone (Z_RLE) a sheet of images has 2 to 3 % fewer bytes than of all matches, in two fifths of the time.
    """
    file = io.BytesIO()
    Image.fromarray(sheet).save(file, format="PNG", compress_level=6, compress_type=zlib.Z_RLE)
    return file.getvalue()
