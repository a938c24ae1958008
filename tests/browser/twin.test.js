/** The compiled kernel and its twin in plain JavaScript: the same exports, and the same bits of every one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isCompiled, kernel } from "./kernel/kernel.js";
import { plainKernel } from "./kernel/plain.js";

const compiled = await kernel(),
  plain = plainKernel();
for (const { memory } of [compiled, plain]) memory.grow(32 - memory.buffer.byteLength / 65536);
const START = 4096,
  USED = 5 * 2 ** 16; // bytes that hold numbers when a function is called; nothing but zeros is behind them

let seed = 7;
/** In [0, 1). */
function random() {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return seed / 4294967296;
}

/** The same call of both, on the same memory: the same result and the same memory. @param {string} name
 * @param {number[]} given @param {number} scale  of the numbers in memory */
function agree(name, given, scale = 1) {
  const before = new Float32Array(USED / 4);
  for (let at = 0; at < before.length; at++) before[at] = scale * (4 * random() - 2);
  const [first, second] = [compiled, plain].map((one) => {
    const memory = new Float32Array(one.memory.buffer, START);
    memory.fill(0);
    memory.set(before);
    const result = one[name](...given);
    return { result, bits: new Int32Array(one.memory.buffer, START).slice() };
  });
  assert.equal(first.result, second.result, name);
  if (!Buffer.from(first.bits.buffer).equals(Buffer.from(second.bits.buffer)))
    assert.fail(`${name}: number ${first.bits.findIndex((bits, at) => bits !== second.bits[at])} differs`);
  const changed = !Buffer.from(first.bits.buffer, 0, USED).equals(Buffer.from(before.buffer));
  assert.ok(changed || first.result !== undefined, `${name} does something`);
}

/** Offsets that do not overlap, of 64 KB each. */
const [A, B, C, D] = [0, 1, 2, 3].map((place) => START + place * 2 ** 16);

test("both have the same exports", () => {
  assert.ok(isCompiled(compiled) && !isCompiled(plain));
  assert.deepEqual(Object.keys(plain).sort(), Object.keys(compiled).sort());
});

test("products, and what is packed for them", () => {
  agree("product", [A, B, C, 12, 37, 40, 48]);
  agree("productT", [A, B, C, 24, 29, 16]);
  for (const width of [4, 8, 16]) agree("pack", [A, B, 24, 72, width]);
  for (const isWide of [0, 1]) agree("turn", [A, B, 24, 72, isWide]);
});

test("activations, their slopes, and column sums", () => {
  for (const name of ["none", "relu", "silu", "tanh", "sigmoid"])
    for (const scale of [0.01, 1, 60]) agree(name, [A, B, C, 20, 24], scale);
  agree("back", [A, B, C, 20, 24]);
  agree("sum", [A, B, 20, 24]);
  agree("bytes", [A, B, 160]);
});

test("every loss, near 0 and far from it", () => {
  for (const name of ["bernoulli", "continuousBernoulli", "squared", "squaredSigmoid"])
    for (const scale of [0.02, 1, 60]) agree(name, [A, B, C, D, 7, 40, 0.01], scale);
});

test("posterior, optimizer, noise", () => {
  agree("sample", [A, B, C, D, 9, 5, 8]);
  agree("sampleBack", [A, B, C, 9, 5, 8, 0.3]);
  agree("normals", [A, 4096, 12345]);
  agree("normals", [A, 4096, -5]);
});

test("Adam, whose second moments are not negative", () => {
  const given = /** @type {const} */ ([A, B, C, D, 4000, 0.01, 1.5]);
  const weights = [compiled, plain].map((one) => {
    const memory = new Float32Array(one.memory.buffer);
    seed = 3;
    for (const at of [A, B, C, D]) for (let i = 0; i < 4000; i++) memory[at / 4 + i] = random() - (at === D ? 0 : 0.5);
    one.adam(...given);
    return memory.slice(A / 4, A / 4 + 4000);
  });
  assert.deepEqual(weights[0], weights[1]);
});

test("images by number, their entries by row and by column, and sparse products", () => {
  const [rowStarts, rowEntries, columnStarts, columnEntries, weights, out] = [0, 1, 2, 3, 4, 5].map(
    (place) => START + 2 ** 19 + place * 2 ** 17,
  );
  const results = [compiled, plain].map((one) => {
    seed = 5;
    const memory = one.memory.buffer;
    new Uint8Array(memory, START).fill(0);
    const images = new Uint8Array(memory, A, 20 * 64);
    for (let i = 0; i < images.length; i++) images[i] = random() < 0.7 ? 0 : 256 * random();
    new Uint32Array(memory, B, 8).set([3, 19, 0, 7, 7, 2, 11, 5]);
    for (let i = 0; i < 64 * 72; i++) new Float32Array(memory, weights)[i] = random() - 0.5;
    one.rows(A, B, C, rowStarts, rowEntries, 8, 64);
    one.columns(rowStarts, rowEntries, columnStarts, columnEntries, 8, 64);
    one.sparse(rowStarts, rowEntries, weights, out, 8, 64, 72, 0);
    one.sparse(columnStarts, columnEntries, weights, out + 2 ** 16, 64, 8, 40, 1);
    return new Uint32Array(memory, START).slice();
  });
  assert.ok(Buffer.from(results[0].buffer).equals(Buffer.from(results[1].buffer)), "the same bits");
  // And they are right: the dense product of the same.
  const F = new Float32Array(compiled.memory.buffer);
  const of = (/** @type {number} */ at, /** @type {number} */ i) => F[at / 4 + i];
  for (const [r, n] of [
    [0, 0],
    [3, 31],
    [7, 71],
    [4, 64],
  ]) {
    let sum = 0;
    for (let k = 0; k < 64; k++) {
      const panel = n < 64 ? (n - (n % 16)) * 64 + k * 16 + (n % 16) : 64 * 64 + k * 8 + (n % 8);
      sum += of(C, r * 64 + k) * of(weights, panel);
    }
    assert.ok(Math.abs(sum - of(out, r * 72 + n)) < 1e-5);
  }
});

test("exp, ln and cosine are what they are called", () => {
  for (const x of [-87, -20.3, -1, -1e-3, 0, 0.5, 3, 40, 88]) {
    assert.ok(Math.abs(compiled.exp(x) / Math.exp(Math.fround(x)) - 1) < 3e-7, `exp(${x})`);
    assert.equal(compiled.exp(x), plain.exp(x));
  }
  for (const x of [1e-30, 1e-3, 0.5, 0.999, 1, 1.5, 300, 1e30]) {
    assert.ok(
      Math.abs(compiled.ln(x) - Math.log(Math.fround(x))) < 1e-7 * Math.max(1, Math.abs(Math.log(x))),
      `ln(${x})`,
    );
    assert.equal(compiled.ln(x), plain.ln(x));
  }
  for (let u = 0; u <= 1; u += 1 / 64) {
    assert.ok(Math.abs(compiled.cosine(u) - Math.cos(2 * Math.PI * u)) < 2e-7, `cosine(${u})`);
    assert.equal(compiled.cosine(u), plain.cosine(u));
  }
});

test("noise is standard normal, and another key gives other noise", () => {
  const many = 40_000,
    noise = (/** @type {number} */ key) => {
      compiled.normals(A, many, key);
      return new Float32Array(compiled.memory.buffer, A, many).slice();
    };
  const values = noise(1),
    moment = (/** @type {number} */ power) => values.reduce((sum, value) => sum + value ** power, 0) / many;
  assert.ok(Math.abs(moment(1)) < 0.02, "its mean is 0");
  assert.ok(Math.abs(moment(2) - 1) < 0.03, "its variance is 1");
  assert.ok(Math.abs(moment(4) - 3) < 0.2, "its fourth moment is 3");
  const pairs = values.reduce((sum, value, at) => sum + value * values[(at + 4) % many], 0) / many;
  assert.ok(Math.abs(pairs) < 0.02, "neighbours are independent");
  const others = noise(2),
    both = values.reduce((sum, value, at) => sum + value * others[at], 0) / many;
  assert.ok(Math.abs(both) < 0.02);
});
