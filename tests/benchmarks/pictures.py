"""The README's pictures of every page, taken from the app in Chromium's light theme at 1280 x 720.

python -m tests.benchmarks.pictures docs/pictures [PAGE ...]
"""

import argparse
import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from tests.benchmarks.moving_pictures import palette_of
from tests.browser.conftest import serving
from tests.browser.driving import at_rest, wait_until
from tests.conftest import CHROMIUM, QUIET
from vaeexplorer.data.datasets import load_dataset

PAGES = {
    "explore": ("", ".facts dd"),
    "from-x": ("from-x", ".loss .key-number"),
    "ae-vs-vae": ("ae-vs-vae", ".js-plotly-plot:visible"),  # which comes last
    "beta": ("beta?dims=16&beta=4", ".beta-dial svg"),
    "linear": ("linear", ".linear-ae canvas"),
    "training": ("training", ".train .start:enabled"),
    "runs": ("runs?runs=mnist-ae-2d-lecture,mnist-vae-2d-lecture", ".film-of-runs .said"),
    "images": ("images", "[data-testid=stFileUploader]"),
    "regularized": ("regularized", ".js-plotly-plot:visible"),
}
"""a page by the name of its picture: its address, and what is there once it shows something"""
COLOURS = 256
MOST = 1_500_000  # bytes, all together
STEPS = 1000  # of the training
BROUGHT = 600  # images


def still(page: Any) -> Image.Image:
    """A picture of the page once two in a row are the same."""
    last = b""

    def rests() -> bool:
        nonlocal last
        before, last = last, page.screenshot()
        page.wait_for_timeout(200)
        return bool(before == last)

    wait_until(page, rests, "a page at rest")
    return Image.open(io.BytesIO(last)).convert("RGB")


def trained(page: Any) -> None:
    """Some steps of a training, and a pause."""
    page.locator(".train .start:enabled").click()
    scrubber = page.get_by_label("Step of the training")
    wait_until(
        page,
        lambda: int((scrubber.get_attribute("aria-valuetext") or "0").rpartition(" ")[2].replace(",", "")) > STEPS,
        "the steps",
    )
    page.locator(".train .start").click()


def brought(page: Any) -> None:
    """Images of one's own, which the page shows."""
    data, file = load_dataset("mnist", "train", download=False), io.BytesIO()
    np.savez_compressed(file, images=data.images[:BROUGHT], labels=data.labels[:BROUGHT])
    given = {"name": "digits.npz", "mimeType": "application/octet-stream", "buffer": file.getvalue()}
    page.locator("input[type=file]").first.set_input_files(given)
    page.locator("[data-testid=stMain] img").first.wait_for()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=f"of {', '.join(PAGES)}; all by itself")
    options = parser.parse_args()
    folder: Path = options.folder
    folder.mkdir(exist_ok=True)
    done = {"training": trained, "images": brought}
    with tempfile.TemporaryDirectory() as runs, serving(Path(runs)) as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=QUIET)
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme="light")
            page.emulate_media(reduced_motion="reduce")
            page.set_default_timeout(90_000)
            for name in options.pages or PAGES:
                address, there = PAGES[name]
                page.goto(f"{url}/{address}")
                page.locator(there).first.wait_for()
                at_rest(page)
                if name in done:
                    done[name](page)
                    at_rest(page)
                seen = still(page)
                reduced = seen.quantize(palette=palette_of([seen], COLOURS), dither=Image.Dither.NONE)
                reduced.save(folder / f"{name}.png", optimize=True)
        finally:
            browser.close()
    size = sum(file.stat().st_size for file in folder.glob("*.png"))
    print(f"{folder}: {size / 1e6:.2f} MB of pictures")
    if size > MOST:
        raise SystemExit(f"Together they are larger than {MOST / 1e6:.1f} MB.")


if __name__ == "__main__":
    main()
