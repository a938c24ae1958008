"""Whether a tab forgets: the bytes of its arrays while it steps through runs, and through k of the linear page.

    streamlit run app.py &
    python -m tests.benchmarks.browser_forgets http://127.0.0.1:8501 [--rounds 3]

Prints, after a garbage collection each time, megabytes of array buffers, of the JavaScript heap, and the number of DOM
nodes and of event listeners. From the second round on they must not grow.
"""

import argparse
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.browser_plane import opened_browser

STEPS = 12  # of k


def reading(session: Any) -> str:
    session.send("HeapProfiler.collectGarbage")
    usage = session.send("Runtime.getHeapUsage")
    found = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    sizes = [usage.get("backingStorageSize", 0), usage["usedSize"]]
    counts = [found["Nodes"], found["JSEventListeners"]]
    return " ".join([*(f"{size / 1e6:9.1f}" for size in sizes), *(f"{count:9.0f}" for count in counts)])


def runs(page: Any) -> Iterator[str]:
    """Each run, chosen in the sidebar and shown."""
    for dataset in ("MNIST", "Fashion-MNIST"):
        page.get_by_role("combobox", name="Dataset").click()
        page.get_by_role("option", name=dataset, exact=True).click()
        page.wait_for_timeout(1000)
        page.get_by_role("combobox", name="Run").click()
        names = page.get_by_role("option").all_inner_texts()
        page.keyboard.press("Escape")
        for name in names:
            page.get_by_role("combobox", name="Run").click()
            page.get_by_role("option", name=name, exact=True).click()
            page.locator(f".stage[aria-label^='Latent plane of {name}:']").wait_for()
            page.locator(".latent-plane[aria-busy=false]").wait_for()
            yield name


def dimensions(page: Any) -> Iterator[str]:
    """Each k of the linear page, trained and shown; up in one round, down in the next."""
    slider = page.get_by_role("slider", name="k, dimensions of the code")
    first = int(slider.get_attribute("aria-valuenow") or slider.input_value())
    ks = range(first + 1, first + STEPS + 1) if first < STEPS else range(first - 1, first - STEPS - 1, -1)
    for k in ks:
        slider.press("ArrowRight" if k > first else "ArrowLeft")
        page.locator(f".linear-ae[data-k='{k}'][aria-busy=false]").wait_for(timeout=60_000)
        yield f"k = {k}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with opened_browser() as page:
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        for path, ready, steps in (("/", ".facts dd", runs), ("/linear", ".linear-ae[data-k]", dimensions)):
            page.goto(given.url + path)
            page.locator(ready).first.wait_for(timeout=60_000)
            print(f"{path:24} {'arrays':>9} {'heap':>9} {'nodes':>9} {'listeners':>9}")
            for round_ in range(given.rounds):
                shown = list(steps(page))
                page.wait_for_timeout(1000)
                print(f"round {round_ + 1}, {len(shown)} shown {'':7} {reading(session)}", flush=True)


if __name__ == "__main__":
    main()
