"""Images of other sizes than 28 x 28, and in colour: their shape goes with them, and is never assumed."""

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

import vaeexplorer as vx
from tests.analysis.report.conftest import idle_classifier, quick_classifier
from tests.spaces.colored import SIDE, colored, decode, encode
from vaeexplorer.analysis.report.coverage import laplacian_energy
from vaeexplorer.analysis.smoothness.nearest import NearestImages
from vaeexplorer.app.caches import principal_space
from vaeexplorer.arrays import channels_first, channels_last
from vaeexplorer.browser.packing.sprite import SPRITE_COLUMNS, sprite
from vaeexplorer.data.images import DataError, ImageDataset
from vaeexplorer.errors import UserError
from vaeexplorer.export.report import strip
from vaeexplorer.results.report import judge_of
from vaeexplorer.spaces import own
from vaeexplorer.spaces.answers import decoded, encoded
from vaeexplorer.spaces.own import ModelError, open_model
from vaeexplorer.spaces.space import Space

__all__ = ["idle_classifier", "quick_classifier"]


def of(images: np.ndarray) -> ImageDataset:
    return ImageDataset("these", "test", images, np.zeros(len(images), np.int64), ("one",), "")


@pytest.fixture(scope="module")
def space() -> Space:
    return open_model(encode, decode, colored(), "mine")


@pytest.mark.parametrize("shape", [(1, 1), (28, 28), (20, 34), (128, 128), (64, 64, 3)])
def test_images_may_be_of_any_size(shape: tuple[int, ...]) -> None:
    assert of(np.zeros((2, *shape), np.uint8)).shape == shape


@pytest.mark.parametrize("shape", [(28,), (129, 28), (28, 129), (64, 64, 4), (3, 64, 64), (0, 28), (64, 64, 3, 1)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match=r"uint8 \[N, H, W\] or \[N, H, W, 3\], of at most 128 x 128 pixels, not uint8"):
        of(np.zeros((2, *shape), np.uint8))


def test_the_same_bytes_in_another_shape_are_other_images() -> None:
    pixels = np.arange(2 * 28 * 28, dtype=np.uint32).astype(np.uint8)
    hashes = [of(pixels.reshape(2, *shape)).content_hash for shape in ((28, 28), (14, 56), (56, 14))]
    assert len(set(hashes)) == 3


def test_a_model_of_colours_is_what_its_functions_say(space: Space) -> None:
    images = space.data.images
    z = encode(images)[0]
    np.testing.assert_array_equal(space.codes, z)
    assert space.decode(z[:2]).shape == (2, SIDE, SIDE, 3)
    np.testing.assert_allclose(space.error, ((images / 255 - decode(z)) ** 2).sum(axis=(1, 2, 3)), rtol=1e-4)
    assert (space.image_set, space.dataset) == (None, None)
    with pytest.raises(UserError, match=r"must be \[N, 64, 64, 3\], not \[1, 28, 28\]"):
        space.encode(np.zeros((1, 28, 28), np.uint8))
    with pytest.raises(ModelError, match=r"decode must return \[1, 64, 64, 3\] for z \[1, 2\], not \[1, 3, 64, 64\]"):
        open_model(encode, lambda z: np.moveaxis(decode(z), 3, 1), colored(3), "mine")


def test_images_of_any_shape_are_opened(rng: np.random.Generator) -> None:
    wide = of(rng.integers(0, 256, (5, 20, 34), np.uint8))
    found = open_model(lambda x: x[:, 0, :2] / 255, lambda z: np.zeros((len(z), 20, 34)), wide, "wide")
    assert found.decode(np.zeros((3, 2))).shape == (3, 20, 34)


def test_the_larger_the_images_the_fewer_there_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "MOST_IMAGES", 100)
    with pytest.raises(ModelError, match=r"20 images of 64 x 64 x 3; the browser takes 19 of them at most"):
        open_model(encode, decode, colored(20), "mine")


def test_pages_ask_in_planes_of_colour(space: Space, rng: np.random.Generator) -> None:
    z = rng.normal(size=(3, 2)).astype("<f4")
    answered = np.frombuffer(decoded(space, z.tobytes()), np.uint8).reshape(3, 3, SIDE, SIDE)
    np.testing.assert_array_equal(np.moveaxis(answered, 1, 3), np.rint(255 * decode(z)).astype(np.uint8))
    numbers = np.frombuffer(encoded(space, answered.tobytes()), "<f4")
    np.testing.assert_array_equal(numbers[:6].reshape(3, 2), encode(np.moveaxis(answered, 1, 3))[0])
    images = space.data.images[:2]
    np.testing.assert_array_equal(channels_last(channels_first(images), images.shape[1:]), images)


def test_pca_is_no_plane_beside_them(space: Space) -> None:
    with pytest.raises(UserError, match="28 x 28 grey pixels, not of 64 x 64 x 3"):
        principal_space(space)


def test_a_sheet_holds_every_colour(space: Space) -> None:
    sheet = np.asarray(Image.open(io.BytesIO(sprite(space.data.images))))
    assert sheet.shape == (3 * SIDE, SPRITE_COLUMNS * SIDE, 3)
    np.testing.assert_array_equal(sheet[2 * SIDE : 3 * SIDE, 5 * SIDE : 6 * SIDE], space.data.images[205])


def test_the_nearest_of_wide_images_is_the_nearest(space: Space, rng: np.random.Generator) -> None:
    queries = decode(rng.normal(size=(8, 2)))
    which, far = NearestImages(space.data.images).find(queries)
    flat = space.data.images.reshape(300, -1) / 255
    brute = np.array([np.linalg.norm(flat - query.ravel(), axis=1) for query in queries])
    np.testing.assert_allclose(far, brute.min(axis=1), rtol=1e-4, atol=1e-3)
    np.testing.assert_array_equal(brute[np.arange(8), which] < brute.min(axis=1) + 1e-3, True)


def test_a_report_of_colours_has_pictures_and_no_judge(space: Space, idle_classifier: None) -> None:
    assert judge_of(space.data) == ("", None)
    found = vx.report(encode(space.data.images), decode=decode, images=space.data.images)
    assert "The features of a classifier of such images would" in found.verdicts[2].sureness
    assert found.find("sharpness").value == pytest.approx(1, abs=0.2)
    picture = strip(space.decode(space.codes[:3]))
    with Image.open(io.BytesIO(base64.b64decode(picture.partition(",")[2]))) as opened:
        assert (opened.mode, opened.size) == ("RGB", (3 * (SIDE + 2) - 2, SIDE))


def test_sharpness_of_colours_is_that_of_their_planes(space: Space) -> None:
    images = space.data.images[:20] / 255
    energies = [laplacian_energy(images[..., plane]) for plane in range(3)]
    assert laplacian_energy(images) == pytest.approx(sum(energies))


@pytest.mark.usefixtures("few_resamples")
def test_two_models_of_colours_are_compared() -> None:
    def darker(z: np.ndarray) -> np.ndarray:
        return 0.8 * decode(z)

    found = vx.compare((encode, decode), (encode, darker), colored(120), names=("bright", "dark"), pairs=20)
    row: Any = found.row("detour_pixels")
    assert row.a.value == pytest.approx(row.b.value)  # the same curves, at another scale
    error: Any = found.row("error")
    assert error.difference.high < 0
    assert found.row("entropy").a is None
    assert "No classifier of such images is here" in found.to_html()
