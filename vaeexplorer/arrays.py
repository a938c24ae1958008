"""Arrays of anybody: read by NumPy or refused in one sentence, and narrowed only where that loses little."""

from collections.abc import Sequence

import numpy as np

from vaeexplorer.errors import UserError

FINE = 0.005
"""of the spread of its column: by so much half precision may move a code that is written in it"""


def to_numpy(given: object, what: str) -> np.ndarray:
    """Numbers as an array; not copied where it is one already.

    Args:
        given: an array, a tensor, or a sequence of sequences of numbers.
        what: it is, as the subject of the error's sentence.

    Raises:
        UserError: NumPy cannot read it (a tensor on a GPU, or one that requires its gradient; rows of different
            lengths), or it does not hold numbers.
    """
    try:
        array = np.asarray(given)
    except Exception as error:  # whatever the object raises in its own conversion
        reason = (str(error).strip() or type(error).__name__).splitlines()[0].split(". ")[0].rstrip(".")
        reason = "its rows differ in length" if "inhomogeneous" in str(error) else reason
        raise UserError(f"{what} must be numbers that NumPy can read: {reason}.") from None
    if array.dtype.kind not in "fiub":
        held = type(given).__name__ if array.dtype.kind == "O" else array.dtype
        raise UserError(f"{what} must be numbers, not {held}.")
    return array


def pixel_shape(images: np.ndarray) -> str:
    """Of images [N, ...], as people write it: 28 x 28, or 64 x 64 x 3."""
    return " x ".join(map(str, images.shape[1:]))


def channels_first(images: np.ndarray) -> np.ndarray:
    """Images [N, H, W, 3] as [N, 3, H, W], as convolutions and the pages take them; grey ones as they are."""
    return np.moveaxis(images, 3, 1) if images.ndim == 4 else images


def channels_last(numbers: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """The inverse of `channels_first`: numbers [N, ...] as images [N, *shape], shape being (H, W) or (H, W, 3)."""
    height, width, *colors = shape
    return np.moveaxis(numbers.reshape(-1, *colors, height, width), 1, -1) if colors else numbers.reshape(-1, *shape)


def rounding(array: np.ndarray, narrow: np.ndarray) -> float:
    """The farthest that narrowing moved a number, as a share of the spread (standard deviation) of its column.

    Args:
        array: [N, ...], wide.
        narrow: the same numbers in another type.

    Returns:
        Infinity where a number is not finite. A column that does not vary has nothing to lose, and counts as 0.
    """
    if not (np.isfinite(array).all() and np.isfinite(narrow).all()):
        return float("inf")
    wide = array.astype(np.float64)
    spread = wide.std(axis=0)
    moved = np.abs(wide - narrow).max(axis=0, initial=0)
    varies = spread > 1e-12 * np.abs(wide).max(axis=0, initial=0)
    return float(np.max(moved / np.where(varies, spread, 1), where=varies, initial=0))


def halved(array: np.ndarray) -> np.ndarray:
    """Numbers [N, ...] as float16 where that moves none by more than `FINE` of its column's spread, else as float32.

    Raises:
        UserError: a number that float32 cannot hold.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        half, single = array.astype(np.float16), array.astype(np.float32)
    if not np.isfinite(single).all():
        raise UserError("There are numbers that are not finite, or too large for float32.")
    return half if rounding(array, half) <= FINE else single
