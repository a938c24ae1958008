/** Numbers as text, and canvases as sharp as the screen. */
import assert from "node:assert/strict";
import test from "node:test";
import { fitCanvas, onResize, pixelRatio } from "./draw/canvas.js";
import { number, power, scientific, shortest } from "./draw/numbers.js";

test("numbers have a true minus sign, and zero has none", () => {
  assert.deepEqual([number(-1.005, 1), number(-0.001), number(2), number(1234.5, 0)], ["−1.0", "0.00", "2.00", "1235"]);
  assert.deepEqual([shortest(-0.1 - 0.2), shortest(20), shortest(1e6)], ["−0.3", "20", "1000000"]);
  assert.deepEqual([power(-12), power(3)], ["10⁻¹²", "10³"]);
  assert.deepEqual([scientific(8.83e-8), scientific(-25)], ["8.8 · 10⁻⁸", "−2.5 · 10¹"]);
});

test("a canvas has the pixels of its size on the screen, two for each at the most", () => {
  const canvas = /** @type {any} */ ({ clientWidth: 100.4, clientHeight: 50, width: 300, height: 150 });
  for (const [ratio, width, height] of [
    [1, 100, 50],
    [1.5, 151, 75],
    [2, 201, 100],
    [3, 201, 100],
    [undefined, 100, 50],
  ]) {
    globalThis.devicePixelRatio = ratio;
    fitCanvas(canvas);
    assert.deepEqual([canvas.width, canvas.height], [width, height], `ratio ${ratio}`);
    assert.equal(fitCanvas(canvas), false, "a canvas that fits is left as it is");
    assert.equal(pixelRatio(), Math.min(2, ratio ?? 1));
  }
  assert.equal(fitCanvas(canvas, 40, 40), true);
  assert.deepEqual([canvas.width, canvas.height], [40, 40]);
});

test("who watches a canvas hears of every change of the screen's pixels, until it stops", () => {
  /** @type {[string, () => void][]} */ const queries = [];
  const observed = [];
  Object.assign(globalThis, {
    devicePixelRatio: 1,
    matchMedia: (/** @type {string} */ query) => ({
      addEventListener: (/** @type {string} */ _, /** @type {() => void} */ act) => queries.push([query, act]),
    }),
    ResizeObserver: class {
      constructor(/** @type {() => void} */ act) {
        this.act = act;
      }
      observe(/** @type {any} */ element) {
        observed.push([element, this.act]);
      }
      disconnect() {
        observed.pop();
      }
    },
  });
  const seen = [];
  const [first, second] = ["a", "b"].map((name) => onResize(/** @type {any} */ (name), () => seen.push(name)));
  assert.equal(queries.length, 1, "one query for all");
  for (const ratio of [2, 1.25]) {
    globalThis.devicePixelRatio = ratio;
    queries.at(-1)?.[1]();
    assert.equal(queries.at(-1)?.[0], `(resolution: ${ratio}dppx)`, "armed again");
  }
  assert.deepEqual(seen, ["a", "b", "a", "b"]);
  assert.equal(observed[0][0], "a");
  second();
  queries.at(-1)?.[1]();
  assert.deepEqual(seen.slice(4), ["a"]);
  first();
});
