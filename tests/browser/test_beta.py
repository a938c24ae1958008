"""The beta dial: what is packed arrives, the curves' geometry, and the page itself."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.browser import forced_colors
from tests.browser.accessible import examine
from tests.browser.driving import changed, picture, rested, wait_until
from vaeexplorer.analysis.alignment import aligned
from vaeexplorer.browser.packing.sweep import pack_sweep, prior_noise
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.results.sweep import BETAS, KEPT, Point, load_sweep

Evaluate = Callable[..., Any]
GREY = """canvas => Array.from(canvas.getContext("2d").getImageData(0, 0, 28, 28).data).filter((_, i) => i % 4 === 0)"""


@pytest.fixture(scope="module")
def points() -> list[Point]:
    return load_sweep("mnist", 2)


@pytest.fixture
def evaluate(node: Callable[..., str], modules: Path) -> Evaluate:
    """What an expression comes to in JavaScript; `given` and all that a module exports (`m`) are at hand."""

    def run(module: str, expression: str, given: object) -> Any:
        code = f"import * as m from './{module}'; const given = {json.dumps(given)};"
        code += "const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;"
        code += "const network = await import('./engine/network.js');"
        (modules / "evaluate.mjs").write_text(f"{code} console.log(JSON.stringify({expression}));")
        return json.loads(node("evaluate.mjs"))

    return run


def test_a_packed_sweep_arrives(
    evaluate: Evaluate, points: list[Point], mnist_test: ImageDataset, rng: np.random.Generator
) -> None:
    some = [points[BETAS.index(beta)] for beta in (0, 1, 16)]
    rotations = aligned([point.mean for point in some], 1)
    noise = rng.standard_normal((4, 2))
    packed = pack_sweep(some, rotations, mnist_test.labels[:KEPT], noise)
    expression = """(() => {
      const sweep = m.unpackSweep(bytes(given));
      return sweep.points.map((point) => ({
        beta: point.beta, elbo: point.elbo, kl: point.kl,
        at: [point.plane.xs[7], point.plane.ys[7]],
        images: sweep.noise.map((noise) => Array.from(network.decode(point.network, m.turnedBack(point, noise)))),
      }));
    })()"""
    found = evaluate("beta/sweep.js", expression, base64.b64encode(packed).decode())
    for point, rotation, seen in zip(some, rotations, found, strict=True):
        assert seen["beta"] == point.beta
        assert seen["elbo"] == pytest.approx(point.elbo)
        assert seen["kl"] == pytest.approx(list(point.kl))
        assert seen["at"] == pytest.approx(point.mean[7] @ rotation, abs=1e-4)
        decoded = point.decode((noise @ rotation.T).astype(np.float32)).reshape(4, 784)
        assert np.abs(np.array(seen["images"]) - decoded).max() < 1e-4


def test_a_damaged_sweep_is_refused_in_words(evaluate: Evaluate, points: list[Point], mnist_test: ImageDataset) -> None:
    packed = pack_sweep(points[:1], [np.eye(2)], mnist_test.labels[:KEPT], np.zeros((1, 2)))
    expression = "(() => { try { m.unpackSweep(bytes(given)); } catch (e) { return e.message; } })()"
    for damaged, words in ((packed[:9000], "cut short"), (packed + b"x", "longer"), (b"GIF89a..", "another kind")):
        assert words in evaluate("beta/sweep.js", expression, base64.b64encode(damaged).decode())


def test_the_tangent_goes_through_the_point_with_slope_minus_beta(evaluate: Evaluate) -> None:
    box = [{"low": 0, "high": 10}, {"low": 90, "high": 140}]
    betas = (0, 0.5, 1, 16)
    given = [[{"rate": 4, "distortion": 100, "beta": beta}, *box] for beta in betas]
    found = evaluate("beta/charts.js", "given.map((each) => m.tangent(...each))", given)
    for beta, ((x0, y0), (x1, y1)) in zip(betas, found, strict=True):
        assert x0 < 4 < x1
        assert (y1 - y0) / (x1 - x0) == pytest.approx(-beta)
        assert y0 - beta * (4 - x0) == pytest.approx(100)
        assert min(x0, 10 - x1) >= 0
        assert max(y0, y1) <= 140 + 1e-9
        assert min(y0, y1) >= 90 - 1e-9


def test_ticks_are_round_and_few(evaluate: Evaluate) -> None:
    ends = [[0.3, 12], [138, 191], *([0, high] for high in (0.7, 3, 99, 1234))]
    rates, distortions, *others = evaluate("draw/numbers.js", "given.map((each) => m.ticks(each, false, 4))", ends)
    assert rates == [5, 10]
    assert distortions == [140, 160, 180]
    assert all(2 <= len(ticks) <= 6 for ticks in others)
    assert evaluate("draw/numbers.js", "m.ticks(given)", [-35, -8]) == [-35, -30, -25, -20, -15, -10]


def test_beta_is_written_as_people_do(evaluate: Evaluate) -> None:
    assert evaluate("beta/charts.js", "given.map(m.betaText)", list(BETAS)) == [
        *("0", "1/16", "1/8", "1/4", "1/2", "1", "1.5", "2", "3", "4", "8", "16"),
    ]


def test_what_is_said_of_a_point(evaluate: Evaluate) -> None:
    plane = {"xs": [0, 3.1, 0, 2.2, -9], "ys": [0, 0, 2.9, 2.2, 0]}
    shares = evaluate("beta/sweep.js", "[m.outside(given, 3), m.beyond(given, 3), m.beyond(given, 4)]", plane)
    assert shares == pytest.approx([0.6, 0.4, 0.2])

    points = [(0, 16), (1, 16), (2, 9), (16, 0), (0.5, 16)]
    given = [{"beta": beta, "active_units": active} for beta, active in points]
    assert evaluate("beta/sweep.js", "given.map((point) => m.remark(point))", given) == [
        "Without a KL penalty, R keeps growing.",
        "At β = 1 the loss is −ELBO.",
        "",
        "Every dimension has collapsed: the decoder draws the mean image.",
        "",
    ]


@pytest.mark.browser
def test_the_dial_moves_plane_samples_and_markers(server: str, chromium: Any, points: list[Point]) -> None:
    page = chromium
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{server}/beta?run=mnist-vae-2d")
    dial = page.locator(".beta-dial")
    dial.locator(".facts dd").first.wait_for()

    def facts() -> list[str]:
        texts: list[str] = dial.locator(".figures output, .figures dd").all_inner_texts()
        return [text.replace("−", "-") for text in texts]

    def pictures() -> list[str]:
        return [picture(dial.locator(name)) for name in (".samples", ".decoded", ".layer >> nth=0")]

    def expected(beta: float) -> list[str]:
        point = points[BETAS.index(beta)]
        figures = [f"{value:.1f}" for value in (point.rate, point.distortion, point.elbo)]
        assert point.total_variation
        return [*figures, f"{point.active_units} of 2", f"{point.total_variation[0]:.2f}"]

    wait_until(page, lambda: facts() == expected(1), "the figures of beta = 1")
    examine(page)
    forced_colors.look_at(page, "Turn β")
    for part in (".track", ".stage", ".samples", ".curves >> nth=0", ".figures output >> nth=2"):
        box = dial.locator(part).bounding_box()
        assert box["y"] + box["height"] <= 720, part
    assert not page.get_by_label("Run", exact=True).is_visible(), "it would do nothing here"
    before = rested(page, pictures)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    slider = page.get_by_label("β, the weight of the KL term")
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_url("**beta=16**")
    assert facts() == expected(16)
    for now, then in zip(rested(page, pictures), before, strict=True):
        assert now != then
    assert slider.get_attribute("aria-valuetext") == "β = 16"
    assert not [url for url in asked if "/vx/" in url], "all models came at once"
    page.keyboard.press("Home")
    dial.get_by_text("lie outside this view").wait_for()

    # A drag on the plane decodes another image, and a click on the curve chooses its beta.
    decoded = dial.locator(".decoded")
    before_drag = picture(decoded)
    box = dial.locator(".stage").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 130, steps=4)
    page.mouse.up()
    changed(page, lambda: picture(decoded), before_drag)
    dial.locator(".curves svg").first.locator(".hit").nth(BETAS.index(2)).click()
    wait_until(page, lambda: facts() == expected(2), "the figures of beta = 2")
    page.wait_for_url("**beta=2**")

    # A sample that is clicked is decoded, and its z is that of the plane.
    dial.locator(".samples").click(position={"x": 5, "y": 5})
    page.wait_for_url("**sample=0**")
    first = prior_noise(2)[0]
    assert dial.locator(".z").inner_text().replace("−", "-") == f"z = ({first[0]:.2f}, {first[1]:.2f})"
    assert dial.locator(".decoded").evaluate(GREY) == dial.locator(".samples").evaluate(GREY)

    # A class that is clicked hides its dots, and a double click leaves it alone.
    dots, legend = dial.locator(".layer >> nth=0"), dial.locator(".filter button")
    every = rested(page, lambda: picture(dots))
    legend.nth(3).click()
    page.wait_for_url("**hidden=3**")
    changed(page, lambda: picture(dots), every)
    assert legend.nth(3).get_attribute("aria-pressed") == "false"
    legend.nth(3).dblclick()
    page.wait_for_url("**hidden=0,1,2,4,5,6,7,8,9**")
    legend.nth(3).dblclick()
    wait_until(page, lambda: picture(dots) == every, "all dots")

    # Another size brings other models; beta stays, also when the page is loaded anew.
    page.get_by_text("16", exact=True).first.click()
    dial.get_by_title("Two of 16 dimensions").wait_for()
    page.wait_for_url("**dims=16**")
    assert dial.locator(".facts dd").first.inner_text().endswith("of 16")
    assert dial.locator(".facts dd").last.inner_text() == "0.38"  # total variation, at least
    assert slider.get_attribute("aria-valuetext") == "β = 2"
