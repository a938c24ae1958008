import assert from "node:assert/strict";
import test from "node:test";
import { keys } from "./keys.js";
import { decodeImage, encodeImage, formatWalk, parseWalk, rounded } from "./from_x/url.js";

const image = (at) => rounded(Float32Array.from({ length: 784 }, (_, p) => at(p)));
const digit = image((p) => (p % 28 > 8 && p % 28 < 19 ? (p % 64) / 63 : 0));

test("an image comes back level for level", () => {
  for (const x of [digit, image(() => 0), image(() => 1), image((p) => ((p * 37) % 64) / 63)]) {
    const text = encodeImage(x);
    assert.ok(text.length <= 784);
    assert.match(text, /^[\w.-]+$/);
    assert.deepEqual(decodeImage(text), x);
  }
  assert.equal(encodeImage(image(() => 0)), ".784.");
  assert.ok(encodeImage(digit).length < 500);
});

test("what is no image is none", () => {
  for (const text of ["", "A", ".783.", ".784.A", ".999.", "..", "é".repeat(784), "A".repeat(785), ".78.".repeat(400)])
    assert.equal(decodeImage(text), null, text.slice(0, 20));
});

test("a link opens what was chosen", () => {
  const texts = formatWalk(keys.walk, { image: -1, eps: [0.5, -1.25], x: digit });
  assert.deepEqual(Object.keys(texts), ["drawing", "eps"]);
  assert.equal(texts.eps, "0.5,-1.25");
  assert.deepEqual(parseWalk(keys.walk, texts, 2, 10), { image: -1, eps: [0.5, -1.25], drawing: digit });
  assert.deepEqual(formatWalk(keys.walk, { image: 7, eps: [0], x: digit }), { image: "7", eps: "0" });
  assert.equal(formatWalk(keys.walk, { image: 7, eps: new Array(65).fill(0), x: digit }).eps, undefined);
});

test("nonsense is ignored, value by value", () => {
  const nothing = { image: 0, eps: null, drawing: null };
  for (const texts of [
    {},
    { image: "10" },
    { image: "-1" },
    { image: "1e0" },
    { eps: "1" },
    { eps: "1,NaN" },
    { eps: "1,1e9" },
    { eps: "1," },
    { drawing: "?" },
  ])
    assert.deepEqual(parseWalk(keys.walk, texts, 2, 10), nothing, JSON.stringify(texts));
  assert.deepEqual(parseWalk(keys.walk, { image: "3", drawing: "no" }, 2, 10), { ...nothing, image: 3 });
});
