"""How tests drive the app in a browser, and wait for what it shows."""

import base64
import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")
PATIENCE = 90.0  # seconds after which what did not come true never will
LAST_PIXEL = """canvas => canvas.getContext("2d").getImageData(canvas.width - 1, canvas.height - 1, 1, 1).data[3]"""


def wait_until(page: Any, true: Callable[[], bool], what: str) -> None:
    """Until this is true; fails after `PATIENCE` seconds, saying what was waited for."""
    deadline, pause = time.monotonic() + PATIENCE, 10.0  # ms: longer and longer, as each look costs the page some
    while not true():
        assert time.monotonic() < deadline, f"never came true: {what}"
        page.wait_for_timeout(pause)
        pause = min(1.2 * pause, 100.0)


def changed(page: Any, look: Callable[[], T], before: T) -> T:
    """What is seen once it differs from what was seen before."""
    seen = before

    def differs() -> bool:
        nonlocal seen
        seen = look()
        return seen != before

    wait_until(page, differs, "a change")
    return seen


def rested(page: Any, look: Callable[[], T]) -> T:
    """What is seen once five frames in a row have not changed it."""
    seen, same = look(), 0

    def rests() -> bool:
        nonlocal seen, same
        next_frame(page)
        now = look()
        seen, same = now, same + 1 if now == seen else 0
        return same == 5

    wait_until(page, rests, "rest")
    return seen


def next_frame(page: Any) -> None:
    """Until the browser has drawn what the last events have led to."""
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


def at_rest(page: Any) -> None:
    """Until Streamlit runs no script."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def follow(page: Any, name: str) -> None:
    """Press a link of the sidebar. One that Streamlit draws anew while it is pressed does not hear of it."""
    at_rest(page)
    page.get_by_role("link", name=name, exact=True).click()


def opened(page: Any, url: str) -> Any:
    """The plane, once it shows z, its strips are decoded and Streamlit has come to rest."""
    page.goto(url)
    stage = page.locator(".stage")
    stage.wait_for()
    page.locator(".facts dd").first.wait_for()
    strip = page.locator("section.strips canvas").first
    wait_until(page, lambda: bool(strip.evaluate(LAST_PIXEL) == 255), "a decoded strip")
    at_rest(page)
    return stage


def pixels(page: Any) -> str:
    return picture(page.locator("canvas.decoded").first)


PICTURE = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let hash = 0;
  for (const pixel of new Uint32Array(data.buffer)) hash = Math.imul(hash ^ pixel, 16777619);
  return `${canvas.width} x ${canvas.height}: ${hash}`;
}"""


def picture(canvas: Any) -> str:
    """What a canvas shows, as text: its size and a hash (FNV-1a, of pixels), which takes less than `toDataURL`."""
    text: str = canvas.evaluate(PICTURE)
    return text


GREY = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, 28);
  return btoa(Array.from({ length: data.length / 4 }, (_, k) => String.fromCharCode(data[4 * k])).join(""));
}"""


def grey(canvas: Any) -> np.ndarray:
    """The grey levels of a canvas of images that lie side by side, [28, W]."""
    levels: np.ndarray = np.frombuffer(base64.b64decode(canvas.evaluate(GREY)), np.uint8).reshape(28, -1)
    return levels.astype(int)


RGBA = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return [canvas.height, canvas.width, btoa(Array.from(data, (level) => String.fromCharCode(level)).join(""))];
}"""


def rgb(canvas: Any) -> np.ndarray:
    """The colours of a canvas, [H, W, 3]."""
    height, width, text = canvas.evaluate(RGBA)
    levels: np.ndarray = np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)
    return levels[..., :3].astype(int)


def middle(stage: Any) -> tuple[float, float]:
    box = stage.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
