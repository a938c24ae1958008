"""AE vs VAE in the browser: one cursor in all planes, ways that follow a drag, fields that arrive."""

import functools
from typing import Any

import numpy as np
import pytest

from tests.browser.accessible import examine
from tests.browser.driving import changed, grey, picture, wait_until
from vaeexplorer.browser import bundle
from vaeexplorer.runs.folder import Run, load_run


def strip_pixels(page: Any, number: int) -> np.ndarray:
    """The 15 images of a strip, [15, 28, 28] in [0, 1]."""
    sheet = grey(page.locator(".pair .strip > canvas").nth(number)) / 255
    return np.stack([sheet[:, 30 * k : 30 * k + 28] for k in range(15)])


def wait_for_ways(page: Any, runs: list[Run], pair: tuple[int, int]) -> None:
    """Until each strip shows what its run decodes on the straight way from one test image's code to the other's."""
    for number, run in enumerate(runs):
        ends = run.codes.mean[list(pair)]
        way = run.model.decode(ends[0] + np.linspace(0, 1, 15)[:, None] * (ends[1] - ends[0]))

        def shown(number: int = number, way: np.ndarray = way) -> bool:
            return bool(np.abs(strip_pixels(page, number) - way).max() <= 0.01)

        wait_until(page, shown, f"the way from {pair[0]} to {pair[1]} in {run.name}")


@pytest.mark.browser
def test_a_dragged_end_moves_in_both_planes_and_both_ways_follow(server: str, chromium: Any) -> None:
    page = chromium
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{server}/ae-vs-vae?run=mnist-vae-2d")
    page.locator(".pair .end canvas").first.wait_for()
    page.locator(".pair .stage").nth(1).wait_for()
    page.get_by_text("0 · #7953", exact=True).wait_for()
    runs = [load_run("mnist-vae-2d"), load_run("mnist-ae-2d")]
    wait_for_ways(page, runs, (4524, 7953))
    examine(page)

    # A chosen pair, said to be, and both ways with their distances above the fold.
    typical = page.locator(".pair .typical")
    assert typical.inner_text().startswith("41 %")
    assert "here: chosen." in typical.inner_text()
    page.locator(".pair .numbers .worst").nth(1).wait_for()
    for part in (".stage >> nth=0", ".stage >> nth=1", ".typical", ".numbers >> nth=1"):
        box = page.locator(f".pair {part}").bounding_box()
        assert box["y"] + box["height"] <= 720, part
    far = page.locator(".pair .numbers >> nth=1").locator("span").all_inner_texts()
    assert max(range(15), key=lambda k: float(far[k])) in (7, 8)  # the middle of the AE's way, in its hole

    # A tile that is pointed at has its place on both planes, and its nearest training image.
    overlay = page.locator(".pair .stage > canvas:nth-of-type(3)")
    plain = [picture(overlay.nth(k)) for k in range(2)]
    page.locator(".pair .strip").nth(1).hover()
    page.get_by_text(f"nearest training image, {far[7]}").first.wait_for()
    for k, then in enumerate(plain):
        changed(page, functools.partial(picture, overlay.nth(k)), then)
    page.mouse.move(0, 0)

    # One scale for both, and classes that hide in both.
    dots = page.locator(".pair .stage > canvas:nth-of-type(2)")
    wide = picture(dots.first)
    page.get_by_role("button", name="Same scale").click()
    page.wait_for_url("**same=1**")
    changed(page, lambda: picture(dots.first), wide)
    page.get_by_role("button", name="Same scale").click()
    wait_until(page, lambda: picture(dots.first) == wide, "the former scale")
    shown = [picture(dots.nth(k)) for k in range(2)]
    page.locator(".pair .filter button").nth(1).dblclick()
    page.wait_for_url("**hidden=0,2,3,4,5,6,7,8,9**")
    for k, then in enumerate(shown):
        changed(page, functools.partial(picture, dots.nth(k)), then)
    page.locator(".pair .filter button").nth(1).dblclick()

    # The next pair is bad in the other space.
    page.get_by_role("button", name="Another pair").click()
    page.wait_for_url("**pair=7916-8764**")
    assert typical.inner_text().startswith("59 %")
    assert "worse in the VAE" in typical.inner_text()
    page.get_by_role("button", name="Another pair").click()
    page.get_by_text("here: random.").wait_for()

    overlays, ways = page.locator(".pair .stage > canvas:nth-of-type(3)"), page.locator(".pair .strip > canvas")
    shown = [canvases.nth(k) for canvases in (overlays, ways) for k in range(2)]
    before = [picture(canvas) for canvas in shown]
    box = page.locator(".pair .stage").first.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.6 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.6 * box["height"], steps=6)
    for canvas, then in zip(shown, before, strict=True):
        changed(page, functools.partial(picture, canvas), then)
    there = page.url  # told once the gesture is over
    page.mouse.up()
    page.wait_for_url(lambda url: url != there)
    one, other = (list(map(int, url.split("pair=")[1].split("&")[0].split("-"))) for url in (there, page.url))
    assert sum(a == b for a, b in zip(one, other, strict=True)) == 1  # one end has moved
    assert "here: yours." in typical.inner_text()
    first, second = other
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
    page.locator(".pair .strip > canvas").nth(2).wait_for()
    wait_until(page, lambda: bool(strip_pixels(page, 2).max() > 0.3), "a way that PCA decodes")


def test_a_heading_of_a_hundred_letters_stays_in_its_column(chromium: Any) -> None:
    name = "m" * 100
    column = f"<section><h2>VAE<small>{name}</small></h2></section>"
    way = f"<figure><figcaption><b>VAE</b><span>{name}</span></figcaption></figure>"
    chromium.set_content(
        f"<style>{bundle.style('pair/pair.css')}</style><div class='latent-plane pair' style='width: 640px'>"
        f"<div class='panes'>{2 * column}</div><div class='ways'><i></i><div class='rows'>{way}</div></div></div>"
    )
    for box in chromium.locator("section, figure").all():
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
