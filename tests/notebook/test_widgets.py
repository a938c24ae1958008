"""Widgets in a page, by a front end that is none; `test_front_ends.py` has real ones."""

import html
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from torch import nn

import vaeexplorer as vx
from tests.browser.driving import LAST_PIXEL, changed, middle, picture, rested, rgb, wait_until
from tests.browser.own_app import decode, encode
from tests.spaces.colored import colored
from vaeexplorer.config import RunConfig
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.errors import UserError
from vaeexplorer.network.training import Training
from vaeexplorer.notebook.spaces import NotebookError
from vaeexplorer.notebook.watch import Watched
from vaeexplorer.notebook.widget import MOST_COPIED, most_copied

Show = Callable[[Any], Any]


def grey(page: Any, selector: str = "canvas.decoded") -> np.ndarray:
    """What a canvas shows, [28, 28] in [0, 1]."""
    script = (
        "canvas => Array.from(canvas.getContext('2d').getImageData(0, 0, 28, 28).data.filter((_, i) => i % 4 == 0))"
    )
    return np.array(page.locator(selector).first.evaluate(script)).reshape(28, 28) / 255


def opened(page: Any) -> Any:
    """The plane, once its strips are decoded."""
    stage = page.locator(".stage").first
    stage.wait_for()
    wait_until(page, lambda: bool(page.locator(".strips canvas").first.evaluate(LAST_PIXEL) == 255), "a decoded strip")
    return stage


@pytest.mark.browser
def test_a_drag_and_a_lasso_reach_python_which_moves_the_plane_in_all_its_views(shown: Show) -> None:
    explorer = vx.Explorer("mnist-vae-2d")
    page = shown(explorer)
    stage = opened(page)
    first, moves = list(explorer.z), []
    explorer.observe(lambda change: moves.append(change["new"]), "z")
    np.testing.assert_allclose(grey(page), explorer.image, atol=1 / 255)
    x, y = middle(stage)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(8):
        page.mouse.move(x + 9 * step, y + 5 * step)
    assert moves == []  # never during a gesture
    page.mouse.up()
    wait_until(page, lambda: len(moves) == 1, "z in Python")
    assert explorer.z != first
    np.testing.assert_allclose(grey(page), explorer.image, atol=1 / 255)

    before = picture(page.locator("canvas.decoded"))
    explorer.z = np.array([1.5, -0.25])
    changed(page, lambda: picture(page.locator("canvas.decoded")), before)
    np.testing.assert_allclose(grey(page), explorer.image, atol=1 / 255)
    assert page.locator(".z").inner_text().replace("−", "-") == "(1.50, -0.25)"
    wait_until(page, lambda: explorer._link == {"z": "1.5,-0.25"}, "a link")  # and no echo

    stage.focus()
    page.keyboard.press("l")
    page.keyboard.press("ArrowLeft")
    wait_until(page, lambda: len(explorer.selection) > 0, "a selection")
    said = page.locator(".selection h2").inner_text()
    assert said.startswith(f"{len(explorer.selection):,} selected")
    near = np.linalg.norm(explorer.space.codes[explorer.selection] - [1.5, -0.25], axis=1)
    assert near.max() < 2

    # A second view of it agrees, and neither leaves anything.
    page.evaluate("async () => { window.second = await mount(); }")
    planes = page.locator("canvas.decoded")
    wait_until(page, lambda: planes.count() == 2, "the second view")
    before = picture(planes.nth(1))
    page.locator("button", has_text="Random image").first.click()
    changed(page, lambda: picture(planes.nth(1)), before)
    wait_until(page, lambda: picture(planes.nth(0)) == picture(planes.nth(1)), "the same image")
    page.evaluate("() => { second(); unmount(); }")
    assert page.locator(".latent-plane").count() == 0
    assert page.evaluate("() => [...acts.values()].flat().length") == 0


@pytest.mark.browser
def test_functions_are_asked_through_the_kernel(shown: Show, small_test: ImageDataset) -> None:
    explorer = vx.Explorer(encode, decode, small_test)
    assert explorer._network == b""
    page = shown(explorer)
    opened(page)
    wait_until(page, lambda: bool(np.abs(grey(page) - explorer.image).max() < 1 / 254), "the kernel's image")
    explorer.z = [2, 1]
    wait_until(page, lambda: bool(np.abs(grey(page) - explorer.image).max() < 1 / 254), "the kernel's image")

    def fails(z: np.ndarray) -> np.ndarray:
        raise RuntimeError("the GPU is gone")

    explorer.space.model._decode = fails  # type: ignore[attr-defined]
    explorer.z = [1, 1]
    page.locator(".message:visible", has_text="the GPU is gone").wait_for()


@pytest.mark.browser
def test_images_in_colour_are_decoded_in_the_browser(shown: Show) -> None:
    data = colored()
    encoder = nn.Sequential(nn.AvgPool2d(16), nn.Flatten(), nn.Linear(48, 2))
    decoder = nn.Sequential(nn.Linear(2, 48), nn.Unflatten(1, (3, 4, 4)), nn.Upsample(scale_factor=16), nn.Sigmoid())
    explorer = vx.Explorer(*vx.from_torch(encoder, decoder, shape=data.shape), data)
    assert explorer._network
    page = shown(explorer)
    stage = opened(page)

    def agrees(selector: str, image: np.ndarray) -> None:
        canvas = page.locator(selector).first
        wait_until(page, lambda: bool(np.abs(rgb(canvas) - 255 * image).max() <= 1), f"{selector} as expected")

    agrees("canvas.decoded", explorer.image)
    agrees(".near canvas", data.images[0] / 255)  # z is its code
    stage.focus()
    page.keyboard.press("l")
    page.keyboard.press("ArrowLeft")
    wait_until(page, lambda: len(explorer.selection) > 0, "a selection")
    chosen = explorer.selection[0]
    agrees(".gallery canvas", data.images[chosen] / 255)
    agrees(".gallery canvas:nth-child(2)", explorer.space.decode(explorer.space.codes[[chosen]])[0])
    strip = rgb(page.locator(".strips canvas").first)
    assert strip.shape == (64, 13 * 66 - 2, 3)
    assert "the first 300 of" not in html.unescape(shown_as_html(explorer))  # all of them are few enough
    assert most_copied(data.shape) == 325


@pytest.mark.browser
def test_linked_planes_show_one_pair(shown: Show) -> None:
    linked = vx.link([vx.Explorer("mnist-ae-2d"), vx.Explorer("mnist-vae-2d")])
    page = shown(linked)
    ways = page.locator(".ways .strip > canvas")
    wait_until(page, lambda: ways.count() == 2 and bool(ways.nth(1).evaluate(LAST_PIXEL) == 255), "the ways")
    before = [rested(page, lambda number=number: picture(ways.nth(number))) for number in range(2)]  # type: ignore[misc]
    page.locator("button", has_text="Another pair").click()
    for number in range(2):
        changed(page, lambda number=number: picture(ways.nth(number)), before[number])  # type: ignore[misc]
    wait_until(page, lambda: len(linked.pair) == 2, "a pair")
    assert f"· #{linked.pair[0]}" in page.locator(".ways .end").first.inner_text()
    assert page.locator(".toolbar .segments").is_hidden()


@pytest.mark.browser
def test_the_plane_fills_while_it_trains(
    shown: Show, small_config: RunConfig, small_train: ImageDataset, small_test: ImageDataset
) -> None:
    training = Training(small_config, train_set=small_train, test_set=small_test)
    watched = Watched(training)
    page = shown(watched)
    page.locator("p", has_text="the first epoch is under way").wait_for()
    seen = picture(page.locator("canvas"))
    for record in training:
        watched.show(record, training.snapshots[-1])
        page.locator("p", has_text=f"Epoch {record.epoch} of 3: test {record.test.total:.2f}").wait_for()
        seen = changed(page, lambda: picture(page.locator("canvas")), seen)


@pytest.mark.browser
@pytest.mark.parametrize(
    "make",
    [
        lambda: vx.Explorer("mnist-vae-2d"),
        pytest.param(
            lambda: vx.link([vx.Explorer("mnist-vae-2d")] * 2), marks=pytest.mark.slow
        ),  # the other is as framed
    ],
)
def test_a_saved_copy_works_in_its_frame(make: Callable[[], Any], chromium: Any) -> None:
    """In a sandboxed srcdoc frame there is no address to write and no origin; the console stays clean."""
    widget = make()
    data, _ = widget._repr_mimebundle_()
    assert len(data["text/html"].encode()) < MOST_COPIED
    page = chromium
    page.set_content(f"<!doctype html><body>{data['text/html']}")
    frame = page.frame_locator("iframe")
    canvas = frame.locator("canvas.decoded, .ways figure canvas").first
    decoded = frame.locator(".strips canvas, .ways figure canvas").first
    wait_until(page, lambda: decoded.count() > 0 and bool(decoded.evaluate(LAST_PIXEL) == 255), "what is decoded")
    before = picture(canvas)
    frame.locator("button", has_text="Another pair").or_(frame.locator("button", has_text="Random image")).click()
    changed(page, lambda: picture(canvas), before)
    assert frame.locator("button", has_text="Copy link").is_hidden() or frame.locator(".pair").count() == 1


def shown_as_html(widget: Any) -> str:
    text: str = widget._repr_mimebundle_()[0]["text/html"]
    return text


def test_a_copy_opens_where_the_widget_was() -> None:
    explorer = vx.Explorer("mnist-vae-2d")
    explorer.z = [0.5, 1.25]
    copied = html.unescape(shown_as_html(explorer))
    assert '"link": {"z": "0.5,1.25"}' in copied
    assert "the first 2,000 of 10,000 images" in copied


def test_a_copy_of_functions_is_a_picture_and_a_sentence(small_test: ImageDataset) -> None:
    copied = shown_as_html(vx.Explorer(encode, decode, small_test))
    assert copied.startswith('<img src="data:image/png;base64,')
    assert "Run the cell again to drag" in copied
    with pytest.raises(UserError, match="a function of Python"):
        vx.Explorer(encode, decode, small_test).to_html()


def test_what_makes_no_sense_is_one_sentence(small_test: ImageDataset) -> None:
    with pytest.raises(UserError, match="There is no run nonsense"):
        vx.Explorer("nonsense")
    with pytest.raises(NotebookError, match="of its own"):
        vx.Explorer("mnist-vae-2d", decode)
    with pytest.raises(NotebookError, match="encode, decode and data"):
        vx.Explorer(encode)
    explorer = vx.Explorer("mnist-vae-2d")
    before = list(explorer.z)
    for z, words in (([1], r"2 numbers, not of shape \[1\]"), ([1, np.nan], "finite"), ("ab", "numbers")):
        with pytest.raises(UserError, match=words):
            explorer.z = z
    assert explorer.z == before
    with pytest.raises(NotebookError, match="two to 3"):
        vx.link([explorer])
    with pytest.raises(NotebookError, match="the same images"):
        vx.link([explorer, vx.Explorer("fashion-mnist-vae-2d")])
    own = vx.Explorer(encode, decode, explorer.space.data)
    with pytest.raises(NotebookError, match="a function of Python"):
        vx.link([explorer, own])


def test_without_anywidget_a_sentence_says_what_to_install() -> None:
    code = "import sys; sys.modules['anywidget'] = None\nimport vaeexplorer as vx\nvx.Explorer"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr.splitlines()[-1].endswith("Widgets need anywidget: pip install 'vaeexplorer[notebook]'.")
