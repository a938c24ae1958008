"""The gallery: whole, shared, at home from a disk and below any path of any host, and alive."""

import dataclasses
import functools
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.browser.driving import LAST_PIXEL, changed, middle, picture, wait_until
from tests.hosts import hosted
from tests.references import WITHIN, outside
from vaeexplorer.__main__ import main
from vaeexplorer.analysis.smoothness import fields as smoothness_fields
from vaeexplorer.browser.packing.sprite import sprite
from vaeexplorer.config import ModelConfig, RunConfig
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.export import explorer
from vaeexplorer.export.gallery import pair as pairs
from vaeexplorer.export.gallery import site
from vaeexplorer.export.gallery.folders import whole_folder
from vaeexplorer.export.gallery.site import count_pages, write_gallery
from vaeexplorer.export.html import ExportError
from vaeexplorer.files import SHIPPED, content_hash
from vaeexplorer.network.inference import restore
from vaeexplorer.results.comparison import Comparison
from vaeexplorer.runs.folder import Run, list_runs, load_run

LIMIT = 3_000_000
TRAINING_LIMIT = 5_000_000  # with the images that it trains on
PAIR = "mnist-vae-2d--mnist-ae-2d.html"
HELD = re.compile(r'<script type="text/plain" id="([\w-]+)"[^>]* data-src="([^"]+)"')


def stored() -> Comparison:
    return Comparison.from_json((SHIPPED / "comparisons" / PAIR.replace("html", "json")).read_bytes())


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    return [load_run("mnist-ae-2d"), load_run("mnist-vae-2d")]


@functools.cache
def quick_sprite(dataset: str) -> bytes:
    return sprite(load_dataset(dataset, "test", download=False).images)


Stepped = tuple[Mapping[str, np.ndarray], dict[str, float]]


@pytest.fixture(scope="module")
def stepped(runs: list[Run]) -> dict[str, Stepped]:
    """By the name of a run, its weights in steps, rounded for fewer codes than usual."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "_SEEN", 2000)
        patch.setattr(pairs, "_BETWEEN", 2000)
        return {run.name: pairs.in_steps(run) for run in runs}


@pytest.fixture(scope="module")
def gallery(runs: list[Run], stepped: dict[str, Stepped], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery") / "site"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(explorer, "packed_sprite", quick_sprite)  # the smaller one is looked at in test_explorer.py
        patch.setattr(pairs, "load_comparison", lambda *_: stored())  # whether it is found is not what is tested here
        patch.setattr(smoothness_fields, "CELLS", 6)
        patch.setattr(pairs, "in_steps", lambda run: stepped[run.name])
        assert len(list(write_gallery(folder, runs))) == count_pages(runs) == 7
    return folder


def held(page: Path) -> dict[str, Path]:
    """The files of data that a page names, by the ids of their elements."""
    return {match[1]: page.parent / match[2] for match in HELD.finditer(page.read_text(encoding="utf-8"))}


def named(page: Path) -> set[Path]:
    """All files that a page names."""
    return {page.parent / place.partition("?")[0] for place in outside(page.read_text(encoding="utf-8"))} | set(
        held(page).values()
    )


def size(page: Path) -> int:
    """Bytes of a page with all that it loads, other than the test images, which all pages share.

    Of a run's page without the walk below the plane, which is loaded when one comes to it.
    """
    data = held(page)
    others = [name for name in data if name.startswith("sprite-") or name.endswith("-fashion-mnist")]
    later = {
        data[name] for name in ("sprite", "encoder", "autoencoder", "autoencoder-encoder", *others) if name in data
    }
    files = {file for file in named(page) - later if file.suffix != ".html"}
    return page.stat().st_size + sum(file.stat().st_size for file in files)


def test_nothing_is_missing_left_over_or_elsewhere(gallery: Path) -> None:
    pages = set(gallery.glob("*.html"))
    assert set.union(*map(named, pages)) | {gallery / "index.html"} == pages | set((gallery / "assets").iterdir())
    assert {file.name for file in pages} == {
        *("index.html", "mnist-vae-2d.html", "mnist-ae-2d.html", PAIR, "beta-mnist-2d.html", "beta-mnist-16d.html"),
        "train.html",
    }
    for file in (gallery / "assets").iterdir():
        assert re.fullmatch(r"\w+-([0-9a-f]{16})\.\w+", file.name)
        assert content_hash(file.read_bytes()) in file.name
    for page in pages:
        assert "http" not in re.sub(r"http-equiv|http://www\.w3\.org", "", page.read_text())


def test_pages_share_what_they_can_and_the_rest_is_small(gallery: Path) -> None:
    vae, ae, pair = (held(gallery / name) for name in ("mnist-vae-2d.html", "mnist-ae-2d.html", PAIR))
    assert vae["sprite"] == ae["sprite"] == pair["sprite"] == held(gallery / "train.html")["sprite-mnist"]
    assert (vae["autoencoder"], vae["autoencoder-encoder"]) == (ae["network"], ae["encoder"])
    assert [pair["codes-0"], pair["codes-1"]] == [vae["codes"], ae["codes"]]
    for page in gallery.glob("*.html"):
        limit = TRAINING_LIMIT if page.name == "train.html" else LIMIT
        assert size(page) <= limit, page.name


def moved(run: Run, stepped: Stepped, count: int) -> np.ndarray:
    """By how much of 255 the worst pixel of each image is moved on a pair's page: of codes, and of points between."""
    weights, steps = stepped
    assert len(steps) == 3
    back = {
        name: (array * steps[name]).astype(np.float32) if name in steps else array for name, array in weights.items()
    }
    codes, random = run.codes.mean, np.random.default_rng(1)
    a, b = codes[random.permutation(len(codes))[:count]], codes[random.integers(len(codes), size=count)]
    z = np.concatenate([a, a + random.random((count, 1)) * (b - a)]).astype(np.float32)
    far: np.ndarray = 255 * np.abs(restore(run.config, back).decode(z) - run.model.decode(z)).max(axis=(1, 2))
    return far


def test_a_pair_shows_what_its_runs_decode(runs: list[Run], stepped: dict[str, Stepped]) -> None:
    far = moved(runs[1], stepped[runs[1].name], 500)
    assert far.max() <= 1
    assert np.median(far) <= 0.1


def test_a_decoder_that_is_not_dense_is_left_as_it_is() -> None:
    config = RunConfig(model=ModelConfig(arch="conv"))
    run = dataclasses.replace(load_run("mnist-vae-2d"), config=config, weights={})
    assert pairs.in_steps(run) == ({}, {})


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(path.parent.name for path in SHIPPED.glob("*/run.json")))
def test_every_pair_shows_what_its_runs_decode(name: str) -> None:
    run = load_run(name)
    assert moved(run, pairs.in_steps(run), 10_000).max() <= 1.5


@pytest.mark.slow
def test_every_page_of_the_shipped_runs_is_small(tmp_path: Path) -> None:
    shipped = [load_run(card.path) for card in list_runs()[0]]
    list(write_gallery(tmp_path / "site", shipped))
    pages = {page.name: size(page) for page in (tmp_path / "site").glob("*.html")}
    assert len(pages) == 24
    assert pages.pop("train.html") <= TRAINING_LIMIT
    assert max(pages.values()) <= LIMIT


def nothing(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def test_only_an_unchanged_gallery_is_replaced(tmp_path: Path) -> None:
    def write(text: str) -> None:
        with whole_folder(tmp_path / "site") as new:
            (new / "assets").mkdir()
            (new / "index.html").write_text(text)

    write("one")
    write("two")
    index = tmp_path / "site" / "index.html"
    assert index.read_text() == "two"
    added = tmp_path / "site" / "assets" / "CNAME"
    added.write_text("mine")
    with pytest.raises(ExportError, match="site holds something else than an unchanged earlier gallery"):
        write("three")
    added.unlink()
    index.write_text("edited")
    with pytest.raises(ExportError, match="choose another folder"):
        write("three")
    assert index.read_text() == "edited"
    with pytest.raises(ExportError, match="is no folder"), whole_folder(index):
        pass
    with pytest.raises(ExportError, match="cannot be written: No such file"), whole_folder(tmp_path / "no" / "site"):
        pass
    assert nothing(tmp_path) == ["site"]


@pytest.mark.parametrize("fails_at", ["a page", "the end"])
def test_a_gallery_that_fails_leaves_the_former_as_it_was(
    runs: list[Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: str
) -> None:
    with whole_folder(tmp_path / "site") as new:
        (new / "index.html").write_text("old")
    rename = os.rename

    def full(source: Path, target: Path) -> None:
        if Path(target).name == "site" and (Path(source) / "new.html").exists():
            raise OSError(28, "No space left on device")
        rename(source, target)

    def pages(*_: object) -> Iterator[tuple[str, str]]:
        yield "new.html", "new"
        if fails_at == "a page":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", full)
    monkeypatch.setattr(site, "_pages", pages)
    with pytest.raises(ExportError, match="the disk is full"):
        list(write_gallery(tmp_path / "site", runs))
    assert nothing(tmp_path) == ["site"]
    assert (tmp_path / "site" / "index.html").read_text() == "old"


def test_the_command_refuses_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    assert main(["gallery", "--out", str(tmp_path), "--runs", "mnist-ae-2d"]) == 2
    assert "something else than an unchanged earlier gallery" in capsys.readouterr().err
    assert nothing(tmp_path) == ["thesis.tex"]
    assert main(["gallery", "--out", str(tmp_path / "new"), "--runs", "mnist-ae-2d", "mnist-ae-2d"]) == 2
    assert "Two pages would be called mnist-ae-2d.html" in capsys.readouterr().err


# --------------------------------------------------------------------------------------------------- in the browser


@pytest.fixture
def host(gallery: Path) -> Iterator[str]:
    """The address of the folder, below a path of a host."""
    with hosted(gallery.parents[1]) as url:
        yield f"{url}/{gallery.parent.name}/{gallery.name}"


def asked_for(page: Any) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


@pytest.mark.browser
@pytest.mark.parametrize("place", ["a disk", pytest.param("a host", marks=pytest.mark.slow)])  # a pair is hosted below
def test_a_run_is_dragged_walked_and_opened_again(
    place: str, gallery: Path, chromium: Any, request: pytest.FixtureRequest
) -> None:
    address = gallery.as_uri() if place == "a disk" else request.getfixturevalue("host")
    page, asked = chromium, asked_for(chromium)
    page.goto(f"{address}/index.html")
    page.locator("main a", has_text="VAE, 2 dimensions").click()
    z, decoded = page.locator("#plane .z"), page.locator("#plane canvas.decoded")
    wait_until(page, lambda: bool(z.text_content()), "a point")
    before = picture(decoded)
    x, y = middle(page.locator("#plane .stage"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y + 30, steps=4)
    changed(page, lambda: picture(decoded), before)
    page.mouse.up()
    wait_until(page, lambda: "z=" in page.url, "z in the address")
    chosen = z.text_content()
    behind = page.locator("#plane canvas.layer").first
    before = picture(behind)
    page.get_by_label("Map behind the dots").select_option("classifier")
    changed(page, lambda: picture(behind), before)

    page.locator("#walk").scroll_into_view_if_needed()  # which loads what the walk needs
    page.locator("#walk .loss").get_by_text("of the autoencoder mnist-ae-2d").wait_for()
    page.locator("#walk button", has_text="ε = 0").click()
    wait_until(page, lambda: "eps=" in page.url and "z=" in page.url, "both in the address")

    link = page.url
    page.goto("about:blank")
    page.goto(link)
    wait_until(page, lambda: bool(z.text_content() == chosen), "the same point")
    outside_of_it = [url for url in asked if not url.startswith((address, "about:", *WITHIN))]
    assert outside_of_it == []


@pytest.mark.browser
def test_a_pair_is_shown_with_its_table_and_kept_in_the_address(host: str, chromium: Any) -> None:
    page = chromium
    page.goto(f"{host}/{PAIR}")
    strip = page.locator(".strip > canvas").nth(1)
    page.get_by_text("0 · #7953", exact=True).wait_for()
    assert page.locator(".typical").inner_text().startswith("41 %")
    field = page.locator(".pane canvas, .stage canvas").first
    before = picture(field)
    page.get_by_role("button", name="Magnification").click()
    changed(page, lambda: picture(field), before)
    assert "½ ln det JᵀJ" in page.locator(".scale").inner_text()
    assert "field=magnification" in page.url
    page.get_by_role("button", name="Classes", exact=True).click()
    assert "Neither is smoother in every respect" in page.locator("main + section").inner_text()
    assert page.locator("main + section table tr").count() == 1 + sum(row.group == "all" for row in stored().rows)
    page.get_by_role("button", name="Another pair").click()
    wait_until(page, lambda: "pair=" in page.url, "the pair in the address")
    ends = page.locator(".end").all_inner_texts()
    assert "#7953" not in " ".join(ends)
    page.goto("about:blank")
    page.goto(f"{host}/{PAIR}#pair=18-99999")
    page.get_by_text("0 · #7953", exact=True).wait_for()  # no such image: the usual pair
    page.goto("about:blank")
    page.goto(f"{host}/{PAIR}#pair=3-9")
    page.get_by_text("· #9").first.wait_for()
    wait_until(page, lambda: bool(strip.evaluate(LAST_PIXEL) == 255), "a way of the autoencoder")


@pytest.mark.browser
def test_beta_is_turned_and_kept_in_the_address(gallery: Path, chromium: Any) -> None:
    page = chromium
    page.goto(f"{gallery.as_uri()}/beta-mnist-16d.html#beta=16")
    active = page.locator(".facts dt:has-text('active dimensions') + dd")
    wait_until(page, lambda: active.inner_text() == "2 of 16", "two of sixteen dimensions")
    page.get_by_label("β, the weight of the KL term").focus()
    page.keyboard.press("Home")
    wait_until(page, lambda: active.inner_text() == "16 of 16" and page.url.endswith("#beta=0"), "beta 0")
    page.get_by_role("link", name="MNIST, 2 dimensions").click()
    wait_until(page, lambda: active.inner_text() == "2 of 2", "the other sweep")


@pytest.mark.browser
@pytest.mark.slow  # scenes.test.js: a scene is a file; in the app: browser/test_lecture.py
def test_a_lecture_goes_from_page_to_page_without_a_server(gallery: Path, chromium: Any) -> None:
    """The scenes that pages can show, with the question whose answer another model gives."""
    page = chromium
    page.goto(f"{gallery.as_uri()}/index.html")
    page.get_by_role("link", name="A lecture").click()
    say = page.locator(".lecture .say")
    wait_until(page, lambda: "scene=1" in page.url, "the first scene")
    assert say.inner_text() == "Drag the point. Every place is an image."
    assert "mnist-vae-2d.html" in page.url
    page.keyboard.press("ArrowRight")
    wait_until(page, lambda: "mnist-ae-2d.html?lecture=1&scene=2#" in page.url, "the second, on another page")
    page.locator(".from-x").first.wait_for()
    page.go_back()
    wait_until(page, lambda: "scene=1" in page.url, "Back")
    page.goto(f"{gallery.as_uri()}/beta-mnist-16d.html?lecture=1&scene=10#dims=16&beta=1")
    page.locator(".lecture .ask").wait_for()
    page.get_by_role("button", name="Reveal").click()
    wait_until(page, lambda: "beta=4" in page.url, "what is revealed")
    page.locator(".lecture .then").get_by_text("6 are active.").wait_for()
    page.get_by_role("button", name="End").click()
    say.wait_for(state="detached")


def test_what_is_said_of_a_run_fits_any(runs: list[Run]) -> None:
    from vaeexplorer.export.gallery import index

    assert index._title(RunConfig()).startswith("VAE, 2 dimensions")
    assert len({index._sentence(run.config) for run in runs}) == 2


@pytest.mark.browser
@pytest.mark.parametrize(  # in plain JavaScript to the same bits: tests/browser/test_session.py
    "is_compiled", [True, pytest.param(False, marks=pytest.mark.slow)]
)
def test_a_network_learns_from_a_disk_on_a_phone_by_keys_alone(
    gallery: Path, chromium: Any, troubles: list[str], *, is_compiled: bool
) -> None:
    """Also where the page's policy refuses WebAssembly, in plain JavaScript."""
    page, policy = chromium, " &#39;wasm-unsafe-eval&#39;"
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(reduced_motion="reduce")
    html = gallery / "train.html"
    whole = html.read_text()
    assert policy in whole
    try:
        html.write_text(whole if is_compiled else whole.replace(policy, ""))
        page.goto(f"{html.as_uri()}#images=1000&width=64&epochs=1")
        start = page.locator(".start:enabled")
        start.wait_for()
    finally:
        html.write_text(whole)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    before = picture(page.locator("canvas.samples"))
    page.locator(".stage").focus()
    page.keyboard.press("Space")
    wait_until(page, lambda: start.inner_text() == "Again", "an epoch")
    assert picture(page.locator("canvas.samples")) != before
    decoded = page.locator("canvas.out")
    seen = picture(decoded)
    page.locator(".stage").focus()
    page.keyboard.press("ArrowRight")
    changed(page, lambda: picture(decoded), seen)
    refused = [trouble for trouble in troubles if "WebAssembly" in trouble or "wasm" in trouble]
    assert not (is_compiled and refused)
    for trouble in refused:
        troubles.remove(trouble)
