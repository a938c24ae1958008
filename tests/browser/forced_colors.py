"""Where the system forces its colours: sliders are seen, swatches keep theirs, and what is pressed differs."""

import io
from typing import Any

import numpy as np
from PIL import Image

from tests.browser.driving import next_frame


def shot(element: Any) -> np.ndarray:
    """What is seen of an element, RGB, [H, W, 3]."""
    return np.asarray(Image.open(io.BytesIO(element.screenshot())).convert("RGB"), dtype=int)


def columns_with_a_mark(element: Any) -> np.ndarray:
    """Which columns of pixels differ from the element's corner, [W]."""
    seen = shot(element)
    found: np.ndarray = (np.abs(seen - seen[0, 0]).sum(2) > 60).any(0)
    return found


TRACKS = {
    "From x to x′": ".from-x .noise .slider input",
    "Turn β": ".beta-dial .track input",
    "regularized?beside=mnist-ae-2d": ".card .bar",
}
"""a slider, or a bar, of a page, by the page's link or address"""


def look_at(page: Any, name: str) -> None:
    """Force the colours of an open page, one of `TRACKS` or else the plane, look at them, and let them go."""
    page.emulate_media(forced_colors="active")
    next_frame(page)
    if name in TRACKS:
        page.locator(".latent-plane[aria-busy=true]").first.wait_for(state="detached")
        # The first one that is seen: a page may hide others, and while pages change, those of the last are hidden.
        assert columns_with_a_mark(page.locator(TRACKS[name]).filter(visible=True).first).mean() > 0.8
    else:
        for slider in page.locator(".slider input").all():
            assert columns_with_a_mark(slider).mean() > 0.8  # a track from end to end, and a thumb on it
        swatches = {tuple(shot(swatch)[6, 6]) for swatch in page.locator(".legend i").all()}
        assert len(swatches) == 10
        pressed, free = (shot(page.get_by_role("button", name=name, exact=True)) for name in ("manifold", "lasso"))
        assert np.abs(pressed[8, 4] - free[8, 4]).sum() > 100
    page.emulate_media(forced_colors="none")
