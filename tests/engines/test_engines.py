"""The app in Firefox and in WebKit: its pages, a drag, a drawing, Back, a training, an export, a reload."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.browser.session_page import RUN, known_hash, write_page
from tests.engines.browsers import Engine
from vaeexplorer.export.explorer import export_html
from vaeexplorer.runs.folder import load_run

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
PATIENCE = 60.0  # seconds
SMOOTH = 40.0  # ms of a frame of a drag: 25 a second, drawn without a graphics card on a machine that does much else
PAGES = {
    "": ".facts dd",
    "from-x": ".loss .key-number",
    "ae-vs-vae": ".pair .stage",
    "beta": ".beta-dial svg",
    "linear": ".linear-ae canvas",
    "training": ".train .start",
    "regularized": ".js-plotly-plot",
}
"""a page, and what is there once it shows something"""

# The first element that a selector names, in shadow roots too.
FIND = """((selector) => {
  const find = (root) => root.querySelector(selector) ??
    [...root.querySelectorAll("*")].map((each) => each.shadowRoot && find(each.shadowRoot)).find(Boolean);
  return find(document);
})"""
# What a frame costs while `dragging`, ms.
TIMED = """(() => {
  const request = requestAnimationFrame;
  window.costs = [];
  window.requestAnimationFrame = (draw) => request((now) => {
    const began = performance.now();
    draw(now);
    window.costs.push(performance.now() - began);
  });
})()"""


def found(selector: str) -> str:
    return f"{FIND}({json.dumps(selector)})"


def until(engine: Engine, expression: str) -> Any:
    """What an expression comes to, once that is true."""
    deadline = time.monotonic() + PATIENCE
    while not (value := engine.evaluate(expression)):
        assert time.monotonic() < deadline, f"never came true: {expression}"
        time.sleep(0.1)
    return value


def opened(engine: Engine, url: str, selector: str) -> None:
    engine.goto(url)
    until(engine, f"!!{found(selector)}")


def click(engine: Engine, selector: str) -> None:
    until(engine, f"{found(selector)} && !{found(selector)}.disabled")
    engine.evaluate(f"{found(selector)}.click()")


def picture(selector: str) -> str:
    return f"{found(selector)}.toDataURL()"


def drag(engine: Engine, selector: str, by: tuple[int, int], moves: int = 20) -> None:
    """From the middle of an element, to and fro, and to a place so many pixels away."""
    box = f"(({found(selector)}).scrollIntoView({{ block: 'center' }}), {found(selector)}.getBoundingClientRect())"
    x, y, width, height = engine.evaluate(f"((box) => [box.x, box.y, box.width, box.height])({box})")
    x, y = x + width / 2, y + height / 2
    shares = [(k % 10) / 10 for k in range(moves)] + [1.0]
    path = [{"type": "pointerMove", "x": int(x + by[0] * s), "y": int(y + by[1] * s), "duration": 30} for s in shares]
    down, up = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
    pointer = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}
    engine.perform([{**pointer, "actions": [{**path[0], "duration": 0}, down, *path, up]}])


def test_the_seven_pages_open(engine: Engine, server: str) -> None:
    for path, selector in PAGES.items():
        opened(engine, f"{server}/{path}", selector)
        assert not engine.evaluate(found("[data-testid=stException]") + "?.innerText")


def test_a_drag_is_smooth_and_back_and_a_reload_find_the_point_again(
    engine: Engine, server: str, record_property: Any
) -> None:
    opened(engine, f"{server}/", ".facts dd")
    decoded = engine.evaluate(picture("canvas.decoded"))
    engine.evaluate(TIMED)
    drag(engine, ".stage", (90, -70), 100)
    costs = sorted(engine.evaluate("window.costs"))
    median, p95 = costs[len(costs) // 2], costs[int(0.95 * len(costs))]
    record_property("drag, ms: median and p95", (median, p95))
    print(f"a frame of a drag: median {median:.1f} ms, p95 {p95:.1f} ms of {len(costs)}")
    assert len(costs) > 4
    assert median < SMOOTH  # the tail says how busy the machine is
    assert until(engine, f"{picture('canvas.decoded')} !== {json.dumps(decoded)}")
    until(engine, "location.search.includes('z=')")
    z = engine.evaluate("location.search")
    click(engine, "a[href*=from-x]")
    until(engine, f"location.pathname.endsWith('from-x') && !!{found('.loss .key-number')}")
    engine.back()
    until(engine, f"location.search === {json.dumps(z)} && !!{found('.facts dd')}")
    engine.reload()
    until(engine, f"location.search === {json.dumps(z)} && !!{found('.facts dd')}")


def test_what_is_drawn_is_encoded(engine: Engine, server: str) -> None:
    opened(engine, f"{server}/from-x", ".loss .key-number")
    drag(engine, ".pad", (0, 50))
    until(engine, "location.search.includes('drawing=')")


def test_a_network_learns_in_the_tab(engine: Engine, server: str) -> None:
    opened(engine, f"{server}/training?images=1000&width=64&epochs=1", ".train .start")
    until(engine, f"!!{found('.train canvas.samples')} && !{found('.train .start')}.disabled")
    samples = engine.evaluate(picture(".train canvas.samples"))
    click(engine, ".train .start")
    until(engine, f"{found('.train .start')}.innerText === 'Again'")
    assert engine.evaluate(picture(".train canvas.samples")) != samples


def test_the_same_bits(engine: Engine, tmp_path: Path) -> None:
    engine.goto(write_page(tmp_path))
    trained = engine.evaluate(f"({RUN})()")
    assert (trained["where"], trained["arithmetic"]) == ("worker", "webassembly")
    assert (trained["step"], trained["hash"]) == (40, known_hash())


def test_an_export_works_from_a_disk(engine: Engine, tmp_path: Path) -> None:
    export_html(load_run("mnist-vae-2d"), tmp_path / "page.html")
    opened(engine, (tmp_path / "page.html").as_uri(), ".facts dd")
    decoded = engine.evaluate(picture("canvas.decoded"))
    drag(engine, ".stage", (60, 40))
    until(engine, f"{picture('canvas.decoded')} !== {json.dumps(decoded)}")
