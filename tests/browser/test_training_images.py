"""The images that a browser trains on: shipped at 4 bits a pixel, packed here, unpacked by the page."""

import base64
import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from vaeexplorer.browser.packing.images import pack_images
from vaeexplorer.config import Dataset
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import DataError, ImageDataset
from vaeexplorer.data.tab_images import COUNTS, FOLDER, path, shipped_images, sixteenths
from vaeexplorer.recipes import tab_images

MOST = 3_000_000  # bytes that a page fetches before it can train


@pytest.fixture
def unpacked(node: Callable[..., str], modules: Path) -> Callable[[bytes], Any]:
    """What the page makes of packed images: count, the images' SHA-256, a sum, and labels; or an error's message."""

    def run(packed: bytes) -> Any:
        text = json.dumps(base64.b64encode(packed).decode())
        code = f"""
            import {{ createHash }} from "node:crypto";
            import {{ unpackBytes, unpackImages }} from "./learning/images.js";
            const bytes = Uint8Array.from(atob({text}), (c) => c.charCodeAt(0));
            try {{
              const {{ bits, images: packed }} = await unpackImages(bytes.buffer.slice(0));
              const {{ count, images, labels }} = await unpackBytes(bytes.buffer);
              if (8 * packed.length !== bits * images.length) throw new Error("not as they were packed");
              const few = images.subarray(0, 784 * 10_000);
              const hash = (of) => createHash("sha256").update(of).digest("hex");
              console.log(JSON.stringify([count, images.length, hash(images), hash(few), Array.from(labels)]));
            }} catch (error) {{ console.log(JSON.stringify(error.message)); }}"""
        (modules / "unpacked.mjs").write_text(code)
        return json.loads(node("unpacked.mjs"))

    return run


def sha(images: np.ndarray) -> str:
    return hashlib.sha256(images.tobytes()).hexdigest()


@pytest.mark.parametrize("bits", [4, 8])
def test_packed_images_arrive(bits: Any, unpacked: Callable[[bytes], Any], rng: np.random.Generator) -> None:
    images = rng.integers(0, 2**bits, (30, 28, 28), dtype=np.uint8)
    labels = rng.integers(0, 10, 50)
    wanted = images * np.uint8(17) if bits == 4 else images
    assert unpacked(pack_images(images, bits=bits, labels=labels))[:3] == [30, 30 * 784, sha(wanted)]
    assert unpacked(pack_images(images, bits=bits, labels=labels))[4] == labels.tolist()
    assert unpacked(pack_images(images, bits=bits))[4] == []


def test_the_nearest_of_sixteen_grey_levels_is_taken() -> None:
    grey = np.arange(256, dtype=np.uint8)
    assert np.abs(17 * sixteenths(grey).astype(int) - grey).max() == 8


@pytest.mark.parametrize("dataset", get_args(Dataset))
def test_what_is_shipped_begins_with_the_sample(dataset: Dataset, unpacked: Callable[[bytes], Any]) -> None:
    packed = shipped_images(dataset)
    assert len(packed) <= MOST
    assert f"{hashlib.sha256(packed).hexdigest()}  {dataset}.bin" in (FOLDER / "SHA256SUMS").read_text().splitlines()
    count, _, _, few, _ = unpacked(packed)
    assert count == COUNTS[dataset]
    assert few == sha(17 * sixteenths(load_dataset(dataset, "train", download=False).images))


def test_damaged_images_are_refused_in_words(unpacked: Callable[[bytes], Any]) -> None:
    whole = gzip.decompress(pack_images(np.zeros((3, 28, 28), np.uint8), bits=4))
    for damaged, words in ((whole[:-9], "cut short"), (whole + b"x", "longer"), (b"GIF89a..", "another kind")):
        assert words in unpacked(gzip.compress(damaged))


def test_the_recipe_writes_the_same_bytes_and_wants_enough_images(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mnist_test: ImageDataset
) -> None:
    monkeypatch.setattr(tab_images, "FOLDER", tmp_path)
    monkeypatch.setattr(tab_images, "path", lambda dataset: tmp_path / path(dataset).name)
    monkeypatch.setattr(tab_images, "COUNTS", {"mnist": 500})
    monkeypatch.setattr(tab_images, "load_dataset", lambda *_: mnist_test)
    tab_images.write_tab_images()
    written = (tmp_path / "mnist.bin").read_bytes()
    assert written == pack_images(sixteenths(mnist_test.images[:500]), bits=4, effort=9)
    assert hashlib.sha256(written).hexdigest() in (tmp_path / "SHA256SUMS").read_text()
    monkeypatch.setattr(tab_images, "COUNTS", {"mnist": 30_000})
    with pytest.raises(DataError, match="30,000 training images of mnist are wanted, but only 10,000"):
        tab_images.write_tab_images()
