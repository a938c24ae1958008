"""Images on one grey sheet, which a browser cuts up again."""

import io
import zlib

import numpy as np
from PIL import Image

from vaeexplorer.config import IMAGE_SIZE

SPRITE_COLUMNS = 100


def contact_sheet(images: np.ndarray, columns: int) -> np.ndarray:
    """Images [N, 28, 28] in rows of so many: [rows * 28, columns * 28], zeros where the last row ends early."""
    rows = max(1, -(-len(images) // columns))
    tiles = np.zeros((rows * columns, IMAGE_SIZE, IMAGE_SIZE), images.dtype)
    tiles[: len(images)] = images
    grid = tiles.reshape(rows, columns, IMAGE_SIZE, IMAGE_SIZE).transpose(0, 2, 1, 3)
    return grid.reshape(rows * IMAGE_SIZE, columns * IMAGE_SIZE)


def sprite(images: np.ndarray, *, smaller: bool = False) -> bytes:
    """Images, uint8 [N, 28, 28], on one grey sheet of 100 a row: every pixel as it was.

    Args:
        images: at most 58,500, which is as high as a WebP can be.
        smaller: a WebP, which takes seconds to make and 4 to 11 % less room than the PNG that is made otherwise.
    """
    sheet = contact_sheet(images, SPRITE_COLUMNS)
    if not smaller:
        return png(sheet)
    file = io.BytesIO()
    Image.fromarray(sheet).save(file, format="WEBP", lossless=True, method=1, quality=50)  # effort, not loss
    return file.getvalue()


def png(sheet: np.ndarray) -> bytes:
    """A grey sheet, uint8 [height, width], as a file.

    Of runs alone (Z_RLE) a sheet of images has 2 to 3 % fewer bytes than of all matches, in two fifths of the time.
    """
    file = io.BytesIO()
    Image.fromarray(sheet).save(file, format="PNG", compress_level=6, compress_type=zlib.Z_RLE)
    return file.getvalue()
