"""The network in JavaScript against torch, under node and in Chromium: the shipped runs and every kind of layer."""

import dataclasses
import functools
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch import nn

from vaeexplorer.browser.packing.network import pack_codes, pack_network
from vaeexplorer.browser.packing.sprite import sprite
from vaeexplorer.codes import Codes
from vaeexplorer.config import DataConfig, ModelConfig, ObjectiveConfig, RunConfig, TrainConfig
from vaeexplorer.data.datasets import load_dataset
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.files import SHIPPED, content_hash
from vaeexplorer.network.inference import LatentModel
from vaeexplorer.network.models import build
from vaeexplorer.network.training import train
from vaeexplorer.runs.folder import Run, load_run

POINTS, IMAGES = 200, 20  # beside the extremes of every dimension
SHIPPED_RUNS = sorted(path.parent.name for path in SHIPPED.glob("*/run.json"))
SMALL = {
    "conv-bernoulli": (ModelConfig(arch="conv", hidden=(6, 9), latent_dim=3, activation="relu"), "bernoulli"),
    "conv-ae": (ModelConfig(model="ae", arch="conv", latent_dim=2), "gaussian"),
    "tanh-continuous-bernoulli": (ModelConfig(hidden=(33, 17), activation="tanh"), "continuous-bernoulli"),
    "relu-gaussian-learned": (ModelConfig(hidden=(30,), activation="relu", latent_dim=5), "gaussian-learned"),
    "silu-gaussian": (ModelConfig(hidden=(30,)), "gaussian"),
    "linear-gaussian": (ModelConfig(arch="linear", latent_dim=7), "gaussian"),
    "linear-bernoulli-ae": (ModelConfig(model="ae", arch="linear"), "bernoulli"),
}
TRAINED = "conv-trained"
CASES = [*SHIPPED_RUNS, *SMALL, TRAINED]


def packed(run: Run, *, encoder: bool = True) -> bytes:
    return pack_network(run.config, run.weights, encoder=encoder)


def untrained(name: str, model: ModelConfig, likelihood: Any) -> Run:
    """A run of random weights, the decoder's last ones large, so that pixels reach from 0 to 1."""
    config = RunConfig(DataConfig(), model, ObjectiveConfig(likelihood))
    network = build(model, likelihood)
    last = [module for module in network.decoder if isinstance(module, (nn.Linear, nn.ConvTranspose2d))][-1]
    last.weight.data.mul_(20)
    codes = Codes(np.zeros((1, model.latent_dim), np.float32), None)
    return Run(name, Path(), "", config, {}, {}, [], weights_of(network), codes, *np.zeros((2, 1)))


def weights_of(network: nn.Module) -> dict[str, np.ndarray]:
    return {name: tensor.numpy() for name, tensor in network.state_dict().items()}


def trained() -> Run:
    """A convolutional VAE after 400 steps, when its images have become strokes."""
    full = load_dataset("mnist", "train", download=False)
    images = dataclasses.replace(full, images=full.images[:3200], labels=full.labels[:3200])
    few = dataclasses.replace(full, images=full.images[:200], labels=full.labels[:200])
    config = RunConfig(
        DataConfig(),
        ModelConfig(arch="conv", hidden=(8, 16)),
        ObjectiveConfig("bernoulli"),
        TrainConfig(epochs=8, batch_size=64, learning_rate=5e-3, device="cpu", precision="float32"),
    )
    training = train(config, train_set=images, test_set=few)
    records = list(training)
    assert records[-1].test.total < 190
    codes = LatentModel(training.network).encode(images.images)
    return Run(TRAINED, Path(), "", config, {}, {}, [], weights_of(training.network), codes, *np.zeros((2, 1)))


@functools.cache
def run_of(case: str) -> Run:
    if case == TRAINED:
        return trained()
    return untrained(case, *SMALL[case]) if case in SMALL else load_run(case)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder a case: packed weights, points and images, and what torch makes of them."""
    root = tmp_path_factory.mktemp("cases")
    rng = np.random.default_rng(0)
    for case in CASES:
        run = run_of(case)
        codes = run.codes.mean
        scale = np.maximum(1, codes.std(axis=0))
        extremes = codes[np.concatenate([codes.argmin(axis=0), codes.argmax(axis=0)])]
        z = np.concatenate([2 * rng.standard_normal((POINTS, run.config.model.latent_dim)) * scale, extremes]).astype(
            np.float32
        )
        x = np.where(rng.random((IMAGES, 28, 28)) < 0.5, 0, rng.random((IMAGES, 28, 28))).astype(np.float32)
        found = run.model.encode(x)
        logvar = np.zeros(0, np.float32) if found.logvar is None else found.logvar
        arrays = {"z": z, "images": run.model.decode(z), "x": x, "mean": found.mean, "logvar": logvar}
        folder = root / case
        folder.mkdir()
        (folder / "network.bin").write_bytes(packed(run))
        for name, array in arrays.items():
            (folder / f"{name}.bin").write_bytes(array.astype("<f4").tobytes())
    return root


def hold(found: dict[str, dict[str, float]]) -> None:
    """Pixels agree to 1e-4, the far ends of an AE included; codes to 1e-4 of their reach."""
    assert sorted(found) == sorted(CASES)
    for case, worst in found.items():
        reach = max(1, float(np.abs(run_of(case).codes.mean).max()))
        assert worst["image"] <= 1e-4, (case, worst)
        assert worst["mean"] <= 1e-4 * reach, (case, worst)
        assert worst["logvar"] <= 1e-4, (case, worst)


@pytest.mark.skipif(shutil.which("chromium") is not None, reason="Chromium runs the same cases")
def test_it_agrees_with_torch_under_node(node: Callable[..., str], cases: Path) -> None:
    hold(json.loads(node("agreement_node.js", str(cases))))


@pytest.mark.slow  # the same script under node: above
@pytest.mark.browser
def test_it_agrees_with_torch_in_a_browser(chromium: Any, modules: Path, cases: Path) -> None:
    class Handler(SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            return str((cases if path.startswith("/case/") else modules) / path.removeprefix("/case/").lstrip("/"))

        def log_message(self, *arguments: object) -> None:
            pass

    (modules / "index.html").write_text('<!doctype html><link rel="icon" href="data:,">')
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        chromium.goto(f"http://127.0.0.1:{server.server_port}/index.html")
        compare = """async (name) => {
          const { disagreement } = await import("/agreement.js");
          return disagreement(async (file) => (await fetch(`/case/${name}/${file}`)).arrayBuffer());
        }"""
        found = {case: chromium.evaluate(compare, case) for case in CASES}
        server.shutdown()
    hold(found)


def test_weights_travel_in_half_precision_where_that_loses_nothing() -> None:
    assert b'"precision":"<f2"' in packed(load_run("mnist-vae-2d"))[:200]
    assert b'"precision":"<f4"' in packed(run_of("silu-gaussian"))[:200]


def test_the_encoder_is_left_out_on_request() -> None:
    run = run_of("silu-gaussian")
    assert len(packed(run, encoder=False)) < 0.55 * len(packed(run))
    assert b'"encoder":null' in packed(run, encoder=False)


def test_the_same_run_is_packed_to_the_same_bytes_in_another_process() -> None:
    code = "from vaeexplorer import load_run; from vaeexplorer.browser.packing.network import pack_network; "
    code += "from vaeexplorer.files import content_hash; run = load_run('mnist-vae-2d'); "
    code += "print(content_hash(pack_network(run.config, run.weights)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.strip() == content_hash(packed(load_run("mnist-vae-2d")))


def test_weights_in_steps_come_back(node: Callable[..., str], modules: Path) -> None:
    run, name, step = run_of("silu-gaussian"), "decoder.2.weight", 2.0**-9
    whole = np.rint(run.weights[name] / step).astype(np.int32)
    (modules / "steps.bin").write_bytes(
        pack_network(run.config, {**run.weights, name: whole}, encoder=False, steps={name: step})
    )
    script = """import { readFileSync } from "node:fs"; import { unpack } from "./engine/network.js";
      const { buffer, byteOffset, length } = readFileSync("steps.bin");
      const { weight, inputs } = unpack(buffer.slice(byteOffset, byteOffset + length)).decoder[1];
      console.log(JSON.stringify([inputs, Array.from(weight)]));"""
    inputs, weight = json.loads(node("--input-type=module", "-e", script))
    found = np.reshape(weight, (-1, inputs, 4)).swapaxes(1, 2).reshape(-1, inputs)  # outputs lie in fours side by side
    np.testing.assert_array_equal(found, whole * step)


def test_codes_keep_every_number(node: Callable[..., str], modules: Path, rng: np.random.Generator) -> None:
    codes = Codes(*rng.standard_normal((2, 30, 3)).astype(np.float16).astype(np.float32))
    error, kl, labels = rng.random(30, np.float32), rng.random(30, np.float32), rng.integers(0, 10, 30)
    (modules / "codes.bin").write_bytes(pack_codes(codes, labels, error, kl))
    script = """import { readFileSync } from "node:fs"; import { unpackCodes } from "./engine/codes.js";
      const { buffer, byteOffset, length } = readFileSync("codes.bin");
      const codes = unpackCodes(buffer.slice(byteOffset, byteOffset + length));
      console.log(JSON.stringify(codes, (_, v) => ArrayBuffer.isView(v) ? Array.from(v) : v));"""
    found = json.loads(node("--input-type=module", "-e", script))
    assert (found["count"], found["dim"]) == (30, 3)
    assert codes.logvar is not None
    for name, array in {"mean": codes.mean, "logvar": codes.logvar, "error": error, "kl": kl, "labels": labels}.items():
        assert found[name] == array.ravel().tolist(), name


def test_the_sprite_holds_every_pixel(small_test: ImageDataset, tmp_path: Path) -> None:
    from PIL import Image

    file = tmp_path / "sprite.png"
    file.write_bytes(sprite(small_test.images[:250]))
    sheet = np.asarray(Image.open(file))
    assert sheet.shape == (3 * 28, 100 * 28)
    for index in (0, 99, 100, 249):
        row, column = divmod(index, 100)
        tile = sheet[28 * row : 28 * row + 28, 28 * column : 28 * column + 28]
        np.testing.assert_array_equal(tile, small_test.images[index])
    assert not sheet[56:, 50 * 28 :].any()
