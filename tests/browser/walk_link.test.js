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
  const drawn = { image: -1, seed: 7, eps: [0.5, -1.25], x: digit, near: false, span: 8, truth: true, images: 21 };
  const texts = formatWalk(keys.walk, drawn);
  assert.deepEqual(Object.keys(texts), ["drawing", "seed", "eps", "near", "span", "images", "truth"]);
  assert.equal(texts.eps, "0.5,-1.25");
  const { x: drawing, ...rest } = drawn;
  assert.deepEqual(parseWalk(keys.walk, texts, 2, 10), { ...rest, drawing, wrong: "" });
  const plain = { image: 7, seed: 68000, eps: [0], x: digit, near: true, span: 4, truth: false, images: 0 };
  assert.deepEqual(formatWalk(keys.walk, plain), { image: "7", eps: "0" });
  assert.deepEqual(formatWalk(keys.walk, { ...plain, image: null, eps: null }), {});
  assert.equal(formatWalk(keys.walk, { ...plain, eps: new Array(65).fill(0) }).eps, undefined);
});

test("nonsense is left out, value by value, and said", () => {
  const nothing = { image: null, seed: 68000, eps: null, drawing: null, near: true, span: 4, truth: false, images: 0 };
  for (const texts of [
    { image: "10" },
    { image: "-1" },
    { image: "1e0" },
    { eps: "1" },
    { eps: "1,NaN" },
    { eps: "1,1e9" },
    { eps: "1," },
    { seed: "0" },
    { near: "yes" },
    { span: "0.5" },
    { drawing: "?" },
  ]) {
    const { wrong, ...walk } = parseWalk(keys.walk, texts, 2, 10);
    assert.deepEqual(walk, nothing, JSON.stringify(texts));
    const [[name, text]] = Object.entries(texts);
    assert.ok(wrong.startsWith(`The link asks for ${name}=${text} (`), wrong);
  }
  const some = parseWalk(keys.walk, { image: "3", drawing: "no" }, 2, 10);
  assert.equal(some.image, 3);
  assert.match(some.wrong, /^The link asks for drawing=no /);
  assert.equal(parseWalk(keys.walk, {}, 2, 10).wrong, "");
});
