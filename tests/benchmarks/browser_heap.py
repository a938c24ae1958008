"""Whether the latent plane leaks: memory before, during and after minutes of dragging.

    streamlit run app.py &
    python -m tests.benchmarks.browser_heap http://127.0.0.1:8501 [--run RUN] [--minutes 10]

Prints, after a garbage collection each time, the JavaScript heap in megabytes and the number of DOM nodes and of event
listeners: at the start, ten times on the way, and at the end.
"""

import argparse
import time
from typing import Any

from tests.benchmarks.browser_plane import middle_of_the_plane, opened_browser

PAUSE = 0.03  # seconds between two moves: about 30 a second, which leaves a core to others
READINGS = 10


def reading(session: Any) -> str:
    session.send("HeapProfiler.collectGarbage")
    found = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    return f"{found['JSHeapUsedSize'] / 1e6:8.2f} {found['Nodes']:8.0f} {found['JSEventListeners']:10.0f}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--run", default="mnist-vae-2d")
    parser.add_argument("--minutes", type=float, default=10)
    given = parser.parse_args()
    with opened_browser() as page:
        page.goto(f"{given.url}/?run={given.run}")
        x, y = middle_of_the_plane(page)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        page.mouse.move(x, y)
        page.mouse.down()
        print(f"{'moves':>8} {'heap, MB':>8} {'nodes':>8} {'listeners':>10}")
        step = 0
        for part in range(READINGS + 1):
            began = time.perf_counter()
            while part and time.perf_counter() - began < 60 * given.minutes / READINGS:
                step += 1
                page.mouse.move(x + 150 * ((step % 120) / 60 - 1), y + 100 * ((step % 90) / 45 - 1))
                time.sleep(PAUSE)
            print(f"{step:8} {reading(session)}", flush=True)
        page.mouse.up()
        page.wait_for_timeout(1000)
        print(f"{'released':8} {reading(session)}")


if __name__ == "__main__":
    main()
