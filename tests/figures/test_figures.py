import base64
import io

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image

from vaeexplorer.figures.curves import Curve, Reference, learning_curves
from vaeexplorer.figures.images import mosaic, png, png_uri
from vaeexplorer.figures.latent import Points, latent_plane
from vaeexplorer.figures.manifold import manifold
from vaeexplorer.figures.theme import CLASS_COLORS

NAMES = tuple("0123456789")


def array(values: object) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def points(count: int = 200, *, kl: bool = True) -> Points:
    rng = np.random.default_rng(0)
    return Points(
        positions=rng.standard_normal((count, 2)).astype(np.float32),
        labels=np.arange(count) % 10,
        class_names=NAMES,
        error=rng.random(count).astype(np.float32),
        kl=rng.random(count).astype(np.float32) if kl else None,
    )


def plane(color_by: str = "class", *, kl: bool = True, circles: bool = False) -> go.Figure:
    return latent_plane(points(kl=kl), title="t", axes=("z₁", "z₂"), color_by=color_by, prior_circles=circles)


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


def test_plane_has_a_trace_a_class_with_every_index_once() -> None:
    figure = plane()
    assert [trace.name for trace in figure.data] == list(NAMES)
    assert [trace.marker.color for trace in figure.data] == list(CLASS_COLORS)
    indices = np.concatenate([trace.customdata[:, 0] for trace in figure.data])
    assert sorted(indices.astype(int)) == list(range(200))
    assert all((trace.customdata[:, 0].astype(int) % 10 == label).all() for label, trace in enumerate(figure.data))


@pytest.mark.parametrize("color_by", ["error", "KL"])
def test_plane_coloured_by_a_number_shares_one_scale(color_by: str) -> None:
    figure = plane(color_by)
    values = np.concatenate([trace.marker.color for trace in figure.data if trace.customdata is not None])
    expected = points().error if color_by == "error" else points().kl
    assert sorted(values) == sorted(np.asarray(expected))
    assert [trace.name for trace in figure.data if trace.showlegend is not False] == list(NAMES)


def test_plane_has_equal_axes_with_names_and_a_title() -> None:
    layout = plane().layout
    assert (layout.yaxis.scaleanchor, layout.xaxis.title.text, layout.yaxis.title.text) == ("x", "z₁", "z₂")
    assert layout.title.text == "t"


def test_plane_circles_and_hover_of_an_autoencoder() -> None:
    assert [(shape.x0, shape.x1) for shape in plane(circles=True).layout.shapes] == [(-1, 1), (-2, 2), (-3, 3)]
    autoencoder = plane(kl=False)
    assert not autoencoder.layout.shapes
    assert "KL" not in autoencoder.data[0].hovertemplate


def test_manifold_puts_each_image_where_its_z_is() -> None:
    across, up = array([-1, 0, 1]), array([-2, 2])
    images = np.zeros((6, 28, 28), np.float32)
    figure = manifold(images, across, up, title="t")
    cells = {
        (x, y): tuple(z) for x, y, z in zip(figure.data[1].x, figure.data[1].y, figure.data[1].customdata, strict=True)
    }
    assert cells[0, 0] == (-1, -2)
    assert cells[2, 1] == (1, 2)
    picture = figure.data[0]  # its first pixel row is the top of the highest z_2
    assert picture.y0 + picture.dy * (2 * 28 - 0.5) == pytest.approx(-0.5)
    assert picture.x0 + picture.dx * (3 * 28 - 0.5) == pytest.approx(2.5)


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
