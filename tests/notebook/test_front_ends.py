"""Real front ends in Chromium: JupyterLab and marimo. Slow, and by hand: pytest -m slow tests/notebook.

Not tried: Jupyter Notebook 7 (JupyterLab's own parts), VS Code, Colab, Kaggle, Databricks.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import ROOT, wait_for
from tests.browser.driving import LAST_PIXEL, changed, middle, picture, wait_until
from tests.processes import started

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]
CELLS = (
    "import vaeexplorer as vx\nplane = vx.Explorer('mnist-vae-2d')\nplane",
    "vx.link([vx.Explorer('mnist-ae-2d'), plane])",
    "plane.z = [1.5, -0.25]",
    "print('z in Python:', [round(value, 2) for value in plane.z])",
)
IDLE = "Python 3 (ipykernel) | Idle"
AGAIN = 10  # times that a cell is run again
MOST_MEGABYTES = (
    6.0  # that such a run leaves in the page: the bytes of a widget, which front ends keep until it is closed
)


@contextmanager
def serving(command: list[str], health: str, folder: Path) -> Iterator[str]:
    """A server of notebooks on a port of its own, at the address this yields, with folders and settings of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {
        name: str(folder / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    own |= {"IPYTHONDIR": str(folder / "ipython"), "XDG_CONFIG_HOME": str(folder / "config"), "HOME": str(folder)}
    env = os.environ | own | {"PYTHONPATH": str(ROOT), "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings")}
    asked = [part.format(port=port) for part in command]
    with started(
        [sys.executable, "-m", *asked], cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        wait_for(f"http://127.0.0.1:{port}{health}", process)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def lab(tmp_path: Path, chromium: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """JupyterLab in Chromium, on a notebook of the cells above or of those that a test names; the kernel runs."""
    pytest.importorskip("jupyterlab")
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "id": f"cell{number}",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": source,
        }
        for number, source in enumerate(getattr(request, "param", CELLS))
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "a.ipynb").write_text(json.dumps(book), encoding="utf-8")
    quiet = tmp_path / "settings" / "@jupyterlab" / "apputils-extension"
    quiet.mkdir(parents=True)
    (quiet / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}', encoding="utf-8")
    options = ["--no-browser", "--allow-root", "--port={port}", "--ServerApp.token="]
    with serving(["jupyterlab", *options], "/api", tmp_path) as url:
        page = chromium
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(f"{url}/lab/tree/a.ipynb")
        page.get_by_text(IDLE).wait_for()
        yield page
        page.on("dialog", lambda dialog: dialog.accept())  # it has not been saved
        page.goto("about:blank")


def menu(page: Any, *names: str) -> None:
    for name in names:
        page.get_by_role("menuitem", name=name, exact=True).click()


def shown(page: Any) -> Any:
    """The plane, once it is decoded."""
    strip = page.locator(".latent-plane .strips canvas").first
    wait_until(page, lambda: strip.count() == 1 and bool(strip.evaluate(LAST_PIXEL) == 255), "a decoded strip")
    return page.locator(".latent-plane .stage").first


def decoded(page: Any, strip: Any) -> None:
    """Wait until a strip is decoded."""
    wait_until(page, lambda: bool(strip.count() and strip.evaluate(LAST_PIXEL) == 255), "a decoded strip")


def another(page: Any, cell: Any) -> None:
    """Ask the plane of a cell for another image, and wait for it."""
    image = cell.locator("canvas.decoded").first
    before = picture(image)
    cell.locator("button", has_text="Random image").click()
    changed(page, lambda: picture(image), before)


def heap(page: Any) -> float:
    """Megabytes that the page holds on to, bytes of arrays included."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")
    return float(used["usedSize"] + used["backingStorageSize"]) / 1e6


def run(page: Any, cell: int) -> None:
    """Run a cell, until the kernel has done it."""
    page.locator(".jp-Cell").nth(cell).locator(".cm-content").click()
    prompt = page.locator(".jp-Cell").nth(cell).locator(".jp-InputPrompt")
    before = prompt.inner_text()
    page.keyboard.press("Control+Enter")
    wait_until(page, lambda: prompt.inner_text() not in (before, "[*]:"), "the cell to end")


def test_jupyterlab(lab: Any) -> None:
    page = lab
    menu(page, "Run", "Run All Cells")
    said = page.locator(".jp-OutputArea-output pre").last
    said.wait_for()
    assert said.inner_text().strip() == "z in Python: [1.5, -0.25]"
    stage = shown(page)
    wait_until(page, lambda: page.locator(".z").first.inner_text() == "(1.50, −0.25)", "z from Python")
    x, y = middle(stage)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y - 30)
    page.mouse.up()
    run(page, 3)
    z = [float(value) for value in page.locator(".z").first.inner_text().replace("−", "-")[1:-1].split(",")]
    assert said.inner_text().strip() == f"z in Python: {z}"
    facts = page.locator(".facts dt").first
    assert facts.evaluate("dt => dt.scrollWidth <= dt.clientWidth")  # JupyterLab's own style shortens such words

    ink = "element => getComputedStyle(element).color"
    light = page.locator(".latent-plane").first.evaluate(ink)
    menu(page, "Settings")
    page.get_by_text("Theme", exact=True).first.click()
    menu(page, "JupyterLab Dark")
    dark = changed(page, lambda: page.locator(".latent-plane").first.evaluate(ink), light)
    assert (light, dark) == ("rgb(29, 31, 36)", "rgb(236, 234, 228)")

    run(page, 0)
    shown(page)
    workers, before = len(page.workers), heap(page)
    for _ in range(AGAIN):
        run(page, 0)
        shown(page)
    assert len(page.workers) == workers
    grown = (heap(page) - before) / AGAIN
    print(f"A cell that is run again leaves {grown:.1f} MB in the page, {workers} workers.")
    assert grown < MOST_MEGABYTES

    menu(page, "Kernel", "Restart Kernel and Run All Cells…")
    page.locator(".jp-Dialog button.jp-mod-accept").click()
    wait_until(
        page, lambda: said.count() == 1 and said.inner_text().strip() == "z in Python: [1.5, -0.25]", "the cells again"
    )
    shown(page)
    wait_until(page, lambda: len(page.workers) == workers, "workers of closed widgets to end")


MANY = 20
RUNS = ("mnist-vae-2d", "mnist-ae-2d", "fashion-mnist-vae-2d", "mnist-vae-16d")


@pytest.mark.parametrize(
    "lab", [[f"import vaeexplorer as vx\nvx.Explorer({RUNS[k % len(RUNS)]!r})" for k in range(MANY)]], indirect=True
)
def test_twenty_widgets(lab: Any) -> None:
    """All of them work, each has one worker, and closing the notebook ends these."""
    page = lab
    menu(page, "Run", "Run All Cells")
    cells = page.locator(".jp-Notebook .jp-Cell")
    last = cells.nth(MANY - 1)
    wait_until(page, lambda: last.locator(".jp-InputPrompt").inner_text() == f"[{MANY}]:", "the last cell to end")
    for number in (0, MANY // 2, MANY - 1):
        cell = cells.nth(number)
        cell.scroll_into_view_if_needed()
        decoded(page, cell.locator("section.strips canvas").first)
        another(page, cell)
    assert len(page.workers) <= MANY
    print(f"{MANY} widgets: {len(page.workers)} workers, {heap(page):.0f} MB in the page.")
    menu(page, "File", "Close All Tabs")
    page.locator(".jp-Dialog button.jp-mod-warn", has_text="Discard").click()
    wait_until(page, lambda: len(page.workers) == 0, "workers of closed widgets to end")


MARIMO = """
import marimo

app = marimo.App()


@app.cell
def _():
    import vaeexplorer as vx

    plane = vx.Explorer("mnist-vae-2d")
    plane
    return plane, vx


@app.cell
def _(vx):
    vx.link([vx.Explorer("mnist-ae-2d"), vx.Explorer("mnist-vae-2d")])
    return


@app.cell
def _(vx):
    import numpy as np

    vx.Explorer(
        lambda images: images.reshape(-1, 784)[:, 400:402] / 255.0,
        lambda z: np.tile(np.clip(z[:, :1, None], 0, 1), (1, 28, 28)),
        vx.load_dataset("mnist", download=False),
    )
    return


@app.cell
def _(plane):
    import marimo as mo

    said = mo.ui.anywidget(plane)
    said
    return mo, said


@app.cell
def _(mo, said):
    mo.md(f"z in Python: {len(said.value['z'])} numbers, first {said.value['z'][0]:.2f}")
    return
"""


def test_marimo(tmp_path: Path, chromium: Any) -> None:
    pytest.importorskip("marimo")
    (tmp_path / "a.py").write_text(MARIMO, encoding="utf-8")
    command = ["marimo", "-q", "run", "a.py", "--headless", "--no-token", "--port={port}", "--host=127.0.0.1"]
    with serving(command, "/health", tmp_path) as url:
        page = chromium
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(url)
        stage = shown(page)
        said = page.get_by_text("z in Python: 2 numbers")
        said.wait_for()
        before, image = said.inner_text(), picture(page.locator("canvas.decoded").first)
        x, y = middle(stage)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 60, y)
        page.mouse.up()
        changed(page, lambda: picture(page.locator("canvas.decoded").first), image)
        changed(page, said.inner_text, before)
        own = page.locator("canvas.decoded").nth(1)
        wait_until(page, lambda: bool(own.evaluate(LAST_PIXEL) == 255), "an image of the kernel's")
