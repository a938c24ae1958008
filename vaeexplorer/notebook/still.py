"""Latent planes as pictures with a sentence, where nothing can decode."""

import base64
import html
import io
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image

from vaeexplorer.export.gallery import thumbnails
from vaeexplorer.spaces.space import Space

_DECODED = 168  # pixels that the decoded image is high, about
_GAP = 24  # pixels
_RADIUS = 1.3  # of a dot, pixels


class Picture(NamedTuple):
    """A PNG file, and a sentence that says what it shows."""

    png: bytes
    sentence: str

    def html(self) -> str:
        """Both, as HTML that holds all of it."""
        said, address = html.escape(self.sentence), base64.b64encode(self.png).decode()
        return f'<img src="data:image/png;base64,{address}" alt="{said}"><p>{said}</p>'


def plane(space: Space, z: np.ndarray) -> Picture:
    """The dots of a space, and beside them the image at z [D]."""
    image = Image.fromarray(np.rint(255 * space.decode(z[None].astype(np.float32))[0]).astype(np.uint8))
    times = max(1, _DECODED // image.height)
    image = image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST)
    said = ", ".join(f"{value:.3g}" for value in z[:4]) + (", …" if len(z) > 4 else "")
    sentence = f"{space.name}: codes of {len(space.data):,} images, and what is decoded at z = ({said})."
    return _picture([_dots(space), image], f"{sentence} Run the cell again to drag.")


def planes(spaces: Sequence[Space]) -> Picture:
    """The dots of several spaces, side by side."""
    names = ", ".join(space.name for space in spaces)
    return _picture([_dots(space) for space in spaces], f"Codes of {names}. Run the cell again to drag.")


def codes(places: np.ndarray, labels: np.ndarray, sentence: str) -> Picture:
    """Dots [N, 2] in the colours of their classes."""
    return _picture([thumbnails.dots(places, labels, _RADIUS)], sentence)


def _dots(space: Space) -> Image.Image:
    return thumbnails.dots(thumbnails.two_dimensions(space.codes), space.data.labels, _RADIUS)


def _picture(images: Sequence[Image.Image], sentence: str) -> Picture:
    row = Image.new("RGBA", (sum(each.width + _GAP for each in images) - _GAP, max(each.height for each in images)))
    at = 0
    for each in images:
        row.paste(each, (at, 0))
        at += each.width + _GAP
    file = io.BytesIO()
    row.quantize(64).save(file, "PNG", optimize=True)
    return Picture(file.getvalue(), sentence)
