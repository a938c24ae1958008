"""The latent plane under the pointer: what a frame of a drag costs, and when the first picture is there.

    streamlit run app.py &
    python -m tests.benchmarks.browser_plane http://127.0.0.1:8501 [RUN]

Prints the milliseconds that a frame of a drag takes (decode, image, overlay, numbers), the gap between frames, and the
seconds from navigation to the first picture with the browser's cache warm.
"""

import shutil
import statistics
import sys
import tempfile
import time

from playwright.sync_api import sync_playwright

SECONDS = 5
WRAP = """
window.costs = [];
window.gaps = [];
const request = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) => request((now) => {
  const began = performance.now();
  callback(now);
  const cost = performance.now() - began;
  if (window.dragging) window.costs.push(cost);
});
const tick = (now) => {
  if (window.dragging && window.last) window.gaps.push(now - window.last);
  window.last = now;
  request(tick);
};
request(tick);
"""


def main(url: str, run: str) -> None:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        browser = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=shutil.which("chromium"),
            headless=True,
            args=["--no-sandbox", "--disable-gpu"],
            viewport={"width": 1440, "height": 960},
        )
        page = browser.pages[0]
        page.add_init_script(WRAP)
        firsts = []
        for _ in range(6):
            began = time.perf_counter()
            page.goto(f"{url}/?run={run}")
            page.locator(".facts dd").first.wait_for()
            firsts.append(time.perf_counter() - began)
            page.wait_for_timeout(1500)
        print(f"first picture, s    median {statistics.median(firsts[1:]):.2f}  cold {firsts[0]:.2f}")

        box = page.locator(".stage").bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.evaluate("window.dragging = true")
        began, step = time.perf_counter(), 0
        while time.perf_counter() - began < SECONDS:
            step += 1
            page.mouse.move(x + 150 * ((step % 120) / 60 - 1), y + 100 * ((step % 90) / 45 - 1))
        costs, gaps = page.evaluate("() => { window.dragging = false; return [window.costs, window.gaps]; }")
        page.mouse.up()
        browser.close()
    for name, values in (("decode and draw, ms", costs), ("frame gap, ms", gaps)):
        tail = statistics.quantiles(values, n=20)[-1]
        print(f"{name:20}median {statistics.median(values):.2f}  p95 {tail:.2f}  frames {len(values)}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "mnist-vae-2d")
