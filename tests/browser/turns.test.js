/** Pairs by turns, and what is said of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { install } from "./fakes.js";
import { Turns } from "./pair/turns.js";

const codes = { count: 50, labels: Uint8Array.from({ length: 50 }, (_, i) => i % 10) };
const start = {
  pairs: [
    { pair: [3, 4], worse: 1 },
    { pair: [5, 6], worse: 0 },
    { pair: null, worse: null },
  ],
  shares: [0.59, 0.41],
  count: 3563,
};

test("a bad pair of one space, one of the other and one at random come by turns, and each is called what it is", () => {
  install();
  const turns = new Turns(),
    said = (/** @type {any} */ pair) => {
      turns.tell(pair, ["VAE", "AE"]);
      return turns.element.textContent;
    };
  turns.open(/** @type {any} */ (start));
  assert.match(said(turns.first), /^41 %of random pairs are worse in the AE; here: chosen\.$/);
  assert.deepEqual(turns.next(/** @type {any} */ (codes)), [5, 6]);
  assert.match(said([5, 6]), /^59 %.*the VAE; .*chosen\.$/);
  const random = turns.next(/** @type {any} */ (codes));
  assert.notEqual(codes.labels[random[0]], codes.labels[random[1]]);
  assert.match(said(random), /^41 %.*random\.$/);
  assert.match(said([8, 9]), /^41 %.*yours\.$/);
  assert.deepEqual(turns.next(/** @type {any} */ (codes)), [3, 4]);
});

test("where nothing was measured pairs are random, and nothing is said", () => {
  install();
  const turns = new Turns();
  turns.open({ pairs: [], shares: [0, 0], count: 0 });
  assert.deepEqual(turns.first, [1, 0]);
  const [a, b] = turns.next(/** @type {any} */ (codes));
  assert.notEqual(codes.labels[a], codes.labels[b]);
  turns.tell([a, b], ["VAE", "AE"]);
  assert.equal(turns.element.textContent, "");
});
