import base64
import io

import numpy as np
from PIL import Image

from vaeexplorer.figures.curves import Curve, Reference, learning_curves
from vaeexplorer.figures.images import mosaic, png, png_uri


def array(values: object) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_png_is_read_back_pixel_for_pixel() -> None:
    image = np.random.default_rng(0).integers(0, 256, (28, 30), dtype=np.uint8)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png(image)))), image)


def test_png_of_floats_is_rounded_and_clipped() -> None:
    image = array([[0, 0.5, 1], [-1, 2, 0.001]])
    assert np.asarray(Image.open(io.BytesIO(png(image)))).tolist() == [[0, 128, 255], [0, 255, 0]]


def test_png_uri() -> None:
    head, body = png_uri(np.zeros((2, 2), np.uint8)).split(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(body).startswith(b"\x89PNG")


def test_mosaic_is_laid_out_in_rows() -> None:
    tiles = np.arange(6, dtype=np.uint8)[:, None, None].repeat(2, 1).repeat(2, 2)  # [6, 2, 2]
    assert mosaic(tiles, 3)[::2, ::2].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_curves() -> None:
    figure = learning_curves(
        [Curve("a", [3, 2], [3.5, 2.5]), Curve("b", [1], [1])],
        title="t",
        unit="nats",
        references=[Reference("floor", 1)],
        log=True,
    )
    assert [trace.name for trace in figure.data] == ["a · test", "a · train", "b · test", "b · train"]
    assert list(figure.data[0].x) == [1, 2]
    assert figure.data[0].line.color == figure.data[1].line.color != figure.data[2].line.color
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.shapes[0].y0 == 1
