"""What a training in a browser leaves to take home: a run folder that Python reads, written without a library."""

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from PIL import Image

from vaeexplorer.config import RunConfig
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.network.architecture import weight_shapes
from vaeexplorer.runs.folder import list_runs, load_run
from vaeexplorer.runs.transfer import import_run
from vaeexplorer.spaces.space import open_run

WRITE = """
import { writeFileSync } from "node:fs";
import { DEFAULTS } from "./record/choices.js";
import { runFolder } from "./record/run_folder.js";
const given = JSON.parse(process.argv[2]);
const choices = { ...DEFAULTS, ...given.choices };
const wave = (count, scale) => Float32Array.from({ length: count }, (_, i) => scale * Math.sin(1 + i));
const sized = (shape) => shape.reduce((all, each) => all * each, 1);
const weights = Object.fromEntries(
  Object.entries(given.shapes).map(([name, shape]) => [name, { shape, values: wave(sized(shape), 0.05) }]));
const count = given.labels.length, { dim } = choices;
const losses = (at) => ({ reconstruction: 200 - at, kl: at / 3, total: 200 - (2 * at) / 3 });
writeFileSync(given.path, runFolder({
  choices, weights, beta: 0.5, steps: 7, hash: "0".repeat(64),
  events: [{ step: 3, name: "beta", value: 0.5 }],
  history: [1, 2].map((epoch) => ({ epoch, train: losses(epoch), test: losses(epoch), seconds: 1.5 })),
  codes: { mean: wave(count * dim, 1.5), logvar: given.vae ? wave(count * dim, 1) : null,
           error: wave(count, 0).fill(9) },
  labels: Uint8Array.from(given.labels), snapshots: [wave(40 * dim, 1), wave(40 * dim, 2)],
  figures: { reconstruction: 198, kl: 0.66, total: 198.33, squared_error: 40 },
  images: { source: "30,000 images at 4 bits", hash: "a".repeat(16), testSource: "test", testHash: given.hash,
            version: "0.1.0" },
}));
"""


@pytest.fixture
def written(node: Callable[..., str], modules: Path, tmp_path: Path) -> Callable[..., Path]:
    """A folder with the run that the browser's code writes for these choices and images."""

    def write(config: RunConfig, data: ImageDataset, **choices: Any) -> Path:
        (modules / "write_run.mjs").write_text(WRITE)
        shapes = weight_shapes(config.model, config.objective.likelihood)
        given = {"choices": choices, "shapes": shapes, "labels": data.labels.tolist(), "hash": data.content_hash}
        given |= {"path": str(tmp_path / "run.zip"), "vae": config.model.model == "vae"}
        node("write_run.mjs", json.dumps(given))
        with zipfile.ZipFile(tmp_path / "run.zip") as file:
            assert file.testzip() is None
            file.extractall(tmp_path / "runs")
        return tmp_path / "runs"

    return write


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("vae", {"model": {"hidden": [256, 256]}}),
        ("ae", {"model": {"model": "ae", "hidden": [64, 64], "latent_dim": 3, "activation": "relu"}}),
        ("linear-ae", {"model": {"model": "ae", "arch": "linear"}, "objective": {"likelihood": "gaussian"}}),
        ("linear-vae", {"model": {"arch": "linear"}, "objective": {"likelihood": "gaussian-learned"}}),
    ],
)
def test_python_reads_what_the_browser_wrote(
    kind: str, config: dict[str, Any], written: Callable[..., Path], runs_folder: Path, mnist_test: ImageDataset
) -> None:
    wanted = RunConfig.from_json(config)
    model = wanted.model
    choices: dict[str, Any] = {"model": kind, "dim": model.latent_dim, "activation": model.activation}
    choices |= {"likelihood": wanted.objective.likelihood, "widths": model.hidden}
    assert written(wanted, mnist_test, **choices) == runs_folder
    cards, errors = list_runs()
    assert errors == []
    name = f"mnist-{kind}-{model.latent_dim}d-tab"
    assert name in [card.name for card in cards]
    run = load_run(name)
    with (runs_folder.parent / "run.zip").open("rb") as file:
        assert import_run(file, "again").key == run.key
    assert run.config.model == model
    assert run.config.objective.likelihood == wanted.objective.likelihood
    assert run.config.objective.beta == (0.5 if model.model == "vae" else 1)
    assert [record.test.total for record in run.history] == pytest.approx([200 - 2 / 3, 200 - 4 / 3], rel=1e-5)
    assert run.provenance["events"] == "beta 0.5 at step 3"
    wave = np.sin(1 + np.arange(40 * model.latent_dim)).reshape(-1, model.latent_dim)
    np.testing.assert_allclose(run.snapshots[1], 2 * wave, atol=2 * 2 / 500)
    np.testing.assert_allclose(run.codes.mean[:40], 1.5 * wave, atol=1e-6)
    space = open_run(run, mnist_test)  # which compares the images
    assert space.posterior.mean.shape == (10_000, model.latent_dim)
    assert space.decode(run.codes.mean[:2]).shape == (2, 28, 28)


def test_arrays_and_hashes_are_those_of_the_libraries(node: Callable[..., str], modules: Path, tmp_path: Path) -> None:
    code = """
        import { writeFileSync } from "node:fs";
        import { sha256 } from "./files/sha256.js";
        import { npz, safetensors } from "./files/tensors.js";
        const values = Float32Array.of(1.5, -2, 3e-30, 4, 5, 6);
        const tensors = { a: { shape: [2, 3], values }, b: { shape: [], values: values.subarray(1, 2) } };
        writeFileSync(process.argv[2], npz({ ...tensors, c: { shape: [3], values: Uint8Array.of(1, 2, 255) } }));
        writeFileSync(process.argv[3], safetensors(tensors));
        const sizes = [0, 1, 55, 56, 63, 64, 65, 1000];
        console.log(JSON.stringify(sizes.map((size) => sha256(new Uint8Array(size).fill(size)))));"""
    (modules / "arrays.mjs").write_text(code)
    packed, saved = tmp_path / "arrays.npz", tmp_path / "arrays.safetensors"
    hashes = json.loads(node("arrays.mjs", str(packed), str(saved)))
    assert hashes == [
        hashlib.sha256(bytes([size % 256]) * size).hexdigest() for size in (0, 1, 55, 56, 63, 64, 65, 1000)
    ]
    expected = np.array([[1.5, -2, 3e-30], [4, 5, 6]], np.float32)
    with np.load(io.BytesIO(packed.read_bytes())) as arrays:
        np.testing.assert_array_equal(arrays["a"], expected)
        np.testing.assert_array_equal(arrays["c"], np.array([1, 2, 255], np.uint8))
        assert arrays["b"].shape == ()
    tensors = safetensors.numpy.load(saved.read_bytes())
    np.testing.assert_array_equal(tensors["a"], expected)
    assert math.isclose(tensors["b"].item(), -2)


def test_a_film_has_the_colours_of_its_palette(node: Callable[..., str], modules: Path, tmp_path: Path) -> None:
    """Dots in the colours of their classes, on the manifold of each moment."""
    (modules / "film.mjs").write_text("""
        import { writeFileSync } from "node:fs";
        import { encodeGif } from "./files/gif.js";
        const frames = [3, 65].map((code) => new Uint8Array(900).fill(code));
        const palette = Array.from({ length: 74 }, (_, k) => [k, 255 - k, 2 * k]);
        writeFileSync(process.argv[2], encodeGif(frames, { width: 30, height: 30 }, 2, 8, palette));""")
    node("film.mjs", str(tmp_path / "film.gif"))
    with Image.open(tmp_path / "film.gif") as film:
        assert (film.size, getattr(film, "n_frames", 1)) == ((60, 60), 2)
        for number, code in enumerate((3, 65)):
            film.seek(number)
            assert film.convert("RGB").getcolors() == [(3600, (code, 255 - code, 2 * code))]
