/** Many images by the compiled kernel: what the network decodes one by one, to a grey level. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Batch, decodeEach, isDense } from "./decoding/batch.js";
import { Queue } from "./decoding/queue.js";
import { unpack } from "./engine/network.js";
import { isCompiled, kernel } from "./kernel/kernel.js";
import { frame } from "./fakes.js";

let seed = 1;
/** In (-1, 1). */
function random() {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return (2 * seed) / 2147483648 - 1;
}

/** @param {string} likelihood @param {string} activation @param {number[]} widths */
function network(likelihood, activation, widths, last = "none", image = [28, 28]) {
  const decoder = [];
  const arrays = [];
  for (let k = 1; k < widths.length; k++) {
    const [inputs, outputs] = [widths[k - 1], widths[k]];
    decoder.push({ kind: "dense", inputs, outputs, activation: k < widths.length - 1 ? activation : last });
    arrays.push(Float32Array.from({ length: inputs * outputs }, () => (2 * random()) / Math.sqrt(inputs)));
    arrays.push(Float32Array.from({ length: outputs }, random));
  }
  const header = { kind: "network", precision: "<f4", id: "0", image, latent_dim: widths[0], likelihood, beta: 1 };
  const rest = { pixel_variance: 0.5, logvar_range: [-14, 4], decoder, encoder: null, mean: null, logvar: null };
  return unpack(frame({ ...header, ...rest }, ...arrays));
}

for (const [likelihood, activation, last] of [
  ["bernoulli", "silu", "none"],
  ["bernoulli", "relu", "none"],
  ["continuous-bernoulli", "tanh", "none"],
  ["gaussian", "silu", "sigmoid"],
  ["gaussian", "none", "none"],
])
  for (const [dim, hidden, count] of [
    [2, [16, 24], 40],
    [3, [7, 30], 5],
    [17, [], 1],
  ])
    test(`${likelihood}, ${activation}, ${dim}-${hidden}: ${count} at once`, async () => {
      const model = network(likelihood, activation, [dim, ...hidden, 784], last);
      const zs = Float32Array.from({ length: dim * count }, () => 3 * random());
      const batch = new Batch(await kernel(), model, 40);
      const [once, each] = [batch.decode(zs, dim), decodeEach(model, zs, dim)];
      assert.equal(once.length, 784 * count);
      const apart = once.map((value, at) => Math.abs(value - each[at]));
      assert.ok(Math.max(...apart) <= 1, `${Math.max(...apart)} grey levels apart`);
      assert.ok(
        apart.filter(Boolean).length < once.length / 500,
        "a grey level of one in 500 pixels may round otherwise",
      );
      assert.ok(new Set(each).size > 50, "the images are not of one grey");
      assert.deepEqual(batch.decode(zs, dim), once, "the same bytes again");
    });

test("a colour image of another size, at once", async () => {
  const model = network("bernoulli", "relu", [2, 16, 240], "none", [8, 10, 3]),
    zs = Float32Array.from({ length: 2 * 7 }, random);
  assert.ok(isDense(model));
  const [once, each] = [new Batch(await kernel(), model, 40).decode(zs, 2), decodeEach(model, zs, 2)];
  assert.equal(once.length, 7 * 240);
  assert.ok(once.every((value, at) => Math.abs(value - each[at]) <= 1));
  assert.ok(!isDense(network("bernoulli", "relu", [2, 75], "none", [5, 5, 3])), "a panel's width divides the others");
});

test("a decoder of another size than it says is refused", () => {
  assert.throws(() => network("bernoulli", "relu", [2, 784], "none", [28, 28, 3]), /of a decoder of 28×28×3 images/);
});

test("exponentials neither overflow nor vanish early", async () => {
  const model = network("bernoulli", "tanh", [1, 784]);
  model.decoder[0].weight.fill(1);
  model.decoder[0].bias.fill(0);
  const batch = new Batch(await kernel(), model, 4);
  const grey = (/** @type {number} */ logit) => batch.decode(Float32Array.of(logit), 1)[0];
  assert.deepEqual([-1e6, -200, -3, 0, 3, 200, 1e6].map(grey), [0, 0, 12, 128, 243, 255, 255]);
});

test("a queue decodes many more at a time once the kernel is there", async () => {
  /** @type {[number, number, boolean][]} */ const seen = [];
  /** @type {(value?: unknown) => void} */ let finish = () => {};
  const finished = new Promise((resolve) => (finish = resolve));
  const queue = new Queue(4, 100, (answer) => {
    if ("error" in answer) throw new Error(answer.error);
    seen.push([answer.start, answer.pixels.length / 784, answer.done]);
    if (answer.done) finish();
  });
  queue.use(network("bernoulli", "silu", [2, 8, 784]));
  await queue.ready;
  queue.add({ kind: "manifold", id: 1, zs: new Float32Array(500), dim: 2 });
  await finished;
  assert.deepEqual(seen, [
    [0, 100, false],
    [100, 100, false],
    [200, 50, true],
  ]);
});

test("without WebAssembly the kernel is plain JavaScript, and decodes the same images", async () => {
  const real = WebAssembly.instantiate,
    model = network("bernoulli", "silu", [2, 16, 784]),
    zs = Float32Array.from({ length: 10 }, random);
  const compiled = new Batch(await kernel(), model, 8).decode(zs, 2);
  WebAssembly.instantiate = () => Promise.reject(new Error("refused by a policy"));
  try {
    const refused = await kernel();
    assert.ok(!isCompiled(refused));
    assert.deepEqual(new Batch(refused, model, 8).decode(zs, 2), compiled);
  } finally {
    WebAssembly.instantiate = real;
  }
});
