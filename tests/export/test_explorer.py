"""The page as a file: one, whole, at home everywhere, and alive."""

import base64
import dataclasses
import functools
import io
import json
import re
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.references import WITHIN, outside
from vaeexplorer.browser.packing.network import pack_network
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.export.explorer import export_html, page
from vaeexplorer.export.html import ExportError
from vaeexplorer.network.inference import Codes
from vaeexplorer.runs.folder import Run, RunError, load_run

LIMIT = 10_000_000
PICTURE = "document.querySelector('#plane canvas.decoded').toDataURL()"


@pytest.fixture(scope="module")
def run() -> Run:
    return load_run("mnist-vae-2d")


@functools.cache
def exported(name: str) -> str:
    """The page of a shipped run, which takes some two seconds to pack."""
    return page(load_run(name))


def element(text: str, name: str) -> str:
    match = re.search(rf'<script type="[\w/]+" id="{name}"[^>]*>([^<]*)</script>', text)
    assert match
    return match[1]


def in_order(planes: bytes) -> bytes:
    """The bytes of which those at even places come first."""
    data = np.empty(len(planes), np.uint8)
    data[::2], data[1::2] = np.split(np.frombuffer(planes, np.uint8), [-(-len(planes) // 2)])
    return data.tobytes()


def test_the_page_holds_the_run(run: Run) -> None:
    text = exported(run.name)
    held = {
        name: zlib.decompress(base64.b64decode(element(text, name)))
        for name in ("network", "encoder", "codes", "sprite")
    }
    assert in_order(held["network"]) == pack_network(run.config, run.weights, encoder=False)
    whole = len(pack_network(run.config, run.weights))
    assert 0 <= len(held["encoder"]) + len(held["network"]) - whole < 1000  # no array twice: two headers, not one
    assert b'"count":10000' in in_order(held["codes"])[:200]
    images = load_dataset("mnist", "test", download=False).images
    sheet = np.asarray(Image.open(io.BytesIO(held["sprite"])).convert("L"))
    tiles = sheet.reshape(100, 28, 100, 28).transpose(0, 2, 1, 3).reshape(-1, 28, 28)
    np.testing.assert_array_equal(tiles, images)
    space = json.loads(element(text, "space"))
    assert space["name"] == "mnist-vae-2d"
    assert len(space["classes"]) == len(space["colors"]) == 10


BESIDE = {
    "mnist-vae-2d": 'data-name="mnist-ae-2d"',
    "mnist-ae-2d": 'id="autoencoder"></script>',
    "fashion-mnist-vae-2d": "<p>The autoencoder fashion-mnist-ae-2d is left out, to keep this file below 10 MB",
    "fashion-mnist-vae-2d-lecture": 'id="autoencoder"></script>',
}


@pytest.mark.parametrize("name", BESIDE)
def test_the_page_is_small_and_names_no_other_place(name: str) -> None:
    text = exported(name)
    assert len(text.encode()) <= LIMIT
    assert BESIDE[name] in text
    assert outside(text) == []
    own = re.sub(r'<script type="text/plain"[^>]*>[^<]*</script>', "", text)
    assert not re.findall(r"https?:|//[a-z]+\.[a-z]", own.replace("http://www.w3.org/", ""))


def test_it_is_written_whole_or_not_at_all(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaeexplorer.export.explorer.page", lambda run: f"<h1>{run.name}</h1>")
    file = tmp_path / "page.html"
    export_html(run, file)
    before = file.read_bytes()
    assert before == b"<h1>mnist-vae-2d</h1>"
    assert file.stat().st_mode & 0o777 == 0o644

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(ExportError, match=r"page\.html cannot be written: the disk is full"):
        export_html(run, file)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_is_not_there_is_named(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaeexplorer.export.explorer.page", lambda run: exported(run.name))
    with pytest.raises(ExportError, match=r"page\.html cannot be written: No such file"):
        export_html(run, tmp_path / "nowhere" / "page.html")


def test_codes_of_other_images_are_refused(run: Run, tmp_path: Path) -> None:
    assert run.codes.logvar is not None
    few = Codes(run.codes.mean[:9], run.codes.logvar[:9])
    with pytest.raises(RunError, match="codes of 9 other images"):
        export_html(dataclasses.replace(run, codes=few), tmp_path / "page.html")
    assert not list(tmp_path.iterdir())


def wait_until(chromium: Any, condition: str) -> None:
    """Poll from outside: the page's policy forbids it to evaluate text, also for a test."""
    for _ in range(200):
        if chromium.evaluate(condition):
            return
        time.sleep(0.05)
    pytest.fail(f"never came true: {condition}")


def numbers(chromium: Any) -> list[float]:
    """z as the page shows it."""
    text = chromium.locator("#plane .z").text_content().strip("()").replace("\N{MINUS SIGN}", "-")
    return [float(part) for part in text.split(",")]


@pytest.mark.browser
@pytest.mark.parametrize("name", ["mnist-vae-2d", "mnist-ae-16d"])
def test_it_lives_without_a_server(name: str, chromium: Any, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(exported(name), encoding="utf-8")
    asked: list[str] = []
    chromium.on("request", lambda request: asked.append(request.url))
    chromium.goto(file.as_uri())
    wait_until(chromium, "Boolean(document.querySelector('.z')?.textContent)")
    before = chromium.evaluate(PICTURE)
    stage = chromium.locator("#plane .stage").bounding_box()
    x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
    chromium.mouse.move(x, y)
    chromium.mouse.down()
    chromium.mouse.move(x + 80, y + 30, steps=4)
    wait_until(chromium, f"{PICTURE} !== {before!r}")
    chromium.mouse.up()
    wait_until(chromium, "location.hash.includes('z=')")

    # The address holds what was chosen, to three digits: opened anew, the same picture.
    chosen = numbers(chromium)
    chromium.reload()
    wait_until(chromium, "Boolean(document.querySelector('.z')?.textContent)")
    assert numbers(chromium) == pytest.approx(chosen, abs=0.011)
    assert asked
    assert [url for url in asked if not url.startswith(WITHIN)] == []


@pytest.mark.browser
def test_it_encodes_and_decodes_on_the_page(chromium: Any, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(exported("mnist-vae-2d"), encoding="utf-8")
    chromium.goto(file.as_uri())
    wait_until(chromium, "Boolean(document.querySelector('#walk table td'))")
    wait_until(chromium, "document.querySelector('#walk .plain p').textContent.includes('One point, no cloud: z = (')")
    x = chromium.locator("#walk canvas.decoded").first.evaluate(
        "c => Array.from(c.getContext('2d').getImageData(0, 0, 28, 28).data.filter((_, at) => at % 4 === 0))"
    )
    assert x == load_dataset("mnist", "test", download=False).images[0].ravel().tolist()

    chromium.locator("#walk button", has_text="ε = 0").click()
    wait_until(chromium, "location.hash.includes('image=0&eps=0%2C0')")
    chromium.locator("#plane button", has_text="Sample prior").click()
    wait_until(chromium, "location.hash.includes('z=') && location.hash.includes('image=0')")
