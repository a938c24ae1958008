"""The latent plane under the pointer: what a frame of a drag costs, and when the first picture is there.

    streamlit run app.py &
    python -m tests.benchmarks.browser_plane http://127.0.0.1:8501 [--run RUN] [--points 70000]

Prints the seconds from navigation to the first picture with the browser's cache warm; the milliseconds that a frame of
a drag takes (decode, image, overlay) and what follows it at its own pace (numbers, nearest images, marks); the gap
between frames while dragging z and while moving the view; and the same of moving the view with images in place of
dots, small and large, beside dots. With `--points`, the test codes are replaced by that many,
drawn from their posteriors.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from vaeexplorer.browser.packing.network import pack_codes
from vaeexplorer.network.inference import Codes
from vaeexplorer.runs.folder import load_run

SECONDS = 5
SIZES = (0, 14, 28, 56)  # of images in place of dots, pixels; 0: dots
WRAP = """
window.costs = { frame: [], aside: [] };
window.gaps = [];
const timed = (schedule, name) => (callback, ...more) => schedule((...given) => {
  const began = performance.now();
  callback(...given);
  if (window.dragging) window.costs[name].push(performance.now() - began);
}, ...more);
const request = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = timed(request, "frame");
window.setTimeout = timed(window.setTimeout.bind(window), "aside");
const tick = (now) => {
  if (window.dragging && window.last) window.gaps.push(now - window.last);
  window.last = now;
  request(tick);
};
request(tick);
"""
STOP = """() => {
  const measured = [window.costs.frame, window.costs.aside, window.gaps];
  window.dragging = false;
  window.costs = { frame: [], aside: [] };
  window.gaps = [];
  return measured;
}"""


@contextmanager
def opened_browser() -> Iterator[Any]:
    """A page of Chromium, as large as a laptop's screen."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        browser = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=shutil.which("chromium"),
            headless=True,
            args=["--no-sandbox", "--disable-gpu"],
            viewport={"width": 1440, "height": 960},
        )
        yield browser.pages[0]
        browser.close()


def middle_of_the_plane(page: Any) -> tuple[float, float]:
    page.locator(".facts dd").first.wait_for()
    page.wait_for_timeout(1500)
    box = page.locator(".stage").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Any, x: float, y: float, seconds: float) -> None:
    """With the button down already, to and fro about a point for so long."""
    began, step = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        step += 1
        page.mouse.move(x + 150 * ((step % 120) / 60 - 1), y + 100 * ((step % 90) / 45 - 1))


def many_codes(name: str, count: int) -> bytes:
    """The run's codes packed, `count` draws from their posteriors instead of one mean an image."""
    run, rng = load_run(name), np.random.default_rng(0)
    which = np.arange(count) % len(run.codes.mean)
    mean, logvar = run.codes.mean[which], None if run.codes.logvar is None else run.codes.logvar[which]
    spread = 0.05 if logvar is None else np.exp(logvar / 2)
    codes = Codes((mean + spread * rng.standard_normal(mean.shape)).astype(np.float32), logvar)
    numbers = rng.random(count, np.float32)
    return pack_codes(codes, which % 10, numbers, None if logvar is None else numbers)


def pulled(page: Any, key: str | None) -> list[list[float]]:
    """Drag for a while, with a key held down or without; costs of frames and of what follows them, and gaps, in ms."""
    x, y = middle_of_the_plane(page)
    page.mouse.move(x, y)
    if key:
        page.keyboard.down(key)
    page.mouse.down()
    page.evaluate("window.dragging = true")
    drag(page, x, y, SECONDS)
    measured: list[list[float]] = page.evaluate(STOP)
    page.mouse.up()
    if key:
        page.keyboard.up(key)
    return measured


def show(name: str, values: list[float]) -> None:
    if len(values) > 1:
        tail = statistics.quantiles(values, n=20)[-1]
        print(f"{name:24}median {statistics.median(values):.2f}  p95 {tail:.2f}  count {len(values)}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--run", default="mnist-vae-2d")
    parser.add_argument("--points", type=int)
    given = parser.parse_args()
    with opened_browser() as page:
        page.add_init_script(WRAP)
        if given.points:
            body = many_codes(given.run, given.points)
            page.add_init_script("Object.defineProperty(crypto, 'subtle', {})")  # the address names other bytes
            page.route("**/codes-*.bin", lambda route: route.fulfill(body=body))
        firsts = []
        for _ in range(2 if given.points else 6):
            began = time.perf_counter()
            page.goto(f"{given.url}/?run={given.run}")
            page.locator(".facts dd").first.wait_for()
            firsts.append(time.perf_counter() - began)
            page.wait_for_timeout(1500)
        print(f"first picture, s    median {statistics.median(firsts[1:]):.2f}  cold {firsts[0]:.2f}")
        print(page.locator(".stage").get_attribute("aria-label").split(" as dots")[0])

        for name, values in zip(
            ("decode and draw, ms", "what follows, ms", "gap, drag, ms"), pulled(page, None), strict=True
        ):
            show(name, values)
        for size in SIZES:
            page.goto(f"{given.url}/?run={given.run}&images={size}")
            frames, _, gaps = pulled(page, "Shift")
            show(f"view, {size or 'dots'}, ms", frames)
            show(f"gap, {size or 'dots'}, ms", gaps)


if __name__ == "__main__":
    main()
