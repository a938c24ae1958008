"""A notebook that was run and saved, as HTML: planes and linked planes work there, without a kernel and a network.

Slow, and by hand: pytest -m slow tests/notebook. The frame alone is in `test_widgets.py`.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import ROOT
from tests.browser.driving import LAST_PIXEL, changed, picture, rested, wait_until
from tests.examples.notebooks import run
from vaeexplorer.notebook.widget import MOST_COPIED

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]
CELLS = (
    "import vaeexplorer as vx\nplane = vx.Explorer('mnist-vae-2d')\nplane",
    "vx.link([vx.Explorer('mnist-ae-2d'), plane])",
)


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The notebook as nbconvert's HTML."""
    nbformat, nbconvert = pytest.importorskip("nbformat"), pytest.importorskip("nbconvert")
    pytest.importorskip("nbclient")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    run(notebook, tmp_path)
    for cell in notebook.cells:
        assert len(cell.outputs[0].data["text/html"].encode()) < MOST_COPIED
    none = "data:text/javascript,"  # in place of what nbconvert asks other machines for, formulas above all
    urls = dict.fromkeys(("mathjax_url", "require_js_url", "mermaid_js_url", "jquery_url"), none)
    page, _ = nbconvert.HTMLExporter(**urls).from_notebook_node(notebook)
    (tmp_path / "saved.html").write_text(page, encoding="utf-8")
    return tmp_path / "saved.html"


def test_planes_and_linked_planes_work_in_the_html_of_a_notebook(saved: Path, chromium: Any) -> None:
    page = chromium
    page.context.set_offline(True)
    page.goto(saved.as_uri())
    alone, both = (page.frame_locator("iframe").nth(number) for number in range(2))
    image, strip = alone.locator("canvas.decoded").first, alone.locator(".strips canvas").first
    wait_until(page, lambda: bool(strip.evaluate(LAST_PIXEL) == 255), "a decoded strip")
    before = picture(image)
    stage = alone.locator(".stage")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2 - 40, steps=5)
    page.mouse.up()
    changed(page, lambda: picture(image), before)

    ways = both.locator(".ways .strip > canvas")
    wait_until(page, lambda: ways.count() == 2 and bool(ways.nth(1).evaluate(LAST_PIXEL) == 255), "the ways")
    seen = [rested(page, lambda number=number: picture(ways.nth(number))) for number in range(2)]  # type: ignore[misc]
    both.locator("button", has_text="Another pair").click()
    for number in range(2):
        changed(page, lambda number=number: picture(ways.nth(number)), seen[number])  # type: ignore[misc]
