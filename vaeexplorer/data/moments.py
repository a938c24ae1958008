"""Mean and covariance of the 60,000 training images of a set, shipped: the full set's figures without the full set.

A covariance of images is smooth in all four of its pixel coordinates. Rounded to multiples of 2^-22 and differenced
along each of the four, it becomes small whole numbers, which deflate to half a megabyte; summing up again is exact.
The rounding moves PCA's least error by less than 4e-9 a pixel.
"""

from pathlib import Path

import numpy as np

from vaeexplorer.analysis.pca import Moments, moments
from vaeexplorer.config import IMAGE_SIZE, PIXELS, Dataset
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import FULL_SIZE, DataError
from vaeexplorer.files import SHIPPED, arrays_size, read_arrays, read_file, whole_file

FOLDER = SHIPPED / "moments"
UNIT = 2.0**-22  # of the covariance of pixels in [0, 1]
_SHAPES = {"mean": (PIXELS,), "planes": (4, PIXELS * (PIXELS + 1) // 2)}
_FOUR_AXES = (IMAGE_SIZE,) * 4  # row and column of one pixel, row and column of the other


def load_moments(dataset: Dataset) -> Moments:
    """Mean and covariance of the full training set, from the shipped file.

    Raises:
        DataError: the file is missing or damaged.
    """
    path = FOLDER / f"{dataset}.npz"
    try:
        arrays = read_arrays(read_file(path, arrays_size(_SHAPES)), _SHAPES)
        mean, covariance = arrays["mean"], _unpack(arrays["planes"]) * UNIT
    except (OSError, ValueError) as error:
        raise DataError(
            f"The covariance {path.name} cannot be read ({error}): check the repository out again."
        ) from None
    return Moments(mean, covariance, f"all {FULL_SIZE['train']:,} training images", UNIT)


def write_moments(dataset: Dataset, root: Path = FOLDER) -> None:
    """Write the shipped file from the full training set.

    Raises:
        DataError: the full set cannot be had.
    """
    data = load_dataset(dataset, "train")
    if len(data) != FULL_SIZE["train"]:
        raise DataError(f"The covariance is that of all of {dataset}: set VAEEXPLORER_DATA to a copy of it.")
    given = moments(data.images, data.source)
    root.mkdir(parents=True, exist_ok=True)
    with whole_file(root / f"{dataset}.npz") as file:
        np.savez_compressed(file, mean=given.mean, planes=_pack(np.rint(given.covariance / UNIT).astype(np.int64)))


def _pack(symmetric: np.ndarray) -> np.ndarray:
    """Whole numbers [784, 784] -> the upper triangle of their differences along four axes, as bytes [4, 307720]."""
    differences = symmetric.reshape(_FOUR_AXES)
    for axis in range(4):
        differences = np.diff(differences, axis=axis, prepend=0)
    triangle = differences.reshape(PIXELS, PIXELS)[np.triu_indices(PIXELS)].astype(np.int32)
    folded = ((triangle << 1) ^ (triangle >> 31)).view(np.uint32)  # 0, -1, 1, -2, ... -> 0, 1, 2, 3, ...
    return np.stack([(folded >> shift).astype(np.uint8) for shift in (0, 8, 16, 24)])


def _unpack(planes: np.ndarray) -> np.ndarray:
    """The inverse of `_pack`."""
    folded = sum(plane.astype(np.int64) << shift for plane, shift in zip(planes, (0, 8, 16, 24), strict=True))
    upper = np.zeros((PIXELS, PIXELS), np.int64)
    upper[np.triu_indices(PIXELS)] = (folded >> 1) ^ -(folded & 1)
    symmetric = upper + np.triu(upper, 1).T
    sums = symmetric.reshape(_FOUR_AXES)
    for axis in range(4):
        sums = np.cumsum(sums, axis=axis)
    return sums.reshape(PIXELS, PIXELS)
