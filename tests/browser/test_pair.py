"""AE vs VAE in the browser: one cursor in all planes, ways that follow a drag, fields that arrive."""

import functools
from typing import Any

import numpy as np
import pytest

from tests.browser.driving import changed, grey, picture, wait_until
from vaeexplorer.browser import bundle
from vaeexplorer.runs.folder import Run, load_run


def strip_pixels(page: Any, number: int) -> np.ndarray:
    """The 17 images of a strip, [17, 28, 28] in [0, 1]."""
    sheet = grey(page.locator(".pair .rows canvas").nth(number)) / 255
    return np.stack([sheet[:, 30 * k : 30 * k + 28] for k in range(17)])


def wait_for_ways(page: Any, runs: list[Run], pair: tuple[int, int]) -> None:
    """Until each strip shows what its run decodes on the straight way from one test image's code to the other's."""
    for number, run in enumerate(runs):
        ends = run.codes.mean[list(pair)]
        way = run.model.decode(ends[0] + np.linspace(0, 1, 17)[:, None] * (ends[1] - ends[0]))

        def shown(number: int = number, way: np.ndarray = way) -> bool:
            return bool(np.abs(strip_pixels(page, number) - way).max() <= 0.01)

        wait_until(page, shown, f"the way from {pair[0]} to {pair[1]} in {run.name}")


@pytest.mark.browser
def test_a_dragged_end_moves_in_both_planes_and_both_ways_follow(server: str, chromium: Any) -> None:
    page = chromium
    page.goto(f"{server}/ae-vs-vae?run=mnist-vae-2d")
    page.locator(".pair .end canvas").first.wait_for()
    page.locator(".pair .stage").nth(1).wait_for()
    page.get_by_text("7 · test #0", exact=True).wait_for()
    runs = [load_run("mnist-vae-2d"), load_run("mnist-ae-2d")]
    wait_for_ways(page, runs, (18, 0))

    overlays, ways = page.locator(".pair .stage > canvas:nth-of-type(3)"), page.locator(".pair .rows canvas")
    shown = [canvases.nth(k) for canvases in (overlays, ways) for k in range(2)]
    before = [picture(canvas) for canvas in shown]
    box = page.locator(".pair .stage").first.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.6 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.6 * box["height"], steps=6)
    for canvas, then in zip(shown, before, strict=True):
        changed(page, functools.partial(picture, canvas), then)
    assert "pair=" not in page.url  # told once the gesture is over
    page.mouse.up()
    page.wait_for_url("**pair=**")
    first, second = map(int, page.url.split("pair=")[1].split("&")[0].split("-"))
    assert (first == 18) != (second == 0)  # one end has moved
    wait_for_ways(page, runs, (first, second))

    field = page.locator(".pair .stage > canvas:nth-of-type(1)").nth(1)
    empty = picture(field)
    page.get_by_role("button", name="Magnification", exact=True).click()
    page.locator(".pair .scale span").wait_for()
    page.wait_for_url("**field=magnification**")
    whole = changed(page, lambda: picture(field), empty)
    scale = page.locator(".pair .scale")
    ends = scale.inner_text()
    page.locator(".pair .stage").nth(1).hover()
    page.mouse.wheel(0, -600)
    changed(page, scale.inner_text, ends)  # the region in view is measured anew, so the common scale is another
    changed(page, lambda: picture(field), whole)

    page.get_by_role("button", name="Classes", exact=True).click()
    page.locator(".pair .scale").wait_for(state="hidden")
    page.get_by_text("PCA as a third plane").click()
    page.locator(".pair .rows canvas").nth(2).wait_for()
    wait_until(page, lambda: bool(strip_pixels(page, 2).max() > 0.3), "a way that PCA decodes")


def test_a_heading_of_a_hundred_letters_stays_in_its_column(chromium: Any) -> None:
    name = "m" * 100
    column = f"<section><h4>VAE<small>{name}</small></h4></section>"
    way = f"<figure><figcaption><b>VAE</b><span>{name}</span></figcaption></figure>"
    chromium.set_content(
        f"<style>{bundle.style('pair/pair.css')}</style><div class='latent-plane pair' style='width: 640px'>"
        f"<div class='panes'>{2 * column}</div><div class='ways'><i></i><div class='rows'>{way}</div></div></div>"
    )
    for box in chromium.locator("section, figure").all():
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
