"""Linear AE vs PCA in the browser: its arithmetic against Python's, and the page itself."""

import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.browser.accessible import examine
from tests.browser.driving import changed, next_frame, wait_until
from vaeexplorer.analysis.linear.experiments import Experiment, run
from vaeexplorer.analysis.linear.vae import closed_form
from vaeexplorer.analysis.pca import PCA, flat, pca
from vaeexplorer.browser.packing.film import pack_film
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.data.moments import load_moments


@pytest.fixture(scope="module")
def mnist() -> PCA:
    return pca(load_moments("mnist"))


@pytest.mark.parametrize("setting", [(2, 0.05, 1.0), (10, 0.5, 1.0), (30, 0.5, 2.0), (5, 9.0, 1.0)])
def test_the_closed_form_is_that_of_the_analysis(
    node: Callable[..., str], modules: Path, mnist: PCA, setting: tuple[int, float, float]
) -> None:
    k, variance, beta = setting
    moments = mnist.values * 1.1 + 0.001
    given = [mnist.values.tolist(), k, variance, beta, moments.tolist()]
    code = (
        f"import {{ optimum }} from './linear/ppca.js'; console.log(JSON.stringify(optimum(...{json.dumps(given)})));"
    )
    (modules / "optimum.js").write_text(code)
    found = json.loads(node("optimum.js"))
    exact = closed_form(mnist.values, k, variance, beta)
    assert found["kl"] == pytest.approx(exact.kl(moments), abs=1e-9)
    assert found["d"] == pytest.approx(exact.d)
    assert found["elbo"] == pytest.approx(exact.elbo(moments))
    assert found["likelihood"] == pytest.approx(exact.log_likelihood(moments))
    assert found["active"] == min(k, (mnist.values > beta * variance).sum())


def small(mnist: PCA, test: ImageDataset, k: int) -> tuple[Experiment, bytes]:
    points = flat(test.images[:30])
    experiment = run(mnist, k, "none", "als", points=points, shown=points[:3])
    return experiment, pack_film(experiment, mnist, points[:3], points, test.labels[:30])


@pytest.mark.parametrize("k", [1, 3, 20])
def test_a_film_is_unpacked_as_it_was_packed(
    node: Callable[..., str], modules: Path, mnist: PCA, mnist_test: ImageDataset, k: int
) -> None:
    experiment, packed = small(mnist, mnist_test, k)
    (modules / "film.bin").write_bytes(packed)
    (modules / "unpack_film.js").write_text(
        "import { readFileSync } from 'node:fs';"
        "import { imageAt as image } from './engine/format.js';"
        "import { coordinate, nearestFrame, unpackFilm } from './linear/film.js';"
        "const bytes = readFileSync('film.bin');"
        "const f = unpackFilm(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));"
        "const last = f.steps.length - 1, list = (x) => Array.from(x);"
        "console.log(JSON.stringify({steps: f.steps, error: f.error, k: f.k, original: list(image(f.originals, 2)),"
        "learned: list(image(f.reconstructions, last * f.shown + 1)), best: list(image(f.best, 1)),"
        "rotated: list(coordinate(f.rotated, f.points, last, 0)), scores: list(coordinate(f.scores, f.points, 0, 0)),"
        "correlation: list(f.correlation.slice(-f.k * f.k)), nearest: nearestFrame(f.steps, 1e9),"
        "axis: list(image(f.learned, (last * 3 + 2) * f.axes)), principal: list(image(f.principal, 0))}));"
    )
    found = json.loads(node("unpack_film.js"))
    film = experiment.film
    assert found["steps"] == film.steps.tolist()
    assert found["error"] == film.error.tolist()
    assert found["original"] == mnist_test.images[2].ravel().tolist()
    np.testing.assert_allclose(found["learned"], 255 * np.clip(film.reconstructions[-1, 1], 0, 1), atol=0.51)
    np.testing.assert_allclose(found["learned"], found["best"], atol=1)
    np.testing.assert_allclose(found["rotated"], film.rotated[-1, :, 0], rtol=2e-3, atol=2e-3)
    np.testing.assert_allclose(found["rotated"], found["scores"], rtol=2e-3, atol=4e-3)
    expected = 128 + 127 * film.correlation[-1].ravel()
    np.testing.assert_allclose(found["correlation"], expected, atol=0.51)
    np.testing.assert_allclose(found["axis"], found["principal"], atol=1)
    assert found["nearest"] == len(film.steps) - 1


def test_ticks_are_round_and_inside(node: Callable[..., str], modules: Path) -> None:
    (modules / "ticks.js").write_text(
        "import { ticks } from './draw/numbers.js';"
        "console.log(JSON.stringify([ticks([0, 92]), ticks([1e-9, 2], true), ticks([0.5, 6], true)]));"
    )
    degrees, decades, few = json.loads(node("ticks.js"))
    assert degrees == [0, 20, 40, 60, 80]
    assert decades == pytest.approx([1e-9, 1e-7, 1e-5, 1e-3, 1e-1])
    assert few == pytest.approx([0.5, 1, 2, 5])


@pytest.mark.browser
def test_the_training_is_played_and_scrubbed(server: str, chromium: Any) -> None:
    page = chromium
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{server}/linear")
    said = page.locator(".player .said")
    page.locator(".axes-grid figure").nth(3).wait_for()
    examine(page)
    toggle = page.get_by_role("button", name=re.compile("^(Play|Pause)$"))
    # The film takes six seconds, and a click on a busy machine may come after its end and start it anew.
    stop = "button => { button.click(); if (button.textContent === 'Pause') button.click(); }"
    toggle.evaluate(stop)
    page.wait_for_url("**step=**")
    stopped = said.inner_text()
    toggle.click()
    changed(page, said.inner_text, stopped)  # it plays
    toggle.evaluate(stop)
    page.get_by_role("button", name="Play").wait_for()
    stopped = said.inner_text()
    page.get_by_title("One recorded step forward").click()
    changed(page, said.inner_text, stopped)

    slider = page.get_by_label("Step of the training")
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_url(lambda url: "step=" not in url)
    for part in (".player", ".watched .chart >> nth=0", ".watched .chart >> nth=1", ".watched .image-row >> nth=3"):
        box = page.locator(part).bounding_box()
        assert box["y"] + box["height"] <= 720, part
    error, angle = page.locator(".watched .key-number").all_inner_texts()
    assert error == "29.6864"
    assert 0 < float(angle.removesuffix("°")) < 1
    assert "predicted 29.6863" in page.locator(".watched .key-label").first.inner_text()

    cosines = page.locator(".sides section").nth(1).locator("figcaption")

    def cosine() -> list[float]:
        return [float(text) for text in cosines.all_inner_texts()]

    raw = cosine()
    assert min(raw) < 0.95
    page.get_by_role("button", name="QR-recovered").click()
    wait_until(page, lambda: cosine() == [1.0] * len(raw), "recovered axes that are PCA's")

    scatter = page.locator("canvas.scatter").first
    scatter.scroll_into_view_if_needed()
    near, shares = page.locator(".near-image"), itertools.cycle((0.5, 0.45, 0.4, 0.55, 0.6))

    def points_at_a_dot() -> bool:
        box = scatter.bounding_box()
        page.mouse.move(box["x"] + next(shares) * box["width"], box["y"] + 0.5 * box["height"])
        next_frame(page)
        return "test #" in near.inner_text() if near.is_visible() else False

    wait_until(page, points_at_a_dot, "a dot under the pointer")

    vae = page.locator(".linear-vae")
    vae.get_by_role("button", name="1", exact=True).click()
    vae.get_by_text("8 of 8 dimensions on").wait_for()
    vae.get_by_text("12 eigenvalues in all stand above").wait_for()
    page.wait_for_url("**s2=1**")

    def row(name: str) -> list[str]:
        cells: list[str] = vae.locator("tr", has_text=name).locator("td").all_inner_texts()
        return cells

    closed, trained = changed(page, lambda: row("ELBO, training images"), [row("ELBO, training images")[0], "…"])
    assert closed == trained
    assert closed == row("log-likelihood, training images")[0]
    variance = page.get_by_label("Pixel variance")
    variance.focus()
    page.keyboard.press("End")
    vae.get_by_text("0 of 8 dimensions on, 8 collapsed").wait_for()
