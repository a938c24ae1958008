"""Where the system forces its colours: sliders are seen, swatches keep theirs, and what is pressed differs."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.browser.driving import follow, opened


def shot(element: Any) -> np.ndarray:
    """What is seen of an element, RGB, [H, W, 3]."""
    return np.asarray(Image.open(io.BytesIO(element.screenshot())).convert("RGB"), dtype=int)


def columns_with_a_mark(element: Any) -> np.ndarray:
    """Which columns of pixels differ from the element's corner, [W]."""
    seen = shot(element)
    found: np.ndarray = (np.abs(seen - seen[0, 0]).sum(2) > 60).any(0)
    return found


@pytest.mark.browser
def test_sliders_swatches_and_pressed_buttons_are_seen(server: str, chromium: Any) -> None:
    page = chromium
    page.emulate_media(forced_colors="active", color_scheme="dark")
    opened(page, f"{server}/?run=mnist-vae-2d")
    for slider in page.locator(".slider input").all():
        assert columns_with_a_mark(slider).mean() > 0.8  # a track from end to end, and a thumb on it
    swatches = {tuple(shot(swatch)[6, 6]) for swatch in page.locator(".legend i").all()}
    assert len(swatches) == 10
    pressed, free = (shot(page.get_by_role("button", name=name, exact=True)) for name in ("manifold", "lasso"))
    assert np.abs(pressed[8, 4] - free[8, 4]).sum() > 100
    for link, track in (("From x to x′", ".from-x .noise .slider input"), ("Turn β", ".beta-dial .track input")):
        follow(page, link)
        page.locator(track).first.wait_for()
        page.locator(".latent-plane[aria-busy=false]").wait_for()
        # The first one that is seen: a page may hide others, and while pages change, those of the last are hidden.
        assert columns_with_a_mark(page.locator(track).filter(visible=True).first).mean() > 0.8
    follow(page, "Is it regularized?")
    bar = page.locator(".card .bar").first
    bar.wait_for()
    assert columns_with_a_mark(bar).mean() > 0.8
