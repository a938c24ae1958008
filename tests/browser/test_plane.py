"""The app in headless Chromium: the latent plane is dragged, and every page is opened."""

import base64
import functools
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.browser import forced_colors
from tests.browser.accessible import examine
from tests.browser.driving import at_rest, changed, follow, middle, next_frame, opened, pixels, wait_until
from vaeexplorer.data.datasets import load_dataset

ROOT = Path(__file__).parents[2]


def test_a_film_is_read_back_pixel_for_pixel(node: Callable[..., str]) -> None:
    code = """import { encodeGif } from "./files/gif.js";
    const frames = [0, 1].map((k) => Uint8Array.from({ length: 784 }, (_, p) => (p * (k + 1)) % 256));
    console.log(Buffer.from(encodeGif(frames, { width: 28, height: 28 }, 3, 10)).toString("base64"));"""
    film = Image.open(io.BytesIO(base64.b64decode(node("--input-type=module", "-e", code))))
    for number in range(2):
        film.seek(number)
        grey = np.asarray(film.convert("L"), dtype=int)[1::3, 1::3]
        expected = np.arange(784).reshape(28, 28) * (number + 1) % 256
        assert np.abs(grey - expected).max() <= 2


class Traffic:
    """What a page asks for and says."""

    def __init__(self, page: Any) -> None:
        self.sent = 0
        self.fetched: list[str] = []
        page.on("request", lambda request: self.fetched.append(request.url) if "/vx/" in request.url else None)
        page.on("websocket", lambda socket: socket.on("framesent", self._count))

    def _count(self, _: object) -> None:
        self.sent += 1


@pytest.mark.browser
@pytest.mark.parametrize("elsewhere", ["http://example.org/", "http://192.0.2.1/"])
def test_tests_in_the_browser_have_no_network(chromium: Any, troubles: list[str], elsewhere: str) -> None:
    failure = pytest.importorskip("playwright.sync_api").Error
    with pytest.raises(failure, match="ERR_NAME_NOT_RESOLVED"):
        chromium.goto(elsewhere)
    assert elsewhere in troubles  # the request itself does not go unseen
    troubles.clear()


@pytest.mark.browser
def test_a_plane_of_many_dimensions_says_what_its_axes_are(server: str, chromium: Any) -> None:
    page = chromium
    page.emulate_media(color_scheme="dark")
    stage = opened(page, f"{server}/?run=mnist-vae-16d&plane=PCA&color=KL&lasso=-1,-1;1,-1;1,1;-1,1")
    page.locator(".selection canvas").first.wait_for(state="attached")
    examine(page)
    assert "first principal component" in stage.get_attribute("aria-label")
    assert page.locator("canvas.decoded").evaluate("canvas => getComputedStyle(canvas).imageRendering") == "pixelated"


@pytest.mark.browser
def test_a_drag_decodes_here_and_is_told_once(server: str, chromium: Any) -> None:
    page = chromium
    traffic = Traffic(page)
    stage = opened(page, f"{server}/")
    examine(page)
    forced_colors.look_at(page, "")
    before, sent = pixels(page), traffic.sent
    x, y = middle(stage)
    page.mouse.move(x, y + 60)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(x + 10 * step, y + 60)
        next_frame(page)
    changed(page, lambda: pixels(page), before)
    assert traffic.sent == sent
    page.mouse.up()
    page.wait_for_url("**/?z=*")
    wait_until(page, lambda: traffic.sent > sent, "z told at the end of the drag")
    at_rest(page)
    assert traffic.sent == sent + 1

    stage.press("ArrowRight")
    stage.press("Shift+ArrowUp")
    wait_until(page, lambda: traffic.sent > sent + 1, "z told once the keys rest")
    at_rest(page)
    assert traffic.sent == sent + 2
    assert "looks like" in page.locator("[role=status]").inner_text()
    z = page.locator(".z").inner_text()

    follow(page, "Your images")
    page.locator("[data-testid=stFileUploader]").wait_for()
    follow(page, "Explore")
    page.locator(".facts dd").first.wait_for()
    assert page.locator(".z").inner_text() == z  # the session knows it
    fetched = [url.rsplit("/", 1)[1].split("-")[0] for url in traffic.fetched]
    ours = ("codes", "decoder", "plane", "sprite")
    assert sorted(name for name in fetched if name in ours) == list(ours)

    page.wait_for_url("**/?z=*")
    opened(page, page.url)
    assert page.locator(".z").inner_text() == z  # and so does the address
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page)


def fits(page: Any) -> None:
    """On a phone nothing is wider than the screen, and the plane is as wide as the page's column."""
    next_frame(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    column, stage = page.locator(".latent-plane").bounding_box(), page.locator(".stage").bounding_box()
    assert 0.9 * column["width"] < stage["width"] <= column["width"] <= 390
    for part in (".picture", ".facts", "section.strips"):
        box = page.locator(part).first.bounding_box()
        assert 0 <= box["x"] < box["x"] + box["width"] <= 390, part


@pytest.mark.browser
def test_what_is_clicked(server: str, chromium: Any) -> None:
    page = chromium
    stage = opened(page, f"{server}/?z=0,0")
    seven = page.locator(".legend button", has_text="7")
    sevens = drawn(page, "#b9ac70")
    seven.click()
    page.wait_for_url("**hidden=7*")
    assert seven.get_attribute("aria-pressed") == "false"
    assert drawn(page, "#b9ac70") < sevens / 20  # other colours blend to it here and there

    page.get_by_label("Number of a test image").fill("7")
    page.get_by_label("Number of a test image").press("Enter")
    code = page.locator(".z").inner_text()
    page.get_by_role("button", name="in x", exact=True).click()
    page.get_by_text("of 6 near z").wait_for()
    images = load_dataset("mnist", "test", download=False).images.reshape(10000, -1) / 255
    decoded = page.locator("canvas.decoded").evaluate(
        "canvas => [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, at) => at % 4 === 0)"
    )
    far = np.linalg.norm(images - np.array(decoded) / 255, axis=1)
    assert page.locator(".near canvas").first.get_attribute("title").endswith(f"test #{far.argmin()}")
    page.get_by_role("button", name="in x", exact=True).click()
    page.get_by_role("button", name="Resample").click()
    page.wait_for_function("code => !document.body.innerText.includes(code)", arg=code)

    page.set_viewport_size({"width": 1280, "height": 720})
    page.get_by_label("Map behind the dots").select_option("classifier")
    page.wait_for_url("**behind=classifier*")
    page.get_by_text("Crisp borders breed false confidence").wait_for()
    answers = page.locator(".answers span")
    wait_until(page, lambda: answers.count() == 13 and answers.first.get_attribute("title"), "answers from A to B")
    assert answers.first.get_attribute("title").startswith("0, ")  # A and B are the means of 0 and 1
    assert answers.last.get_attribute("title").startswith("1, ")
    parts = (stage, answers.last, page.locator(".explorer .map"))  # what is moved, what it changes, what it means
    wait_until(page, lambda: all(in_view(part) for part in parts), "a view of all of it")
    page.get_by_role("button", name="manifold").click()
    page.get_by_text("Crisp borders").wait_for(state="hidden")

    page.get_by_role("button", name="lasso").click()
    x, y = middle(stage)
    page.mouse.move(x, y)
    page.mouse.down()
    for dx, dy in ((0, 60), (60, 60), (60, 0)):
        page.mouse.move(x + dx, y + dy, steps=3)
    page.mouse.up()
    page.locator(".gallery .pair").first.wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download (CSV)").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "index,label,class,squared_error_at_mean,kl_nats,z1,z2"
    assert f"{len(lines) - 1:,} selected images" in page.locator(".selection h2").inner_text()


def in_view(part: Any) -> bool:
    """Whether all of an element is between the top of a window and its 720th line; what is drawn anew is nowhere."""
    box = part.bounding_box()
    return box is not None and bool(0 <= box["y"] < box["y"] + box["height"] <= 720)


def drawn(page: Any, color: str) -> int:
    """How many pixels of the dots have about this colour."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    count: int = (
        page.locator("canvas.layer")
        .nth(1)
        .evaluate(
            """(canvas, [r, g, b]) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const far = (p) => Math.abs(data[p] - r) + Math.abs(data[p + 1] - g) + Math.abs(data[p + 2] - b);
          let count = 0;
          for (let p = 0; p < data.length; p += 4) count += data[p + 3] > 150 && far(p) < 12;
          return count;
        }""",
            [red, green, blue],
        )
    )
    return count


@pytest.mark.browser
@pytest.mark.slow  # draw.test.js: a canvas has the pixels of its size on the screen, and hears of changes
def test_a_sharper_screen_gets_sharper_canvases_and_the_view_stays(server: str, chromium: Any) -> None:
    page = chromium
    screen = page.context.new_cdp_session(page)
    metrics = {"width": 1200, "height": 900, "mobile": False}
    screen.send("Emulation.setDeviceMetricsOverride", metrics | {"deviceScaleFactor": 1})
    opened(page, f"{server}/?run=mnist-vae-2d&z=1,0.5&at=0.5,0.25,3")
    sharpness = "canvas => canvas.width / canvas.clientWidth"

    def is_of(ratio: float, layer: Any) -> bool:
        return bool(abs(layer.evaluate(sharpness) - ratio) < 0.01)

    def sharp(stage: Any, ratio: float) -> None:
        for layer in stage.locator("canvas.layer").all():
            wait_until(page, functools.partial(is_of, ratio, layer), f"a ratio of {ratio}")

    stage = page.locator(".stage")
    sharp(stage, 1)
    screen.send("Emulation.setDeviceMetricsOverride", metrics | {"deviceScaleFactor": 2, "width": 1201})
    sharp(stage, 2)
    screen.send("Emulation.setDeviceMetricsOverride", metrics | {"deviceScaleFactor": 1.5, "width": 1100})
    sharp(stage, 1.5)
    page.get_by_role("button", name="manifold").click()
    page.wait_for_url("**manifold=0**")
    assert "at=0.5,0.25,3" in page.url.replace("%2C", ",")

    follow(page, "AE vs VAE")
    page.locator(".pair .stage").nth(1).wait_for()
    for number, ratio in enumerate((1, 2)):
        screen.send(
            "Emulation.setDeviceMetricsOverride", metrics | {"deviceScaleFactor": ratio, "width": 1200 + number}
        )
        sharp(page.locator(".pair .stage").nth(number), ratio)
