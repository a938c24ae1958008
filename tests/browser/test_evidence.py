"""The posterior and the bounds of a trained network as the worker measures them, against the same by torch."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vaeexplorer.analysis import quadrature
from vaeexplorer.browser.packing.network import pack_network
from vaeexplorer.data.images import ImageDataset
from vaeexplorer.network import objectives
from vaeexplorer.network.gaps.points import Points
from vaeexplorer.network.gaps.search import best_gaussian, log_weights
from vaeexplorer.network.models import Posterior, build
from vaeexplorer.results.sweep import config_of, read_point

IMAGES = 1
SCRIPT = """
import { readFileSync } from "node:fs";
import { unpack } from "./engine/network.js";
import { Desk } from "./posterior/desk.js";
const read = (name) => { const { buffer, byteOffset, length } = readFileSync(name);
                         return buffer.slice(byteOffset, byteOffset + length); };
const network = unpack(read("point.bin")), x = new Float32Array(read("x.bin"));
const given = JSON.parse(readFileSync("q.json"));
const answers = [], found = [];
const desk = new Desk((answer) => answers.push(answer), () => new Promise((done) => setImmediate(done)));
await desk.use(network, 128, 5);
for (const [id, q] of given.entries()) {
  const eps = new Float64Array(200), by = (step) => q.mean.map((m) => m + step);
  const box = { low: by(-1), high: by(1) };
  await desk.ask({ id, x: x.subarray(784 * id, 784 * (id + 1)), q, eps, box });
  found.push(answers.findLast((answer) => "measured" in answer).measured);
}
console.log(JSON.stringify(found));
"""


def test_the_bounds_are_those_of_torch(node: Callable[..., str], modules: Path, mnist_test: ImageDataset) -> None:
    config = config_of("mnist", 2, 1.0)
    point = read_point(config)
    network = build(config.model, config.objective.likelihood).requires_grad_(False)
    decoder = {name.removeprefix("decoder."): torch.tensor(array) for name, array in point.weights.items()}
    network.decoder.load_state_dict(decoder)
    x = torch.tensor(mnist_test.images[:IMAGES].reshape(IMAGES, 784)).float() / 255
    q = Posterior(torch.tensor(point.mean[:IMAGES]), torch.tensor(point.logvar[:IMAGES]))

    def log_likelihood(z: Tensor) -> Tensor:
        parameter = network.decode(z.flatten(0, 1)).view(*z.shape[:2], 784)
        return -objectives.reconstruction(x, parameter, config.objective)

    noise = torch.Generator().manual_seed(0)
    best = best_gaussian(q, log_likelihood, generator=noise)
    bounds = [log_weights(each, log_likelihood, 4000, noise) for each in (q, best)]
    centres, step = quadrature.grid()
    truth = Points(network, config, centres).log_likelihoods(x, step)

    (modules / "point.bin").write_bytes(pack_network(config, point.weights, encoder=False))
    (modules / "x.bin").write_bytes(x.numpy().astype("<f4").tobytes())
    of_each = zip(point.mean[:IMAGES].tolist(), point.logvar[:IMAGES].tolist(), strict=True)
    (modules / "q.json").write_text(json.dumps([{"mean": mean, "logvar": logvar} for mean, logvar in of_each]))
    found = json.loads(node("--input-type=module", "-e", SCRIPT))

    def column(name: str) -> np.ndarray:
        return np.array([each[name] for each in found])

    assert np.abs(column("logEvidence") - truth).max() < 0.02
    for name, weights in zip(("elbo", "best"), bounds, strict=True):
        error = weights.std(0).numpy() / np.sqrt(len(weights))
        assert (np.abs(column(name) - weights.mean(0).numpy()) < 0.02 + 4 * error).all(), name
    assert (column("logEvidence") >= column("best") - 0.01).all()
    assert (column("best") >= column("elbo") - 0.01).all()
    assert column("decoded").max() < 20_000
