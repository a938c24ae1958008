"""A latent plane as a picture with a sentence, where nothing can decode."""

import base64
import html
import io

import numpy as np
from PIL import Image

from vaeexplorer.export.gallery import thumbnails
from vaeexplorer.spaces.space import Space

_ENLARGED = 6  # of the decoded image
_GAP = 24  # pixels


def picture(space: Space, z: np.ndarray) -> str:
    """HTML with the dots of a space, the image at z [D], and why it does not move."""
    plane = thumbnails.dots(thumbnails.two_dimensions(space.codes), space.data.labels, 1.3)
    image = Image.fromarray(np.rint(255 * space.decode(z[None].astype(np.float32))[0]).astype(np.uint8))
    image = image.resize((image.width * _ENLARGED, image.height * _ENLARGED), Image.Resampling.NEAREST)
    row = Image.new("RGBA", (plane.width + _GAP + image.width, plane.height))
    row.paste(plane, (0, 0))
    row.paste(image, (plane.width + _GAP, 0))
    said = ", ".join(f"{value:.3g}" for value in z[:4]) + (", …" if len(z) > 4 else "")
    sentence = (
        f"{space.name}: codes of {len(space.data):,} images, and what is decoded at z = ({said}). Its decoder is a "
        "function of Python: run the cell again to drag."
    )
    return _html(row, sentence)


def dots(plane: np.ndarray, labels: np.ndarray, sentence: str) -> str:
    """HTML with dots [N, 2] and a sentence below them."""
    return _html(thumbnails.dots(plane, labels, 1.3), sentence)


def _html(image: Image.Image, sentence: str) -> str:
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    address = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    said = html.escape(sentence)
    return f'<img src="{address}" alt="{said}" width="{image.width}"><p>{said}</p>'
