"""Films of runs in the browser; and a walk over Runs and Your images: seen, taken out, brought in, stored."""

import base64
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.browser.accessible import examine
from tests.browser.driving import at_rest, follow, picture, wait_until
from vaeexplorer.browser.packing.run_film import pack_run_film
from vaeexplorer.codes import to_bytes
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.runs.film import film_of
from vaeexplorer.runs.folder import load_run


@pytest.mark.parametrize("name", ["mnist-ae-2d-lecture", "mnist-vae-16d"])
def test_a_packed_film_arrives(node: Callable[..., str], modules: Path, name: str) -> None:
    run = load_run(name)
    film = film_of(run)
    is_fine = name.endswith("16d")  # as films that are recorded now
    kept = to_bytes(run.snapshots, np.uint16) if is_fine else {"codes": film.codes, "range": film.ends}
    packed = pack_run_film(
        epochs=film.epochs,
        codes=kept["codes"],
        ends=kept["range"],
        labels=run.labels[:2000],
        curves={"total": [record.test.total for record in run.history]},
        images=film.packed,
        boxes=film.boxes,
    )
    (modules / "film.mjs").write_text(
        f"""import * as m from "./film/unpack.js";
        const film = await m.unpackRunFilm(Uint8Array.from(atob("{base64.b64encode(packed).decode()}"),
          (c) => c.charCodeAt(0)).buffer);
        const k = film.frames - 2, at = film.codes(k), [first] = film.epochs;
        console.log(JSON.stringify({{
          axes: film.axes, xs: Array.from(at.xs), ys: Array.from(at.ys), labels: Array.from(film.labels),
          images: film.hasImages ? Array.from(film.images(k)) : null, boxes: film.boxes, total: film.curves.total,
          frames: [first - 1, first, first + 1e-3, 1e9].map((epoch) => m.frameAt(film, epoch)),
          moments: m.moments([film, film]).length, home: [m.home(film, true), m.home(film, false)],
        }}));"""
    )
    seen = json.loads(node("film.mjs"))
    a, b = seen["axes"]
    positions = film.positions
    if name.endswith("16d"):
        assert {a, b} == {*np.argsort(-positions[-1].std(0))[:2].tolist()}
    np.testing.assert_allclose(seen["xs"], positions[-2, :, a], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(seen["ys"], positions[-2, :, b], rtol=1e-4, atol=1e-4)
    assert seen["labels"] == run.labels[:2000].tolist()
    assert seen["frames"] == [0, 0, 0, len(film.epochs) - 1]
    assert seen["moments"] == len(film.epochs)
    assert seen["total"] == pytest.approx([record.test.total for record in run.history])
    assert seen["home"][0] == {"low": [-4, -4], "high": [4, 4]}
    low, high = (np.array(seen["home"][1][end]) for end in ("low", "high"))
    inside = ((positions[-1][:, [a, b]] > low) & (positions[-1][:, [a, b]] < high)).all(axis=1)
    assert 0.97 < inside.mean() <= 1
    if film.packed is None or film.boxes is None:
        assert seen["images"] is None
        assert seen["boxes"] is None
    else:
        np.testing.assert_array_equal(np.reshape(seen["images"], (-1, 28, 28)), film.grid(len(film.epochs) - 2))
        np.testing.assert_allclose(seen["boxes"], film.boxes, atol=1e-3)


def pictures() -> bytes:
    """A zip of 120 pictures, black ink on white, in folders of two classes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, image in enumerate(load_dataset("mnist", "test", download=False).images[:120]):
            file = io.BytesIO()
            Image.fromarray(255 - image).save(file, "PNG")
            archive.writestr(f"symbols/{'even' if number % 2 == 0 else 'odd'}/{number}.png", file.getvalue())
    return packed.getvalue()


def dots(page: Any) -> str:
    return picture(page.locator(".film-of-runs .stage canvas").nth(1))


@pytest.mark.browser
def test_runs_are_watched_handed_on_and_images_brought(
    server: str, at_home: Path, chromium: Any, tmp_path: Path
) -> None:
    page = chromium
    page.goto(f"{server}/runs?runs=mnist-ae-2d-lecture,mnist-vae-2d-lecture&epoch=1")
    said = page.locator(".film-of-runs .said")
    wait_until(page, lambda: "epoch 1 of 30" in said.inner_text(), "the film at the epoch of the link")
    assert page.locator(".film-of-runs .panes section").count() == 2
    examine(page)
    note = page.get_by_text("no images were recorded")
    assert note.count() == 1 + page.locator(".note[hidden]").filter(has_text="no images were recorded").count()
    first = dots(page)
    slider = page.get_by_role("slider", name="Moment of the training")
    slider.press("End")
    wait_until(page, lambda: "epoch=" not in page.url and dots(page) != first, "the end, which is no choice")
    slider.press("PageDown")
    wait_until(page, lambda: "epoch=" in page.url, "a moment near the end in the address")
    page.get_by_role("button", name="Play").click()
    wait_until(page, lambda: "epoch 30 of 30" in said.inner_text(), "the end of the film")
    wait_until(page, lambda: "epoch=" not in page.url, "the end, which is no choice")
    slider.press("Home")
    wait_until(page, lambda: "epoch=0" in page.url, "the beginning in the address")
    at_rest(page)

    with page.expect_download() as coming:
        page.get_by_role("button", name="Export").first.click()
    out = tmp_path / "out.zip"
    coming.value.save_as(out)
    page.get_by_role("button", name="Import").first.click()
    page.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(out)
    page.get_by_label("Its name").fill("again")
    page.get_by_role("button", name="Import", exact=True).last.click()
    page.get_by_text("again is here, and chosen.").wait_for()
    assert load_run(at_home / "runs" / "again").key == load_run("mnist-ae-2d-lecture").key
    wait_until(page, lambda: page.locator(".film-of-runs h2").all_inner_texts() == ["again"], "its film")
    assert "runs=again" in page.url

    follow(page, "Your images")
    page.locator("[data-testid=stFileUploader]").wait_for()
    examine(page)
    page.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(
        {"name": "symbols.zip", "mimeType": "application/zip", "buffer": pictures()}
    )
    page.get_by_text("100 training and 20 test images of 2 classes").wait_for()
    page.get_by_text("The ground is light").wait_for()
    page.get_by_role("button", name="Store this set").click()
    page.get_by_text("symbols.zip is stored as own-").wait_for()
    (stored,) = (at_home / "sets").iterdir()

    follow(page, "Training")  # a set of one's own is learned in the tab as well
    page.locator(".train select[aria-label=Images]").select_option(stored.name)
    page.locator(".train .start").click()
    wait_until(page, lambda: "epoch 20 of 20" in page.locator(".train .head").inner_text(), "what was learned of it")
    assert f"set={stored.name}" in page.url
    page.goto("about:blank")  # before its server ends
