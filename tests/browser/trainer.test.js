/** A training by itself: its gradients by finite differences, its record, its dials, and the same bits everywhere. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { kernel } from "./kernel/kernel.js";
import { plainKernel } from "./kernel/plain.js";
import { effectiveBeta, layout, place } from "./network/choices.js";
import { spreadAll } from "./learning/images.js";
import { Newest, decodeAll, decoderOf } from "./learning/pictures.js";
import { Dials } from "./network/dials.js";
import { Learner } from "./network/gradient.js";
import { shuffled } from "./network/random.js";
import { Trainer } from "./network/trainer.js";
import { Viewer } from "./network/viewer.js";
import { unpack, decode } from "./engine/network.js";
import { halves } from "./network/tensors.js";
import { CHOICES, drawings } from "./drawings.js";

const images = drawings(90);
/** Of CHOICES after 40 steps. */
const HASH = "71b32204bcddc537";

/** @param {object} [changes] @param {import("./network/dials.js").Event[]} [events] */
const trainer = async (changes = {}, events = []) =>
  new Trainer(await kernel(), { ...CHOICES, ...changes }, images, events);

/** @param {Trainer} training @param {number} until */
function run(training, until) {
  while (training.step < until && !training.done) training.advance();
  return training;
}

for (const model of ["ae", "vae", "linear-ae", "linear-vae"])
  for (const likelihood of ["bernoulli", "continuous-bernoulli", "gaussian", "gaussian-learned"])
    test(`${model}, ${likelihood}: a finite difference is the gradient`, async () => {
      const choices = {
          ...CHOICES,
          model,
          likelihood,
          activation: "tanh",
          reduction: { pixels: "mean", dims: "mean" },
        },
        learner = new Learner(await kernel(), choices, 90),
        training = await trainer({ model, likelihood });
      learner.bytes.set(images, learner.images);
      learner.values.set(training.learner.values);
      const loss = () => {
        learner.load([3, 14, 15, 92 - 65, 3]);
        learner.kernel.normals(learner.eps, 8 * learner.layout.width, 1);
        const { reconstruction, kl } = learner.differentiate(1.5);
        return (reconstruction / 784 + (1.5 * kl) / choices.dim) / 5;
      };
      loss();
      const slope = learner.slope.slice();
      // Along the gradient itself: single parameters would drown in float32's rounding.
      const size = Math.hypot(...slope),
        start = learner.values.slice(),
        at = (/** @type {number} */ by) => {
          for (let i = 0; i < start.length; i++) learner.values[i] = start[i] + (by * slope[i]) / size;
          return loss();
        };
      const found = (at(0.02) - at(-0.02)) / 0.04;
      assert.ok(Math.abs(found / size - 1) < 3e-3, `${found} and ${size}`);
    });

test("the same seed gives the same bits, compiled or not; another one does not", async () => {
  const one = run(await trainer(), 12),
    plain = run(new Trainer(plainKernel(), CHOICES, images), 12);
  assert.equal(plain.hash, one.hash);
  assert.equal(run(await trainer(), 12).hash, one.hash);
  assert.notEqual(run(await trainer({ seed: 1 }), 12).hash, one.hash);
});

test("behind a ReLU, whose zeros are left out, the bits are the same too", async () => {
  const changes = { activation: /** @type {const} */ ("relu"), widths: [40, 24] },
    plain = new Trainer(plainKernel(), { ...CHOICES, ...changes }, images),
    { encoder, decoder } = plain.learner.layout;
  assert.deepEqual(
    [...encoder, ...decoder].map(({ isWide }) => isWide),
    [true, true, true, false, true, true],
  );
  assert.equal(run(plain, 4).hash, run(await trainer(changes), 4).hash);
});

test("images at 4 bits a pixel are learned as those of 16 levels at 8 are", async () => {
  const levels = images.map((grey) => 17 * Math.round(grey / 17)),
    pairs = new Uint8Array(levels.length / 2);
  for (let at = 0; at < pairs.length; at++) {
    const upper = 2 * at - (at % 28);
    pairs[at] = (levels[upper] & 0xf0) | (levels[upper + 28] & 15);
  }
  assert.deepEqual(spreadAll(pairs), levels);
  const [packed, whole] = [
    new Trainer(await kernel(), CHOICES, pairs, [], 4),
    new Trainer(await kernel(), CHOICES, levels),
  ];
  assert.deepEqual([packed.count, packed.steps], [90, 3]);
  assert.equal(run(packed, 6).hash, run(whole, 6).hash);
});

test("the hash is this one, in every browser", async () => {
  assert.equal(run(await trainer(), 40).hash, HASH);
});

test("an AE begins with its VAE's weights", async () => {
  const [vae, ae] = [(await trainer()).tensors(), (await trainer({ model: "ae" })).tensors()];
  assert.deepEqual(
    Object.keys(vae).filter((name) => !(name in ae)),
    ["logvar.weight", "logvar.bias"],
  );
  for (const name in ae) assert.deepEqual(ae[name], vae[name], name);
  assert.deepEqual(vae["trunk.0.weight"].shape, [40, 784]);
  const bound = 1 / 28,
    values = vae["trunk.0.weight"].values,
    mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(Math.max(...values) <= bound && Math.max(...values) > 0.99 * bound && Math.abs(mean) < 0.02 * bound);
});

test("every image comes once an epoch, and each epoch in an order of its own", () => {
  const [one, two] = [shuffled(50, 1), shuffled(50, 2)];
  assert.notDeepEqual(one, two);
  for (const order of [one, two])
    assert.deepEqual(
      [...order].sort((a, b) => a - b),
      [...Array(50).keys()],
    );
});

test("a record replays: events apply at their steps", async () => {
  const first = await trainer({ schedule: "constant" });
  run(first, 5);
  first.set("beta", 8);
  first.set("beta", 6); // the dial moves on before the next step
  run(first, 11);
  first.set("rate", 1e-4);
  first.set("settle", 2);
  run(first, 1000);
  assert.deepEqual(first.events, [
    { step: 5, name: "beta", value: 6 },
    { step: 11, name: "rate", value: 1e-4 },
    { step: 11, name: "settle", value: 2 },
  ]);
  assert.equal(first.step, 17, "two epochs of three steps after it settles");
  const again = run(await trainer({ schedule: "constant" }, first.events), 17);
  assert.equal(again.hash, first.hash);
  assert.ok(again.done);
  assert.notEqual(run(await trainer({ schedule: "constant" }, first.events.slice(1)), 17).hash, first.hash);
});

test("a full state goes on to the same bits", async () => {
  const events = [{ step: 4, name: /** @type {const} */ ("beta"), value: 3 }],
    whole = run(await trainer({}, events), 20),
    half = run(await trainer({}, events), 10),
    other = await trainer({}, events);
  other.restore(half.state());
  assert.equal(run(other, 20).hash, whole.hash);
});

test("it learns, and a test loss is of unseen noise", async () => {
  const training = await trainer({ epochs: 200, rate: 5e-3 }),
    viewer = new Viewer(await kernel(), CHOICES, images);
  const loss = () => {
    viewer.use(training.learner.values);
    return viewer.test(1).total;
  };
  const before = loss();
  run(training, 600);
  const after = loss();
  assert.ok(after < 0.6 * before, `${before} -> ${after}`);
  assert.equal(loss(), after);
});

test("codes, posterior and decoder of the viewer are those of the network that is packed", async () => {
  for (const likelihood of ["bernoulli", "gaussian-learned"]) {
    const choices = { ...CHOICES, likelihood },
      training = run(await trainer({ likelihood }), 30),
      viewer = new Viewer(await kernel(), choices, images);
    viewer.use(training.learner.values);
    const { codes, logvars } = viewer.codes();
    const image = Float32Array.from(images.subarray(784 * 7, 784 * 8), (grey) => grey / 255),
      { mean, logvar } = viewer.encode(image);
    assert.deepEqual([...mean], [...codes.subarray(21, 24)]);
    assert.deepEqual([...logvar], [...logvars.subarray(21, 24)]);
    for (const isHalf of [false, true]) {
      const network = unpack(viewer.packed("7", isHalf));
      assert.deepEqual([network.id, network.latentDim, network.likelihood], ["7", 3, likelihood]);
      const { model } = viewer,
        picture = decode(network, mean);
      model.load([7]);
      model.encode();
      model.kernel.normals(model.eps, 4 * 8, 1);
      model.floats.fill(0, model.eps / 4, model.eps / 4 + 32);
      model.sample();
      model.decode();
      const bias = model.layout.decoder.at(-1).bias;
      for (let p = 0; p < 784; p += 5) {
        const logit = model.floats[model.y / 4 + p] + model.values[bias + p];
        assert.ok(Math.abs(picture[p] - 1 / (1 + Math.exp(-logit))) < (isHalf ? 3e-3 : 1e-5));
      }
    }
  }
});

test("many codes at once decode to the images of the network that is packed, whatever the likelihood", async () => {
  for (const model of /** @type {const} */ (["vae", "linear-ae"]))
    for (const likelihood of /** @type {const} */ (["bernoulli", "continuous-bernoulli", "gaussian"])) {
      const choices = { ...CHOICES, model, likelihood },
        training = run(await trainer({ model, likelihood }), 9),
        viewer = new Viewer(await kernel(), choices, images),
        newest = new Newest(await kernel(), choices),
        zs = Float32Array.from({ length: 15 }, (_, k) => 2 * Math.sin(k));
      viewer.use(training.learner.values);
      const many = decodeAll(viewer.model, zs).slice(),
        network = unpack(viewer.packed("9", false));
      assert.equal(newest.decode(zs.subarray(0, 3)), null);
      newest.use(training.learner.values.subarray(...decoderOf(viewer.model.layout)));
      for (let i = 0; i < 5; i++) {
        const z = zs.subarray(3 * i, 3 * i + 3),
          [each, one] = [decode(network, z), newest.decode(z)];
        assert.ok(each.every((grey, p) => Math.abs(grey - many[784 * i + p]) < 1e-5 && one[p] === many[784 * i + p]));
      }
    }
});

test("a mean over pixels is a beta of 784 times as much", () => {
  const beta = (/** @type {object} */ reduction) => effectiveBeta({ ...CHOICES, beta: 0.5, dim: 16, reduction });
  assert.equal(beta({}), 0.5);
  assert.equal(beta({ pixels: "mean", dims: "mean" }), (0.5 * 784) / 16);
  assert.equal(beta({ pixels: "mean", dims: "sum" }), 0.5 * 784);
  assert.equal(beta({ pixels: "sum", dims: "mean", batch: "sum" }), 0.5 / 16);
});

test("every parameter has a place of its own", () => {
  const choices = { ...CHOICES, widths: [40, 72], dim: 9 },
    { encoder, decoder, count } = layout(choices),
    taken = new Set();
  for (const layer of [...encoder, ...decoder]) {
    for (let i = 0; i < layer.K; i++) for (let n = 0; n < layer.N; n++) taken.add(place(layer, i, n));
    for (let n = 0; n < layer.N; n++) taken.add(layer.bias + n);
  }
  assert.equal(taken.size, count);
  assert.equal(Math.max(...taken), count - 1);
});

test("beta warms up, and a rate under one-cycle is the largest", async () => {
  const { cosine } = await kernel(),
    choices = { ...CHOICES, beta: 4, warmup: 4, epochs: 10, rate: 1e-2 },
    dials = new Dials(choices, 10, [{ step: 50, name: "rate", value: 2e-2 }], cosine),
    all = Array.from({ length: 100 }, (_, step) => dials.at(step));
  assert.deepEqual(
    [0, 10, 29, 30, 99].map((step) => all[step].beta),
    [1, 2, 3, 4, 4],
  );
  assert.ok(Math.abs(all[0].rate - 4e-4) < 1e-9 && Math.abs(all[30].rate - 1e-2) < 1e-4 && all[99].rate < 1e-6);
  assert.ok(all[50].rate > 1.9 * all[49].rate);
});

test("float16 is rounded to the nearest", () => {
  const values = [0, 1, -2, 65504, 1e6, -1e6, 6.1e-5, 5.96e-8, 2.9e-8, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 0.1];
  const bits = [0, 0x3c00, 0xc000, 0x7bff, 0x7bff, 0xfbff, 0x3ff, 1, 0, 0x3c00, 0x3c02, 0x2e66];
  assert.deepEqual([...halves(Float32Array.from(values))], bits);
});
