"""Real browsers among the visitors of a class: they open a page, drag, and turn to the next."""

import shutil
import tempfile
import time
from asyncio import Barrier
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.async_api import Error, async_playwright

PATHS = ("", "from-x", "ae-vs-vae", "training", "beta")


@contextmanager
def polite() -> Iterator[Path]:
    """Chromium that runs when nothing else would: what it takes here is taken from no server in a class.

    Not by `nice`, since Chromium raises its priority where it may, as for root.
    """
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "chromium"
        script.write_text(f'#!/bin/sh\nexec chrt --idle 0 {shutil.which("chromium")} "$@"\n', encoding="utf-8")
        script.chmod(0o755)
        yield script


async def watch(port: int, seconds: float, errors: list[str], opened: Barrier) -> None:
    """One browser for so many seconds; prints when the first picture was there, and notes what goes wrong.

    The people of a class have their browsers open, and on machines of their own: only what a browser does with the
    page is measured, from when all of them are `opened`, and it gives way to the server.
    """
    async with async_playwright() as playwright:
        with polite() as chromium:  # which is read once
            browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        page.on("pageerror", lambda error: errors.append(f"browser: {error}"))
        await opened.wait()
        end, number = time.monotonic() + seconds, 0
        try:
            start = time.perf_counter()
            await page.goto(f"http://127.0.0.1:{port}/")
            await page.wait_for_selector(".facts dd", timeout=60_000)
            print(f"  a browser has its first picture after {time.perf_counter() - start:.2f} s")
            while time.monotonic() < end:
                await page.wait_for_timeout(4000)
                number += 1
                await page.goto(f"http://127.0.0.1:{port}/{PATHS[number % len(PATHS)]}")
                await page.wait_for_selector("h1", timeout=60_000)
                if stage := await page.query_selector(".stage"):
                    await stage.click(position={"x": 100, "y": 120}, timeout=20_000)
                if await page.query_selector("[data-testid=stException]"):
                    errors.append(f"browser: {page.url} shows an exception")
        except Error as error:
            errors.append(f"browser: {error}")
        finally:
            await browser.close()
