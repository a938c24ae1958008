"""The page "Is it regularized?" in a browser."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from tests.browser import forced_colors
from tests.browser.accessible import examine
from tests.browser.driving import at_rest, changed, follow, middle, opened, pixels, wait_until
from vaeexplorer.analysis.report.posteriors import codes_hash
from vaeexplorer.data.datasets import SAMPLE
from vaeexplorer.documents import to_json
from vaeexplorer.files import SHIPPED
from vaeexplorer.results import instruments, regions
from vaeexplorer.results.instruments import InstrumentsDocument, StabilityDocument
from vaeexplorer.results.regions import Regions
from vaeexplorer.results.stored import stored
from vaeexplorer.runs.folder import load_run
from vaeexplorer.runs.images import images_of
from vaeexplorer.spaces.space import open_run


@pytest.mark.browser
def test_verdicts_figures_and_a_second_run(server: str, chromium: Any) -> None:
    page = chromium
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{server}/regularized?run=mnist-vae-2d")
    page.get_by_text("z tells about 900 images apart.").wait_for()
    page.get_by_text("Partly: codes do not follow the prior.").wait_for()
    assert page.get_by_text("Do codes match the prior?").count() == 1
    page.locator(".card summary").nth(1).click()
    page.get_by_text("A classifier that never saw these images tells draws of q(z)").wait_for()
    strip = page.get_by_alt_text("Twelve decoded images, from the deepest hole")
    strip.wait_for()
    assert strip.evaluate("image => image.naturalWidth") == 12 * 30 - 2
    page.locator(".js-plotly-plot .heatmaplayer").first.wait_for(state="attached")
    page.get_by_label("Beside it").click()
    page.get_by_role("option", name="mnist-ae-2d", exact=True).click()
    page.get_by_text("No posterior.", exact=True).first.wait_for()
    page.wait_for_url("**beside=mnist-ae-2d**")
    for name in ("mnist-vae-2d", "mnist-ae-2d"):
        page.locator(".cards .model", has_text=name).wait_for()
    for part in (".line", ".bar", ".card > p"):  # of the cards in a row, whatever their texts
        tops = [box.bounding_box()["y"] for box in page.locator(f".cards {part}").all()]
        rows = tops[: len(tops) // 2] if part == ".bar" else tops[:3]
        assert max(rows) - min(rows) < 1, part
    last = page.locator(".card > p").last.bounding_box()
    assert last["y"] + last["height"] <= 720
    examine(page)
    forced_colors.look_at(page, "regularized?beside=mnist-ae-2d")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download (CSV)").first.click()
    assert download.value.suggested_filename == "mnist-vae-2d-report.csv"
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
@pytest.mark.slow  # that it fits: above; that a phone's pages are chosen in a drawer is Streamlit's own doing
def test_the_page_opens_on_a_phone(server: str, chromium: Any) -> None:
    page = chromium
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/?run=mnist-vae-2d")
    page.get_by_role("heading", name="Every point is an image").wait_for()
    page.get_by_test_id("stExpandSidebarButton").click()
    follow(page, "Is it regularized?")
    page.get_by_alt_text("Twelve decoded images, from the densest spot").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def in_other_coordinates(folder: Path, seed: int) -> None:
    """mnist-vae-2d as if trained under another seed: the same images lie elsewhere on the plane, z -> z A."""
    shutil.copytree(SHIPPED / "mnist-vae-2d", folder, ignore=shutil.ignore_patterns("*.json", "regions.npz"))
    document = json.loads((SHIPPED / "mnist-vae-2d" / "run.json").read_text(encoding="utf-8"))
    matrix = np.array([[1, 0.25 * seed], [0, 1 / (1 + 0.25 * seed)]], np.float32)
    weights = load_file(folder / "weights.safetensors")
    dtype = weights["decoder.0.weight"].dtype
    weights["decoder.0.weight"] = (weights["decoder.0.weight"] @ np.linalg.inv(matrix).T).astype(dtype)
    save_file(weights, folder / "weights.safetensors")
    with np.load(folder / "codes.npz") as arrays:
        codes = dict(arrays)
    codes["mean"] = (codes["mean"] @ matrix).astype(codes["mean"].dtype)
    np.savez_compressed(folder / "codes.npz", **codes)
    document["config"]["train"]["seed"] = seed
    for name in document["files"]:
        document["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "run.json").write_text(json.dumps(document), encoding="utf-8")


@pytest.mark.browser
@pytest.mark.slow  # what the buttons lead to, with stubs: tests/app/test_report.py and tests/app/test_pages.py
def test_what_the_buttons_measure_is_what_the_command_line_measures(at_home: Path, server: str, chromium: Any) -> None:
    page = chromium
    page.set_viewport_size({"width": 1280, "height": 720})
    for seed in (1, 2):  # of seed 0 the shipped run has everything, and the app knows it by its content
        in_other_coordinates(at_home / "runs" / f"mine-{seed}", seed)
    runs = [load_run(f"mine-{seed}") for seed in (1, 2)]
    report = json.loads((SHIPPED / "mnist-vae-2d" / "report.json").read_text(encoding="utf-8"))
    report["about"]["codes"] = codes_hash(runs[0].codes.mean, runs[0].codes.logvar)
    (runs[0].path / "report.json").write_text(json.dumps(report), encoding="utf-8")

    def is_listed() -> bool:  # the server looks for runs every five seconds
        page.goto(f"{server}/regularized?run=mine-1")
        page.get_by_text("What the decoder draws").wait_for()
        at_rest(page)
        return bool(page.get_by_text("which is not here").count() == 0)

    wait_until(page, is_listed, "a run that was copied")
    page.get_by_text("More instruments").click()
    page.get_by_role("button", name="Measure (").click()
    page.get_by_text("Normality along 1,024 directions").wait_for()
    page.get_by_text("Is z informative?").first.click()  # and the page answers while it works
    page.get_by_text("2 of 2 dimensions are active units").wait_for(timeout=120_000)
    found = stored(runs[0], InstrumentsDocument)
    assert found is not None
    same(found, instruments.measure_run(runs[0]))

    page.get_by_role("button", name="Do distances mean anything? Measure them over 3 seeds").click()
    page.get_by_text("Distances under m").wait_for()
    page.get_by_text("Geodesics are the more stable.").wait_for(timeout=120_000)
    over_seeds = stored(runs[0], StabilityDocument)
    assert over_seeds is not None
    by_seed = {1: runs[0], 2: runs[1], 0: load_run("mnist-vae-2d")}
    same(over_seeds, instruments.measure_stability([by_seed[seed] for seed in over_seeds.seeds]))
    assert over_seeds.geodesic < 0.03 < over_seeds.euclidean

    stage = opened(page, f"{server}/?run=mine-1&behind=classifier")
    page.get_by_text("The classifier was not put to this plane yet.").wait_for()
    page.get_by_role("button", name="Put the classifier to this plane").click()
    page.get_by_text("The classifier over the plane").wait_for()
    before, (x, y) = pixels(page), middle(stage)
    page.mouse.move(x + 40, y)
    page.mouse.down()
    page.mouse.move(x + 90, y + 50, steps=4)
    changed(page, lambda: pixels(page), before)
    page.mouse.up()
    page.get_by_text("The classifier over the plane").wait_for()  # a drag does not end the work
    page.get_by_text("paler where less sure").wait_for(timeout=120_000)
    maps = stored(runs[0], Regions)
    assert maps is not None
    train = SAMPLE.read("mnist", "train")
    assert train is not None
    wanted = regions.measure(open_run(runs[0], images_of(runs[0])), train)
    assert (maps.label == wanted.label).mean() > 0.999
    assert maps.distance == pytest.approx(wanted.distance, abs=0.01)
    assert (maps.far, maps.hit) == pytest.approx((wanted.far, wanted.hit))


def same(one: object, other: object) -> None:
    """Two documents of equal numbers; the last digits depend on how many threads there were."""
    for a, b in zip(flat(json.loads(to_json(one))), flat(json.loads(to_json(other))), strict=True):
        assert a == (pytest.approx(b, rel=1e-3, abs=1e-6) if isinstance(b, float) else b)


def flat(part: object) -> Iterator[object]:
    """The values in a document, in their order."""
    if isinstance(part, dict | list):
        for each in part.values() if isinstance(part, dict) else part:
            yield from flat(each)
    else:
        yield part
