/** The posterior on a grid and the bounds, where they are known; `test_evidence.py` compares them with Python's. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bestGaussian, elbo, elsewhere, evidence, importance, jointOf } from "./engine/evidence.js";
import { centre, half, layGrid, logJoint, logSum, shares } from "./engine/grid.js";
import { logLikelihood } from "./engine/likelihood.js";
import { unpack } from "./engine/network.js";
import { frame } from "./fakes.js";
import { reconstruction } from "./engine/losses.js";

const near = (found, expected, within) => assert.ok(Math.abs(found - expected) < within, `${found} is not ${expected}`);

/** A linear decoder of the gaussian likelihood: pixel 0 is z1 + z2 / 2, pixel 1 is z2, the others 0. */
function linear(likelihood = "gaussian", pixelVariance = 0.02) {
  const layer = { kind: "dense", inputs: 2, outputs: 784, activation: "none" };
  const weight = new Float32Array(2 * 784);
  weight.set([1, 0.5, 0, 1]);
  const header = { kind: "network", precision: "<f4", id: "0", image: [28, 28], latent_dim: 2, likelihood, beta: 1 };
  const more = { pixel_variance: pixelVariance, logvar_range: [-14, 4], decoder: [layer] };
  const rest = { encoder: null, mean: null, logvar: null };
  return unpack(frame({ ...header, ...more, ...rest }, weight, new Float32Array(784)));
}

/** Of that decoder: posterior precision I + W'W / v, its mean, and ln p(x) without the constant, from two dimensions. */
function known(x, v) {
  const a = 1 + 1 / v,
    b = 0.5 / v,
    c = 1 + 1.25 / v,
    det = a * c - b * b;
  const right = [x[0] / v, (0.5 * x[0] + x[1]) / v];
  const mean = [(c * right[0] - b * right[1]) / det, (a * right[1] - b * right[0]) / det];
  const square = (x[0] ** 2 + x[1] ** 2) / v - (right[0] * mean[0] + right[1] * mean[1]);
  return { a, c, det, mean, logEvidence: -square / 2 - Math.log(det) / 2 };
}

const image = Float32Array.from({ length: 784 }, (_, p) => [0.9, 0.4][p] ?? 0);

test("all terms of a linear model are the closed forms, whether its posterior is wide or far narrower than a cell", async () => {
  for (const v of [0.5, 0.02, 0.0004]) {
    const network = linear("gaussian", v),
      truth = known(image, v),
      joint = jointOf(network, image),
      grid = layGrid(network, 32, 4);
    const found = await evidence(grid, logJoint(grid, image, network), joint);
    near(found.logEvidence, truth.logEvidence, 0.02);
    const best = await bestGaussian(
      { mean: [truth.mean[0] + 0.1 * v ** 0.5, truth.mean[1]], logvar: [Math.log(v), Math.log(v)] },
      joint,
    );
    near(best.mean[0], truth.mean[0], 0.02 * v ** 0.5);
    near(best.logvar[0], -Math.log(truth.a), 0.03);
    near(best.logvar[1], -Math.log(truth.c), 0.03);
    // the approximation gap of a diagonal Gaussian: 1/2 ln (a c / det)
    near(found.logEvidence - best.elbo, 0.5 * Math.log((truth.a * truth.c) / truth.det), 0.03);
    const wide = { mean: truth.mean, logvar: best.logvar.map((value) => value + 1) };
    const lost = 0.5 * 2 * (Math.E - 1 - 1); // KL grows by 1/2 (e - 1 - 1) a dimension
    near(best.elbo - (await elbo(wide, joint)), lost, 0.03);
  }
});

test("a far start still finds the best Gaussian", async () => {
  const joint = jointOf(linear(), image),
    truth = known(image, 0.02);
  const best = await bestGaussian({ mean: [0.2, 0.9], logvar: [-2, -2] }, joint);
  near(best.mean[0], truth.mean[0], 0.01);
  near(best.mean[1], truth.mean[1], 0.01);
});

test("the second start is the other mode", async () => {
  const modes = [
    [-2, 0.5, 0],
    [1.5, -1, -3],
  ];
  const joint = (points) =>
    Float64Array.from({ length: points.length / 2 }, (_, i) =>
      logSum(modes.map(([a, b, low]) => low - ((points[2 * i] - a) ** 2 + (points[2 * i + 1] - b) ** 2) / 0.02)),
    );
  const grid = layGrid(linear(), 32, 4),
    values = joint(Float64Array.from(Array.from({ length: 1024 }, (_, i) => centre(grid, i)).flat()));
  const low = await bestGaussian({ mean: [1.5, -1], logvar: [-4, -4] }, joint);
  const high = await bestGaussian(elsewhere(grid, values, low), joint);
  near(low.mean[0], 1.5, 0.01);
  near(high.mean[0], -2, 0.01);
  near(high.elbo - low.elbo, 3, 0.02);
});

test("an integral that does not exist is not a number", async () => {
  const steep = (points) =>
    Float64Array.from(
      { length: points.length / 2 },
      (_, i) => -1.5 * Math.log(points[2 * i] ** 2 + points[2 * i + 1] ** 2),
    );
  const grid = layGrid(linear(), 8, 4);
  const first = steep(Float64Array.from(Array.from({ length: 64 }, (_, i) => centre(grid, i)).flat()));
  assert.ok(Number.isNaN((await evidence(grid, first, steep)).logEvidence));
});

test("one product over the grid is the likelihood of every cell, of every likelihood", () => {
  const x = Float32Array.from({ length: 784 }, (_, p) => (p % 3 ? 0 : (p % 10) / 10));
  for (const likelihood of ["gaussian", "gaussian-learned", "bernoulli", "continuous-bernoulli"]) {
    const network = linear(likelihood, 0.3),
      grid = layGrid(network, 6, 3),
      values = logJoint(grid, x, network),
      joint = jointOf(network, x);
    for (let index = 0; index < 36; index++)
      near(values[index], joint(Float64Array.from(centre(grid, index)))[0], 0.02);
    const parameter = Float32Array.from({ length: 784 }, (_, p) => Math.sin(p) * 4);
    near(logLikelihood(x, parameter, network), -reconstruction(x, parameter, network), 1e-3);
    near(
      shares(values).reduce((sum, share) => sum + share, 0),
      1,
      1e-5,
    );
  }
});

test("the bound climbs to ln p(x), and draws from the posterior itself weigh alike", async () => {
  const v = 0.02,
    joint = jointOf(linear("gaussian", v), image),
    truth = known(image, v);
  let word = 1;
  const uniform = () => ((word = (word * 48271) % 2147483647), word / 2147483647);
  const eps = Float64Array.from(
    { length: 4000 },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
  const q = { mean: truth.mean, logvar: [-Math.log(truth.a) + 0.5, -Math.log(truth.c) + 0.5] };
  const found = await importance(q, eps, joint);
  near(found.bounds[1999], truth.logEvidence, 0.05);
  near(
    found.weights.reduce((sum, w) => sum + w, 0),
    1,
    1e-9,
  );
  assert.ok(found.effective > 1 && found.effective < 2000);
  assert.equal(found.z.length, 4000);
  const flat = await importance({ mean: [0, 0], logvar: [0, 0] }, [0, 0, 0, 0], () => [-1, -1]);
  flat.weights.forEach((weight) => near(weight, 0.5, 1e-12));
  near(flat.effective, 2, 1e-12);
});

test("half precision rounds to the nearest", () => {
  assert.deepEqual(
    [0, 1, -2, 65504, 1e9, 2 ** -24, 2 ** -14, 1 / 3].map(half),
    [0, 0x3c00, 0xc000, 0x7bff, 0x7bff, 1, 0x400, 0x3555],
  );
  near(logSum([1000, 1000]), 1000 + Math.log(2), 1e-9);
  assert.equal(logSum([]), -Infinity);
});
