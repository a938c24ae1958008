"""Small pictures of latent spaces: codes as dots in the colours of their classes, on no ground."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageColor

from vaeexplorer.figures.theme import CLASS_COLORS

SIDE = 420  # pixels of a picture, across and up
_FINER = 3  # times as fine while it is painted, which makes dots round
_OPACITY = 0.85
_SHOWN = 0.985  # of the dots: a few far ones would make all others small
_AIR = 1.06


def two_dimensions(codes: np.ndarray) -> np.ndarray:
    """Of codes [N, D], the two dimensions that vary most, about their means; [N, 2], the codes where D is 2."""
    if codes.shape[1] == 2:
        return codes
    first = np.sort(np.argsort(codes.var(axis=0))[-2:])
    plane: np.ndarray = codes[:, first] - codes[:, first].mean(axis=0)
    return plane


def dots(plane: np.ndarray, labels: np.ndarray, radius: float) -> Image.Image:
    """A square about the origin that shows nearly all dots.

    Args:
        plane: places, [N, 2].
        labels: class numbers, [N].
        radius: of a dot, pixels.
    """
    size, extent = SIDE * _FINER, _AIR * float(np.quantile(np.abs(plane).max(axis=1), _SHOWN))
    colors = np.array([ImageColor.getrgb(color) for color in CLASS_COLORS], np.uint8)
    canvas = np.zeros((size, size, 4), np.uint8)
    at = np.rint((plane * (1, -1) / extent + 1) * size / 2).astype(int)
    steps = np.arange(-int(radius * _FINER), int(radius * _FINER) + 1)
    disc = [(x, y) for x in steps for y in steps if x * x + y * y <= (radius * _FINER) ** 2]
    for x, y in disc:
        column, row = at[:, 0] + x, at[:, 1] + y
        inside = (column >= 0) & (column < size) & (row >= 0) & (row < size)
        canvas[row[inside], column[inside], :3] = colors[labels[inside] % len(colors)]
        canvas[row[inside], column[inside], 3] = round(255 * _OPACITY)
    return Image.fromarray(canvas).resize((SIDE, SIDE), Image.Resampling.BOX)


def side_by_side(pictures: Sequence[Image.Image]) -> bytes:
    """Pictures of one size in a row, as WebP."""
    width, height = pictures[0].size
    row = Image.new("RGBA", (width * len(pictures), height))
    for number, picture in enumerate(pictures):
        row.paste(picture, (number * width, 0))
    file = io.BytesIO()
    row.save(file, "WEBP", quality=82, alpha_quality=90, method=4)
    return file.getvalue()
