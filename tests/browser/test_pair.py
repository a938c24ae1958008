"""AE vs VAE in the browser: one cursor in all planes, ways that follow a drag, fields that arrive."""

from typing import Any

import numpy as np
import pytest

from vaeexplorer.runs.folder import load_run

PICTURE = "canvas => canvas.toDataURL()"
RED = """canvas => Array.from(canvas.getContext("2d").getImageData(0, 0, canvas.width, 28).data)
  .filter((_, i) => i % 4 === 0)"""


def strip_pixels(page: Any, number: int) -> np.ndarray:
    """The 17 images of a strip, [17, 28, 28] in [0, 1]."""
    data = page.locator(".pair .rows canvas").nth(number).evaluate(RED)
    sheet = np.array(data, np.float32).reshape(28, -1) / 255
    return np.stack([sheet[:, 30 * k : 30 * k + 28] for k in range(17)])


@pytest.mark.browser
def test_a_dragged_end_moves_in_both_planes_and_both_ways_follow(server: str, chromium: Any) -> None:
    page = chromium
    page.goto(f"{server}/?run=mnist-vae-2d")
    page.get_by_role("link", name="AE vs VAE").click()
    page.locator(".pair .end canvas").first.wait_for()
    page.locator(".pair .stage").nth(1).wait_for()
    page.get_by_text("7 · test #0", exact=True).wait_for()
    page.wait_for_timeout(1500)

    runs = [load_run("mnist-vae-2d"), load_run("mnist-ae-2d")]
    for number, run in enumerate(runs):
        ends = run.codes.mean[[18, 0]]
        way = ends[0] + np.linspace(0, 1, 17)[:, None] * (ends[1] - ends[0])
        np.testing.assert_allclose(strip_pixels(page, number), run.model.decode(way), atol=0.01)

    overlays = page.locator(".pair .stage > canvas:nth-of-type(3)")
    before = [overlays.nth(k).evaluate(PICTURE) for k in range(2)]
    ways = [page.locator(".pair .rows canvas").nth(k).evaluate(PICTURE) for k in range(2)]
    box = page.locator(".pair .stage").first.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.6 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.6 * box["height"], steps=6)
    page.wait_for_timeout(600)
    for k in range(2):
        assert overlays.nth(k).evaluate(PICTURE) != before[k]
        assert page.locator(".pair .rows canvas").nth(k).evaluate(PICTURE) != ways[k]
    assert "pair=" not in page.url  # told once the gesture is over
    page.mouse.up()
    page.wait_for_url("**pair=**")
    first, second = map(int, page.url.split("pair=")[1].split("&")[0].split("-"))
    assert (first == 18) != (second == 0)  # one end has moved
    for number, run in enumerate(runs):
        ends = run.codes.mean[[first, second]]
        np.testing.assert_allclose(strip_pixels(page, number)[[0, -1]], run.model.decode(ends), atol=0.01)

    fields = page.locator(".pair .stage > canvas:nth-of-type(1)")
    empty = fields.nth(1).evaluate(PICTURE)
    page.get_by_role("button", name="Magnification", exact=True).click()
    page.locator(".pair .scale span").wait_for()
    page.wait_for_url("**field=magnification**")
    page.wait_for_timeout(600)
    whole = fields.nth(1).evaluate(PICTURE)
    assert whole != empty
    scale = page.locator(".pair .scale")
    ends = scale.inner_text()
    page.locator(".pair .stage").nth(1).hover()
    page.mouse.wheel(0, -600)
    for _ in range(100):  # the region in view is measured anew, so the common scale is another
        if scale.inner_text() != ends:
            break
        page.wait_for_timeout(200)
    assert scale.inner_text() != ends
    assert fields.nth(1).evaluate(PICTURE) != whole

    page.get_by_role("button", name="Classes", exact=True).click()
    page.locator(".pair .scale").wait_for(state="hidden")
    page.get_by_text("PCA as a third plane").click()
    page.locator(".pair .rows canvas").nth(2).wait_for()
    page.wait_for_timeout(1500)
    assert strip_pixels(page, 2).max() > 0.3
