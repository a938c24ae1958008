"""Pixels of any type and range to grey values 0 to 255, with a word on what was assumed."""

import numpy as np
from numpy.typing import NDArray

from vaeexplorer.data.idx import LARGEST_SIDE
from vaeexplorer.data.images import DataError

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601, as Pillow's "L"
_SLACK = 0.01  # of a range of floats: rounding, and resizing that overshoots
_LEAST_WHITE = 16  # below it, floats beyond 1 are standardized, and no 0 to 255


def to_grey(array: np.ndarray) -> tuple[NDArray[np.uint8], list[str]]:
    """Images as people keep them in arrays, as grey bytes.

    Args:
        array: [N, H, W], [N, H, W, 1 or 3 or 4], [N, 1 or 3 or 4, H, W], or [N, P] of square images, of whole numbers,
            truth values or floats in [0, 1], [-1, 1] or [0, 255].

    Returns:
        uint8 [N, H, W], and what was assumed, a sentence each.

    Raises:
        DataError: another shape, values that are not finite, or of no range that can be told.
    """
    layers, colours = _layers(array)
    values, remark = to_bytes(layers)
    remarks = [remark] if remark else []
    if not colours:
        return values[..., 0], remarks
    rgb: np.ndarray = values[..., :3].astype(np.float32)
    if colours == 4:  # on white, as a page would show them
        opacity = values[..., 3:].astype(np.float32) / 255
        rgb = rgb * opacity + 255 * (1 - opacity)
    return np.rint(rgb @ _LUMA).astype(np.uint8), [*remarks, "Colour images: their luminance is taken."]


def shape_of(shape: tuple[int, ...]) -> tuple[int, int, int] | None:
    """Number, height and width of the images in an array of a shape; None where it holds no images."""
    if len(shape) == 2:
        side = round(shape[1] ** 0.5)
        return (shape[0], side, side) if side >= 4 and side * side == shape[1] else None
    if len(shape) == 3:
        return (shape[0], shape[1], shape[2])
    if len(shape) == 4 and shape[3] in (1, 3, 4):
        return (shape[0], shape[1], shape[2])
    return (shape[0], shape[2], shape[3]) if len(shape) == 4 and shape[1] in (1, 3, 4) else None


def _layers(array: np.ndarray) -> tuple[np.ndarray, int]:
    """Images as [N, H, W, layers], and how many of these are colours; 0 of grey images."""
    found = shape_of(array.shape)
    if found is None:
        raise DataError(f"images must be [N, height, width], or with 3 colours, not {list(array.shape)}")
    if min(found[1:]) < 1 or max(found[1:]) > LARGEST_SIDE:
        raise DataError(f"images must have sides of 1 to {LARGEST_SIDE:,} pixels, not {found[1]} x {found[2]}")
    if array.ndim < 4:
        return array.reshape(*found, 1), 0
    if array.shape[3] not in (1, 3, 4):
        array = np.moveaxis(array, 1, 3)
    return array, 0 if array.shape[3] == 1 else array.shape[3]


def to_bytes(array: np.ndarray) -> tuple[NDArray[np.uint8], str]:
    """Numbers as bytes 0 to 255, and the range that they were taken for, a sentence; empty of bytes as they are.

    Raises:
        DataError: they are no numbers, not finite, or of no range that can be told.
    """
    kind = array.dtype.kind
    if kind == "b":
        return array.astype(np.uint8) * np.uint8(255), "Truth values: true is taken for ink."
    if kind not in "iuf":
        raise DataError(f"images must be numbers, not {array.dtype}")
    if not array.size:
        return array.astype(np.uint8), ""
    low, high = float(array.min()), float(array.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise DataError("images have values that are not finite")
    if kind in "iu":
        return _whole(array, low, high)
    for start, end, name in ((0.0, 1.0, "0 to 1"), (-1.0, 1.0, "-1 to 1"), (0.0, 255.0, "0 to 255")):
        slack = _SLACK * (end - start)
        is_normalised = end == 255 and high < _LEAST_WHITE
        if start - slack <= low and high <= end + slack and not is_normalised:
            scaled = (array.astype(np.float32) - np.float32(start)) * np.float32(255 / (end - start))
            grey: NDArray[np.uint8] = np.rint(np.clip(scaled, 0, 255)).astype(np.uint8)
            return grey, f"Floats from {low:.3g} to {high:.3g} are taken for {name}."
    raise DataError(
        f"images have values from {low:.3g} to {high:.3g}, which are neither 0 to 1, -1 to 1 nor 0 to 255: undo their "
        "normalisation"
    )


def _whole(array: np.ndarray, low: float, high: float) -> tuple[NDArray[np.uint8], str]:
    if low >= 0 and high <= 1:
        return (array * 255).astype(np.uint8), "Whole numbers of 0 and 1 are taken for no ink and full ink."
    if low >= 0 and high <= 255:
        return array.astype(np.uint8), ""
    if low >= 0 and high <= 65_535 and array.dtype.itemsize >= 2:
        return (array // 257).astype(np.uint8), "Whole numbers beyond 255 are taken for 16 bits, 0 to 65,535."
    raise DataError(
        f"images have whole numbers from {low:.0f} to {high:.0f}, where 0 to 255 or 0 to 65,535 was expected"
    )
