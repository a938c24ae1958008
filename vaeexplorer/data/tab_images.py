"""Training images as a browser gets them: in 16 grey levels, shipped in files of at most 3 MB."""

from pathlib import Path

import numpy as np

from vaeexplorer.config import Dataset
from vaeexplorer.data.images import DataError
from vaeexplorer.files import SHIPPED, why

FOLDER = SHIPPED / "images"
COUNTS: dict[Dataset, int] = {"mnist": 30_000, "fashion-mnist": 15_000}
"""how many of the first training images of each set fit into 3 MB"""
LEVEL = 17  # of 255 grey levels, one of 16


def sixteenths(images: np.ndarray) -> np.ndarray:
    """Images in 16 grey levels, uint8 of the same shape, 0 to 15: the nearest to 255ths."""
    levels: np.ndarray = ((images.astype(np.uint16) + LEVEL // 2) // LEVEL).astype(np.uint8)
    return levels


def shipped_images(dataset: Dataset) -> bytes:
    """The first `COUNTS` training images of a set, as `browser/packing/images.py` packs them.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        return path(dataset).read_bytes()
    except OSError as error:
        raise DataError(f"the images of {dataset} for trainings in the browser cannot be read: {why(error)}") from None


def path(dataset: Dataset) -> Path:
    """Where they are shipped."""
    return FOLDER / f"{dataset}.bin"
