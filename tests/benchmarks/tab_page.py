"""The page Training as a visitor has it, in Chromium, while a network learns in the tab.

    python -m tests.benchmarks.tab_page

A server of its own serves the app; the page's own defaults are trained. Prints, beside what is wanted: seconds from
Start to the first moving picture, pictures and frames a second, what an event of a drag costs (decode, picture,
overlay), an epoch of 10,000 images and the CPU time of each thread meanwhile, the loss on the test images after 30 s,
by how much the browser has grown, and the share of a core that the server used; and on Explore, 400 images decoded by
the page's worker. The machine's load is printed: other work disturbs all of these.
"""

import os
import re
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.benchmarks.browser_plane import drag
from tests.browser.conftest import serving
from tests.browser.driving import middle, wait_until
from tests.conftest import CHROMIUM, QUIET

PERIOD = 6.0  # seconds of each measurement
IMAGES = re.compile("/vx/(?!scripts)[a-z-]+/train-")  # addresses of training images
LEARNING = 30.0  # seconds after which the loss counts
FRESH = 20.0  # seconds of training on a page that was opened by its address

# Notes when the images of the samples change, when frames come, and what each event of a drag costs.
PROBE = """(root) => {
  const samples = root.querySelector("canvas.samples"), stage = root.querySelector(".stage"),
    probe = (root.probe = { pictures: [], frames: [], moves: [], started: 0 });
  const look = () => {
    const { data } = samples.getContext("2d").getImageData(0, 0, samples.width, samples.height);
    let sum = 0;
    for (let i = 0; i < data.length; i += 36) sum += data[i] * (1 + (i % 1009));
    return sum;
  };
  let before = look();
  const tick = () => {
    const now = performance.now(), seen = look();
    probe.frames.push(now);
    if (seen !== before) probe.pictures.push(now);
    before = seen;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  const move = stage.onpointermove;
  stage.onpointermove = (event) => {
    const began = performance.now();
    move(event);
    if (event.buttons) probe.moves.push(performance.now() - began);
  };
}"""
START = """(root) => {
  root.probe.started = performance.now();
  root.querySelector(".start").click();
}"""
# Seconds from a press on "One epoch" to the step at its end, as the page shows it.
EPOCH = """([root, last]) => new Promise((resolve) => {
  const track = root.querySelector("[aria-label='Step of the training']"), began = performance.now();
  const look = () => {
    if (Number(track.getAttribute("aria-valuetext").split(" ").at(-1)) < last) return;
    seen.disconnect();
    resolve((performance.now() - began) / 1000);
  };
  const seen = new MutationObserver(look);
  seen.observe(track, { attributeFilter: ["aria-valuetext"] });
  [...root.querySelectorAll("button")].find(({ textContent }) => textContent === "One epoch").click();
})"""
# The workers that a page begins.
WORKERS = """
window.begun = [];
window.Worker = class extends Worker {
  constructor(...given) {
    super(...given);
    begun.push(this);
  }
};
"""
# Milliseconds of 400 images, from the request to the last of them: the page's own worker, which answers in parts.
DECODE = """async () => {
  const [worker] = begun, zs = Float32Array.from({ length: 800 }, (_, i) => 3 * Math.sin(i)), times = [];
  for (let id = 1e6; id < 1e6 + 15; id++) {
    const began = performance.now();
    await new Promise((resolve) => {
      const take = ({ data }) => {
        if (data.id !== id || !data.done) return;
        worker.removeEventListener("message", take);
        resolve();
      };
      worker.addEventListener("message", take);
      worker.postMessage({ kind: "gallery", id, zs, dim: 2 });
    });
    times.push(performance.now() - began);
  }
  return times.slice(5);
}"""
TAKE = """(root) => {
  const { pictures, frames, moves, started } = root.probe;
  Object.assign(root.probe, { pictures: [], frames: [], moves: [] });
  return { pictures: pictures.map((at) => at - started), frames, moves };
}"""


@contextmanager
def opened() -> Iterator[tuple[Any, Any]]:
    """Pages of Chromium as large as a laptop's screen, and the browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=QUIET)
        try:
            context = browser.new_context(viewport={"width": 1280, "height": 720})
            context.set_default_timeout(90_000)
            yield context, browser
        finally:
            browser.close()


def resident(browser: Any) -> float:
    """MB of the processes that show pages, with their workers; memory that processes share counts by their share."""
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    total = 0
    for process in processes:
        if process["type"] == "renderer":
            lines = Path(f"/proc/{process['id']}/smaps_rollup").read_text(encoding="utf-8").splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1e3


def used(process: int) -> float:
    """Seconds of a core that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def tail(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def step(page: Any) -> int:
    text: str = page.get_by_label("Step of the training").get_attribute("aria-valuetext") or "0"
    return int(text.rpartition(" ")[2])


def threads(browser: Any) -> dict[str, float]:
    """Seconds of a core that each thread of the browser has used, those of one name in one process together."""
    used: dict[str, float] = defaultdict(float)
    for process in browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]:
        for task in Path(f"/proc/{process['id']}/task").iterdir():
            try:
                text = (task / "stat").read_text()
            except FileNotFoundError:  # it has ended
                continue
            name, fields = text[text.index("(") + 1 : text.rindex(")")], text.rpartition(")")[2].split()
            name += f" {task.name}" if name == "DedicatedWorker" else ""
            used[f"{process['type']}: {name}"] += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


def ready(page: Any) -> Any:
    """The widget, once it can begin, with the probe in it."""
    page.locator(".train .start:enabled").wait_for()
    page.wait_for_timeout(2000)  # the page around it comes to rest
    widget = page.locator(".train")
    widget.evaluate(PROBE)
    return widget


def main() -> None:
    print(f"load {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as runs, serving(Path(runs)) as (url, server), opened() as (context, browser):
        page = context.new_page()
        page.route(IMAGES, lambda route: route.abort())
        page.goto(f"{url}/training")
        page.locator(".train .message", has_text="could not be loaded").wait_for()
        page.wait_for_timeout(4000)
        without = resident(browser)
        page.close()
        page = context.new_page()
        page.goto(f"{url}/training")  # images are in the browser's cache after this
        page.locator(".train .start:enabled").wait_for()
        page.locator(".train .start").click()
        page.wait_for_timeout(1000 * FRESH)
        page.locator(".train .start").click()
        page.wait_for_timeout(1500)
        fresh = resident(browser)
        page.close()
        page = context.new_page()
        page.goto(url)
        page.locator(".facts dd").first.wait_for()
        began = time.perf_counter()
        page.get_by_role("link", name="Training").click()
        page.locator(".train .start:enabled").wait_for()
        opening = time.perf_counter() - began
        widget = ready(page)
        idle = resident(browser)

        at_rest, since = used(server.pid), time.perf_counter()
        widget.evaluate(START)
        page.wait_for_timeout(1000 * PERIOD)
        alone = widget.evaluate(TAKE)
        x, y = middle(page.locator(".train .stage"))
        page.mouse.move(x, y)
        page.mouse.down()
        drag(page, x, y, PERIOD)
        page.mouse.up()
        dragged = widget.evaluate(TAKE)
        page.wait_for_timeout(max(0, 1000 * (LEARNING - (time.perf_counter() - since))))
        busy = (used(server.pid) - at_rest) / (time.perf_counter() - since)
        page.locator(".train .start").click()
        wait_until(page, lambda: page.locator(".train .start").inner_text() == "Start", "a pause")
        page.wait_for_timeout(700)  # the last test
        steps, loss = step(page), page.locator(".train .value output").nth(2).inner_text()
        grown = resident(browser)

        page.goto(f"{url}/training?images=10000")
        page.locator(".train .start:enabled").wait_for()
        page.wait_for_timeout(2000)
        handle, epochs = page.locator(".train").element_handle(), []
        for number in range(1, 6):
            if number == 2:  # machine code is there
                before, since = threads(browser), time.perf_counter()
            epochs.append(page.evaluate(EPOCH, [handle, 79 * number]))
        cores = {
            name: (total - before[name]) / (time.perf_counter() - since) for name, total in threads(browser).items()
        }

        page.add_init_script(WORKERS)
        page.goto(url)
        page.locator(".facts dd").first.wait_for()
        page.wait_for_timeout(2000)
        decoded = page.evaluate(DECODE)
    print(f"load {os.getloadavg()[0]:.1f} after\n")
    first = alone["pictures"][0] / 1000
    gaps = [b - a for a, b in zip(alone["frames"], alone["frames"][1:], strict=False)]
    shown = len(alone["pictures"]) / (PERIOD - first)
    for value, words in (
        (f"{opening:.2f} s", "from another page to a training that can begin, images cached"),
        (f"{first:.2f} s", "from Start to the first moving picture (at most .6 wanted)"),
        (f"{shown:.1f}", "pictures a second while it trains (at least 10)"),
        (f"{1000 / statistics.mean(gaps):.0f}", f"frames a second; the gap's p95 is {tail(gaps):.0f} ms"),
        (f"{tail(dragged['moves']):.2f} ms", f"an event of a drag, p95 of {len(dragged['moves'])} (at most 4)"),
        (f"{statistics.median(dragged['moves']):.2f} ms", "the same, median"),
        (f"{min(epochs[1:]):.2f} s", "10,000 images of the default: the best of four epochs (at most .8)"),
        (f"{statistics.median(epochs[1:]):.2f} s", "the same, median"),
        (loss, f"test loss of the default after {LEARNING:.0f} s, {steps} steps (at most 146)"),
        (
            f"{idle - without:.0f} MB",
            f"growth with a training that can begin, over the same page without, {without:.0f} MB",
        ),
        (f"{grown - without:.0f} MB", f"the same after {LEARNING:.0f} s of training, Explore's images among them"),
        (f"{fresh - without:.0f} MB", f"growth of a page opened by its address, after {FRESH:.0f} s (at most 200)"),
        (f"{busy:.1%}", "of a core used by the server meanwhile"),
        (f"{statistics.median(decoded):.1f} ms", "400 images of mnist-vae-2d on Explore, median of ten (at most 25)"),
    ):
        print(f"{value:>9}  {words}")
    print("\nshare of a core during these epochs")
    for name, share in sorted(cores.items(), key=lambda each: -each[1])[:8]:
        print(f"{share:9.2f}  {name}")


if __name__ == "__main__":
    main()
