/** The worker by its messages: images of the newest request of each kind, the kinds in turns. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { networkFile } from "./fakes.js";

/** @type {{kind: string, id: number, start: number, pixels: Uint8Array, done: boolean}[]} */ let out = [];
/** @type {(() => void)[]} */ const due = [];
globalThis.setTimeout = (/** @type {() => void} */ run) => due.push(run);
globalThis.self = { postMessage: (message) => out.push(message) };
// Without the kernel, which comes when it comes (kernel.test.js has it).
globalThis.atob = () => assert.fail("no kernel here");
await import("./decoding/worker.js");
const send = (/** @type {object} */ data) => self.onmessage({ data });
const ask = (/** @type {string} */ kind, /** @type {number} */ id, count = 1, z = 1) =>
  send({ kind, id, zs: new Float32Array(2 * count).fill(z), dim: 2 });
/** Lets the worker go on until it rests. */
function go() {
  for (let turns = 0; due.length; turns++) {
    assert.ok(turns < 100, "it never rests");
    due.shift()();
  }
}
const seen = () => out.map(({ kind, id, start, pixels, done }) => [kind, id, start, pixels.length / 784, done]);

beforeEach(() => {
  out = [];
  send({ network: networkFile(2, 0.25) });
});
afterEach(go);

test("images are grey levels of what the network decodes", () => {
  ask("image", 1, 1, 5);
  assert.deepEqual(seen(), [["image", 1, 0, 1, true]]);
  assert.deepEqual([...new Set(out[0].pixels)], [Math.round(255 * 0.75)]);
});

test("many images come twenty at a time, the last ones are marked", () => {
  ask("strips", 1, 45);
  go();
  assert.deepEqual(seen(), [
    ["strips", 1, 0, 20, false],
    ["strips", 1, 20, 20, false],
    ["strips", 1, 40, 5, true],
  ]);
});

test("kinds take turns", () => {
  ask("manifold", 1, 60);
  ask("strips", 2, 40);
  go();
  assert.deepEqual(
    out.map(({ kind }) => kind),
    ["manifold", "manifold", "strips", "manifold", "strips"],
  );
});

test("a newer request of a kind replaces the one before", () => {
  ask("strips", 1, 60);
  ask("strips", 2, 20);
  go();
  assert.deepEqual(seen(), [
    ["strips", 1, 0, 20, false],
    ["strips", 2, 0, 20, true],
  ]);
});

test("another network drops what waits and decodes what comes", () => {
  ask("strips", 1, 60);
  send({ network: networkFile(2, 0.5) });
  go();
  assert.equal(out.length, 1);
  ask("strips", 2);
  go();
  assert.deepEqual([...new Set(out[1].pixels)], [Math.round(255 * 0.6)]);
});

test("a decoder that throws answers with its words, and the other requests get their images", () => {
  send({ kind: "strips", id: 1, zs: null, dim: 2 }); // it has no length
  ask("gallery", 2);
  go();
  const [failed, good] = /** @type {any[]} */ (out);
  assert.deepEqual([failed.kind, failed.id], ["strips", 1]);
  assert.match(failed.error, /null/);
  assert.deepEqual([good.kind, good.done], ["gallery", true]);
});

test("it works again after a rest", () => {
  ask("strips", 1);
  go();
  ask("gallery", 2);
  go();
  assert.deepEqual(
    out.map(({ id }) => id),
    [1, 2],
  );
});
