"""The README's moving pictures, taken from the app: a drag on Explore, and a training whose beta goes to 8 and back.

    python -m tests.benchmarks.moving_pictures docs/pictures

Writes drag.gif and training.gif, each below 1.5 MB, in Chromium's light theme.
"""

import argparse
import io
import math
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.conftest import serving
from tests.browser.driving import middle, next_frame, opened, wait_until
from tests.conftest import CHROMIUM, QUIET

WIDTH = 720  # pixels of a picture
COLOURS = 255
MOST = 1_500_000  # bytes
TURN = 36  # pictures of a drag
PART = 12  # pictures of a training before, at and after beta 8


def palette_of(frames: list[Image.Image], colours: int) -> Image.Image:
    """Colours for all of these pictures, as an image with that palette.

    A colour counts by the root of how often it is there: dots and digits are few pixels on a wide ground.
    """
    seen = np.concatenate([np.asarray(frame).reshape(-1, 3) for frame in frames]) & ~np.uint8(3) | np.uint8(2)
    each, counts = np.unique(seen, axis=0, return_counts=True)
    weighed = np.repeat(each, np.ceil(np.sqrt(counts)).astype(int), axis=0)
    return Image.fromarray(weighed[None]).quantize(colours, Image.Quantize.MEDIANCUT, kmeans=1)


def gif(frames: list[Image.Image], file: Path, milliseconds: int) -> None:
    """Write pictures of one size in the same colours; the last one stays for a second."""
    palette = palette_of(frames[:: max(1, len(frames) // 6)], COLOURS)
    reduced = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    lasting = [milliseconds] * (len(reduced) - 1) + [1000]
    reduced[0].save(file, save_all=True, append_images=reduced[1:], duration=lasting, loop=0, optimize=True)
    size = file.stat().st_size
    print(f"{file}: {len(frames)} pictures, {size / 1e6:.2f} MB")
    if size > MOST:
        raise SystemExit(f"{file} is larger than {MOST / 1e6:.1f} MB.")


def camera(page: Any, parts: str) -> Callable[[], Image.Image]:
    """Takes pictures of what a selector names, all of it together."""
    boxes = [each.bounding_box() for each in page.locator(parts).all()]
    left, top = min(box["x"] for box in boxes), min(box["y"] for box in boxes)
    right, bottom = max(box["x"] + box["width"] for box in boxes), max(box["y"] + box["height"] for box in boxes)
    clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}

    def take() -> Image.Image:
        picture = Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")
        return picture.resize((WIDTH, round(WIDTH * picture.height / picture.width)), Image.Resampling.LANCZOS)

    return take


def drag(page: Any, url: str) -> list[Image.Image]:
    """Once round the origin of the plane."""
    stage = opened(page, url)
    x, y = middle(stage)
    page.mouse.move(x + 120, y)
    page.mouse.down()
    take, frames = camera(page, ".stage, canvas.decoded"), []
    for k in range(TURN):
        angle = 2 * math.pi * k / TURN
        page.mouse.move(x + 120 * math.cos(angle), y - 90 * math.sin(angle))
        next_frame(page)
        frames.append(take())
    page.mouse.up()
    return frames


def training(page: Any, url: str) -> list[Image.Image]:
    """From the untrained network on; beta goes to 8 and back."""
    page.goto(f"{url}/training?images=10000&epochs=100")
    start = page.locator(".train .start:enabled")
    start.wait_for()
    samples = page.locator(".train canvas.samples")
    wait_until(page, lambda: bool(samples.bounding_box()), "samples")
    beta = page.get_by_label("β, the weight of the KL term")
    take = camera(page, ".train .steer, .train .single")
    frames = [take()]
    start.click()
    for value in (None, "8", "1"):
        beta.evaluate(
            """(slider, value) => {
              if (value === null) return;
              const stops = [...slider.parentElement.querySelectorAll(".stops span")].map((stop) => stop.textContent);
              slider.value = stops.indexOf(value);
              for (const type of ["input", "change"]) slider.dispatchEvent(new Event(type));
            }""",
            value,
        )
        for _ in range(PART):
            page.wait_for_timeout(150)
            frames.append(take())
    start.click()
    return frames


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as runs, serving(Path(runs)) as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=QUIET)
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme="light")
            page.set_default_timeout(90_000)
            gif(drag(page, url), folder / "drag.gif", 70)
            gif(training(page, url), folder / "training.gif", 140)
        finally:
            browser.close()


if __name__ == "__main__":
    main()
