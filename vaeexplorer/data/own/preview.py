"""A picture of a set before it is trained on: what was taken for ink, for ground and for classes is seen at once."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from vaeexplorer.config import IMAGE_SIZE
from vaeexplorer.data.images import DataError
from vaeexplorer.data.own.prepare import Prepared
from vaeexplorer.files import whole_file, why


def sheet(prepared: Prepared, rows: int, columns: int) -> Image.Image:
    """The first training images of each class, a row a class; of one class, all rows are its."""
    images, labels = prepared.images["train"], prepared.labels["train"]
    if len(prepared.class_names) == 1:
        chosen = [images[row * columns : (row + 1) * columns] for row in range(rows)]
    else:
        chosen = [images[labels == number][:columns] for number in range(min(rows, len(prepared.class_names)))]
    canvas = np.zeros((len(chosen), IMAGE_SIZE, columns, IMAGE_SIZE), np.uint8)
    for row, found in enumerate(chosen):
        canvas[row, :, : len(found)] = found.swapaxes(0, 1)
    return Image.fromarray(canvas.reshape(len(chosen) * IMAGE_SIZE, columns * IMAGE_SIZE))


def png(prepared: Prepared, rows: int, columns: int) -> bytes:
    """The picture as PNG."""
    packed = io.BytesIO()
    sheet(prepared, rows, columns).save(packed, "PNG")
    return packed.getvalue()


def write(prepared: Prepared, path: Path, rows: int, columns: int) -> None:
    """Write the picture as PNG.

    Raises:
        DataError: it cannot be written.
    """
    content = png(prepared, rows, columns)
    try:
        with whole_file(path) as file:
            file.write(content)
    except OSError as error:
        raise DataError(f"{path.name} cannot be written: {why(error)}") from None
