"""The page as a file: one, whole, at home everywhere, and alive."""

import dataclasses
import functools
import io
import json
import os
import re
import zlib
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.browser import driving
from tests.hosts import hosted
from tests.references import WITHIN, outside
from vaeexplorer.browser.packing.network import pack_network
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.export.explorer import export_html, page
from vaeexplorer.export.html import ExportError
from vaeexplorer.export.places import as_text, as_wide_text
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


def from_text(text: str) -> bytes:
    """What `as_text` has made text of: 13 bits of two characters, 6 of one at the end."""
    values = np.full(128, -1, np.intp)
    values[[code for code in range(32, 127) if chr(code) not in '"&<\\']] = np.arange(91)
    numbers = values[np.frombuffer(text.encode(), np.uint8)]
    pairs, last = numbers[: len(numbers) & ~1].reshape(-1, 2) @ np.array([91, 1]), numbers[len(numbers) & ~1 :]
    bits = np.append(pairs[:, None] >> np.arange(12, -1, -1) & 1, last[:, None] >> np.arange(5, -1, -1) & 1)
    return np.packbits(bits[: len(bits) // 8 * 8]).tobytes()


def in_order(planes: bytes) -> bytes:
    """The bytes of which those at even places come first."""
    data = np.empty(len(planes), np.uint8)
    data[::2], data[1::2] = np.split(np.frombuffer(planes, np.uint8), [-(-len(planes) // 2)])
    return data.tobytes()


def test_the_page_holds_the_run(run: Run) -> None:
    text = exported(run.name)
    held = {name: zlib.decompress(from_text(element(text, name))) for name in ("network", "encoder", "codes", "sprite")}
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
    maps = json.loads(zlib.decompress(from_text(element(text, space["regions"]))))
    assert (maps["rows"], maps["columns"]) == (128, 128)
    assert len(space["classes"]) == len(space["colors"]) == 10


@pytest.mark.parametrize("length", [*range(27), 1000])
def test_bytes_of_any_length_come_back_from_text(length: int) -> None:
    data = np.random.default_rng(length).integers(0, 256, length, np.uint8).tobytes()
    text = as_text(data)
    assert from_text(text) == data
    assert len(text) <= 16 * length / 13 + 1
    assert not set(text) - set(map(chr, range(32, 127))) | set(text) & set('"&<\\')


@pytest.mark.parametrize("length", [*range(31), 1000])
def test_files_beside_a_page_have_two_bytes_a_character(length: int) -> None:
    data = np.random.default_rng(length).integers(0, 256, length, np.uint8).tobytes()
    codes = np.array([ord(letter) for letter in as_wide_text(data)], np.intp)
    assert 2 * len(codes) <= 16 * length / 15 + 2
    assert ((codes >= 0x2F00) & (codes < 0x3000 + 2**15)).all()
    bits = "".join(f"{code - 0x3000:015b}" if code >= 0x3000 else f"{code - 0x2F00:07b}" for code in codes)
    assert bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)) == data


BESIDE = {
    "mnist-vae-2d": 'data-name="mnist-ae-2d"',
    "mnist-ae-16d": 'id="autoencoder"></script>',
    "fashion-mnist-vae-2d": "<p>The autoencoder fashion-mnist-ae-2d is left out, to keep this file below 10 MB",
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name.startswith("fashion") else ()) for name in BESIDE]
)
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
    assert os.name == "nt" or file.stat().st_mode & 0o777 == 0o644

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
    driving.wait_until(chromium, lambda: bool(chromium.evaluate(condition)), condition)


def numbers(chromium: Any) -> list[float]:
    """z as the page shows it."""
    text = chromium.locator("#plane .z").text_content().strip("()").replace("\N{MINUS SIGN}", "-")
    return [float(part) for part in text.split(",")]


@pytest.mark.browser
@pytest.mark.slow  # from a disk: test_gallery.py; over HTTP: below
def test_it_lives_without_a_server(chromium: Any, tmp_path: Path) -> None:
    """A run of 16 dimensions; a page of two is dragged in the tests below, and in those of the gallery."""
    file = tmp_path / "page.html"
    file.write_text(exported("mnist-ae-16d"), encoding="utf-8")
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

    # The address holds what was chosen, to seven digits: opened anew, the same picture.
    chosen = numbers(chromium)
    chromium.reload()
    wait_until(chromium, "Boolean(document.querySelector('.z')?.textContent)")
    assert numbers(chromium) == pytest.approx(chosen, abs=0.011)
    assert asked
    assert [url for url in asked if not url.startswith(WITHIN)] == []


@pytest.fixture
def at(run: Run, tmp_path: Path) -> Iterator[str]:
    """A host that has the page of the run as page.html, and all else that is in the test's folder."""
    (tmp_path / "page.html").write_text(exported(run.name), encoding="utf-8")
    with hosted(tmp_path) as url:
        yield url


def framed(chromium: Any, at: str, folder: Path, outer: str) -> Any:
    """The page in a frame of another page, once it is alive, and dragged."""
    (folder / "outer.html").write_text(
        f'<meta charset="utf-8"><link rel="icon" href="data:,">{outer}', encoding="utf-8"
    )
    chromium.goto(f"{at}/outer.html")
    frame = chromium.frames[1]  # a locator of the frame would read all of `srcdoc` at every look
    frame.locator("#plane .facts dd").first.wait_for()
    frame.locator("#plane button", has_text="Sample prior").click()
    return frame


@pytest.mark.browser
def test_over_http_it_encodes_and_decodes_and_all_is_behind_the_hash_of_its_address(chromium: Any, at: str) -> None:
    chromium.goto(f"{at}/page.html?utm=x#z=1,-0.5")
    wait_until(chromium, "document.querySelector('#plane .z')?.textContent === '(1.00, −0.50)'")
    wait_until(
        chromium, "document.querySelector('#walk .loss')?.textContent.includes('of the autoencoder mnist-ae-2d')"
    )
    x = chromium.locator("#walk canvas.decoded").first.evaluate(
        "c => Array.from(c.getContext('2d').getImageData(0, 0, 28, 28).data.filter((_, at) => at % 4 === 0))"
    )
    assert x == load_dataset("mnist", "test", download=False).images[1465].ravel().tolist()

    # A link that is followed on the page itself is shown.
    chromium.evaluate("location.hash = '#z=0.25,2&image=7'")
    wait_until(chromium, "document.querySelector('#plane .z').textContent === '(0.25, 2.00)'")
    wait_until(chromium, "document.querySelector('#walk input[type=number]').value === '7'")
    chromium.go_back()
    wait_until(chromium, "document.querySelector('#plane .z').textContent === '(1.00, −0.50)'")
    wait_until(chromium, "document.querySelector('#walk input[type=number]').value === '1465'")
    chromium.evaluate("location.hash = '#z=1,2,3&image=99999'")
    chromium.get_by_text("The link asks for z=1,2,3 (").wait_for()
    chromium.get_by_text("The link asks for image=99999 (").wait_for()
    wait_until(chromium, "location.hash === ''")

    # What is chosen is written, and the link that is copied holds it.
    chromium.locator("#walk button", has_text="ε = 0").click()
    wait_until(chromium, "location.hash.includes('eps=0,0')")
    chromium.locator("#plane button", has_text="Sample prior").click()
    wait_until(chromium, "location.hash.includes('z=') && location.hash.includes('eps=0,0')")
    chromium.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')); }")
    chromium.locator("#plane button", has_text="Copy link").click()
    assert chromium.get_by_label("The link to this picture").input_value() == chromium.url
    chromium.evaluate("() => { delete navigator.clipboard.writeText; }")
    chromium.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=at)
    chromium.locator("#plane button", has_text="Copy link").click()
    chromium.locator("#plane button", has_text="Copied").wait_for()
    copied = chromium.evaluate("navigator.clipboard.readText()")
    assert copied == chromium.url
    assert copied.startswith(f"{at}/page.html?utm=x#")


@pytest.mark.slow  # a widget's copy is such a frame: tests/notebook/test_widgets.py
@pytest.mark.browser
def test_in_a_frame_without_an_address_there_is_no_button_for_it(
    chromium: Any, run: Run, at: str, tmp_path: Path
) -> None:
    """As in notebooks: `srcdoc`. The fixture holds that nothing is complained of."""
    outer = f'<iframe width=900 height=900 srcdoc="{escape(exported(run.name))}"></iframe>'
    frame = framed(chromium, at, tmp_path, outer)
    frame.locator("#walk button", has_text="ε = 0").click()
    assert frame.locator("#plane button", has_text="Copy link").is_hidden()


@pytest.mark.slow  # where it may not be copied the link is in a field: above
@pytest.mark.browser
def test_in_a_frame_that_may_not_copy_the_link_is_in_a_field(
    chromium: Any, at: str, tmp_path: Path, troubles: list[str]
) -> None:
    outer = '<iframe width=900 height=900 sandbox="allow-scripts" src="page.html"></iframe>'
    frame = framed(chromium, at, tmp_path, outer)
    frame.locator("#plane button", has_text="Copy link").click()
    field = frame.get_by_label("The link to this picture")
    field.wait_for()
    link = field.input_value()
    assert link.startswith(f"{at}/page.html#z=")
    assert field.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)") == link
    z = frame.locator("#plane .z").inner_text()
    chromium.goto(link)
    wait_until(chromium, f"document.querySelector('#plane .z')?.textContent === {z!r}")
    assert all("Clipboard API has been blocked" in trouble for trouble in troubles), troubles
    troubles.clear()
