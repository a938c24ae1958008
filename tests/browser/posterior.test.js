/** The true posterior by its messages, of a linear-Gaussian world where all is known; `test_evidence.py` has networks. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { unpack } from "./engine/network.js";
import { FakeElement, frame, install } from "./fakes.js";
import { Truth } from "./from_x/truth.js";
import { Block } from "./posterior/block.js";
import { Desk } from "./posterior/desk.js";
import { TruePosterior } from "./posterior/posterior.js";

const near = (found, expected, within) => assert.ok(Math.abs(found - expected) < within, `${found} is not ${expected}`);
const V = 0.02;
/** A linear decoder of the gaussian likelihood: pixel 0 is z1 + z2 / 2, pixel 1 is z2, the others 0. */
function linearBytes() {
  const layer = { kind: "dense", inputs: 2, outputs: 784, activation: "none" };
  const weight = new Float32Array(2 * 784);
  weight.set([1, 0.5, 0, 1]);
  const header = {
    kind: "network",
    precision: "<f4",
    id: "0",
    image: [28, 28],
    latent_dim: 2,
    likelihood: "gaussian",
    beta: 1,
  };
  const more = { pixel_variance: V, logvar_range: [-14, 4], decoder: [layer], encoder: null, mean: null, logvar: null };
  return frame({ ...header, ...more }, weight, new Float32Array(784));
}
const [A, B, C] = [1 + 1 / V, 0.5 / V, 1 + 1.25 / V]; // precision of the posterior
const DET = A * C - B * B;
/** Of an image: the posterior's mean and ln p(x), without the constant. */
function known(x) {
  const right = [x[0] / V, (0.5 * x[0] + x[1]) / V];
  const mean = [(C * right[0] - B * right[1]) / DET, (A * right[1] - B * right[0]) / DET];
  const square = (x[0] ** 2 + x[1] ** 2) / V - (right[0] * mean[0] + right[1] * mean[1]);
  return { mean, logEvidence: -square / 2 - Math.log(DET) / 2 };
}
const picture = (one, other) => Float32Array.from({ length: 784 }, (_, p) => [one, other][p] ?? 0);
const eps = Float64Array.from({ length: 1000 }, (_, i) => Math.sqrt(2) * Math.sin(12.9898 * (i + 1)));
/** A question about an image, of which the encoder is off by a sigma and half as wide again. */
function question(id, x, box = null) {
  const { mean } = known(x);
  return { id, x, q: { mean: [mean[0] + 0.14, mean[1]], logvar: [-Math.log(A) + 0.8, -Math.log(C) + 0.8] }, eps, box };
}
/** A desk whose answers are kept, and which pauses between two pieces of work. */
function open() {
  const answers = [];
  const desk = new Desk(
    (answer) => answers.push(answer),
    () => new Promise((done) => setImmediate(done)),
  );
  return { desk, answers };
}

test("every number of a linear world is the closed form, and the picture is the density", async () => {
  const { desk, answers } = open(),
    x = picture(0.9, 0.4),
    truth = known(x);
  await desk.use(unpack(linearBytes()), 64, 5);
  assert.equal(answers.filter((answer) => "laid" in answer).length, 64);
  assert.equal(answers.at(-1).laid, 1);
  const box = { low: [truth.mean[0] - 0.6, truth.mean[1] - 0.6], high: [truth.mean[0] + 0.6, truth.mean[1] + 0.6] };
  await desk.ask(question(1, x, box));
  const pictures = answers.filter((answer) => "picture" in answer).map((answer) => answer.picture);
  assert.deepEqual(
    pictures.map(({ side }) => side),
    [20, 44],
  );
  const { side, density } = pictures[1];
  const middle = density.indexOf(255); // the mean
  near((middle % side) - side / 2, 0, 1.01);
  near(Math.floor(middle / side) - side / 2, 0, 1.01);
  // two cells to the right and down, of the correlated Gaussian
  const cell = 1.2 / side,
    at = (column, row) => Math.log(density[row * side + column] / 255),
    [u, v] = [3 * cell, -2 * cell],
    away = -(A * u * u + 2 * B * u * v + C * v * v) / 2;
  near(at(Math.floor(side / 2) + 3, Math.floor(side / 2) - 2), away, 0.35);
  const { measured, climb } = answers.find((answer) => "measured" in answer);
  near(measured.logEvidence, truth.logEvidence, 0.02);
  near(measured.logEvidence - measured.best, 0.5 * Math.log((A * C) / DET), 0.02);
  // KL of q from q*: 1/2 (e^.8 - 1 - .8) a dimension, and the shift of the mean
  near(measured.best - measured.elbo, Math.exp(0.8) - 1.8 + (A * 0.14 ** 2) / 2, 0.03);
  near(measured.inView, 1, 0.02);
  assert.ok(measured.logEvidence >= measured.best && measured.best >= measured.elbo);
  assert.deepEqual([climb.z.length, climb.weights.length, climb.bounds.length], [1000, 500, 500]);
  assert.ok(climb.bounds[499] > measured.elbo && climb.bounds[499] < measured.logEvidence + 0.3);
});

test("all of the plane fills in while it is laid, and a view without the mass says so", async () => {
  const { desk, answers } = open(),
    x = picture(0.9, 0.4);
  const laying = desk.use(unpack(linearBytes()), 32, 5);
  desk.ask(question(1, x));
  await laying;
  const grids = answers.filter((answer) => "picture" in answer);
  assert.ok(grids.length > 2 && grids.every(({ picture: { side, isGrid } }) => side === 32 && isGrid));
  assert.equal(answers.find((answer) => "measured" in answer).measured.inView, null);
  await desk.ask(question(2, x, { low: [-4, -4], high: [-3, -3] }));
  assert.ok(answers.findLast((answer) => "measured" in answer).measured.inView < 1e-6);
});

test("a newer image ends the work on the one before", async () => {
  const { desk, answers } = open();
  await desk.use(unpack(linearBytes()), 16, 5);
  for (let id = 1; id <= 5; id++) {
    desk.ask(question(id, picture(0.1 * id, 0.4), { low: [-1, -1], high: [1, 1] }));
    await new Promise((done) => setImmediate(done)); // some of the work is done
  }
  await desk.work;
  const measured = answers.filter((answer) => "measured" in answer);
  assert.deepEqual(
    measured.map(({ id }) => id),
    [5],
  );
  near(measured[0].measured.logEvidence, known(picture(0.5, 0.4)).logEvidence, 0.05);
});

test("where a worker is refused the page measures, and what is stopped says nothing", async () => {
  install();
  globalThis.Worker = class {
    constructor() {
      throw new Error("refused");
    }
  };
  const seen = [];
  const source = new TruePosterior((answer) => seen.push(answer));
  source.use(linearBytes(), 16, 5);
  const { id: _, ...asked } = question(0, picture(0.5, 0.4));
  source.ask(asked);
  await source.desk.work;
  assert.ok(seen.some((answer) => "measured" in answer));
  const count = seen.length;
  source.ask(asked);
  source.stop();
  await new Promise((done) => setTimeout(done, 20));
  assert.equal(seen.length, count);
});

test("the block says every number, and the bound of k draws", () => {
  install();
  let turned = 0;
  const block = new Block(() => turned++);
  const measured = { logEvidence: -124, best: -124.5, elbo: -128, inView: 0.1 };
  const weights = Float64Array.from({ length: 500 }, (_, k) => (k < 50 ? 1 : 3) / 1400);
  const climb = { z: new Float64Array(1000), weights, bounds: new Float64Array(500).fill(-125) };
  block.wait("Measuring …");
  assert.equal(block.element.dataset.stale, "");
  block.show(measured, climb, -10);
  assert.equal(block.element.dataset.stale, undefined);
  assert.equal(block.status.textContent, "90 % of p(z|x) lies outside this view: press the small map.");
  const rows = block.numbers.children.map((row) => row.children[0].textContent);
  assert.deepEqual(rows, ["−134.00", "−134.50", "−138.00", "0.50", "3.50"]);
  assert.match(
    block.said.textContent,
    /^Bound of 50 draws from q: −135.00, 1.00 below ln p\(x\). Effective sample size 50.0/,
  );
  block.bar.clientWidth = 320; // a phone's
  block.draw();
  assert.equal(block.bar.attributes.viewBox, "0 0 320 64", "drawn in pixels, so that type is not scaled down");
  block.slider.value = "8";
  block.slider.oninput();
  assert.equal(turned, 1);
  assert.match(block.said.textContent, /^Bound of 500 draws .* Effective sample size 478.0/);
  const said = (/** @type {number} */ ...values) => {
    block.show({ ...measured, logEvidence: values[0] }, { ...climb, bounds: climb.bounds.fill(values[1]) }, 0);
    return block.said.textContent;
  };
  assert.match(said(-124, -123.8), /0.20 above ln p\(x\), which it bounds on average/);
  block.show(
    { ...measured, elbo: -124.05, best: -124.02, logEvidence: -124 },
    { ...climb, bounds: climb.bounds.fill(-124.03) },
    0,
  );
  const marks = block.bar.children.filter(({ tagName }) => tagName === "text").map((each) => each.textContent);
  assert.equal(new Set(marks).size, marks.length, `no two ticks alike: ${marks}`);
  block.show({ ...measured, logEvidence: Number.NaN, inView: null }, climb, 0);
  assert.equal(block.numbers.children[0].children[0].textContent, "n/a");
});

test("the dots are draws of the image that is shown, and none of the one before", () => {
  install();
  const plane = {
    truth: new FakeElement("canvas"),
    stage: new FakeElement(),
    view: { cx: 0, cy: 0, scale: 50, width: 300, height: 300 },
    shown: [0, 1],
  };
  const model = {
    network: { logvar: [1], latentDim: 2, likelihood: "bernoulli" },
    codes: { mean: Float32Array.of(1, 2) },
  };
  const page = { plane, model, seed: 1, near: true, truth: true, redraw() {}, tell() {} },
    truth = new Truth(/** @type {any} */ (page));
  truth.source.use = () => {};
  truth.source.ask = () => {};
  const dots = () => {
    plane.truth.getContext().calls.length = 0;
    truth.paint();
    return plane.truth.getContext().calls.filter(([name]) => name === "arc");
  };
  const measured = { logEvidence: -1, best: -1, elbo: -2, inView: 1 },
    weights = Float64Array.from({ length: 500 }, (_, k) => (k ? 0.1 : 0.9)),
    climb = { z: new Float64Array(1000), weights, bounds: new Float64Array(500).fill(-1) },
    box = { low: [-1, -1], high: [1, 1] };
  truth.open(new ArrayBuffer(8));
  truth.show(new Float32Array(784), /** @type {any} */ ({ mean: [0, 0], logvar: [0, 0] }));
  truth.take(/** @type {any} */ ({ picture: { side: 1, box, density: Uint8Array.of(255), isGrid: false } }));
  assert.equal(dots().length, 0);
  truth.take(/** @type {any} */ ({ measured, climb }));
  const drawn = dots();
  assert.equal(drawn.length, 50);
  assert.ok(drawn[0][3] > 2 * drawn[1][3], "the heavier the larger");
  page.near = false;
  truth.show(new Float32Array(784), /** @type {any} */ ({ mean: [0, 0], logvar: [0, 0] }));
  assert.equal(dots().length, 50, "another view of the same image has the same draws");
  truth.show(new Float32Array(784), /** @type {any} */ ({ mean: [1, 0], logvar: [0, 0] }));
  assert.equal(dots().length, 0, "another image has not been drawn from yet");
  truth.stop();
});
