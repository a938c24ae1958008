/** Fields that were measured for planes whose axes point the same way, or the other. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { floatsOf } from "./engine/packed.js";
import { turned } from "./pair/turned.js";

const text = (/** @type {number[]} */ values) => Buffer.from(new Float32Array(values).buffer).toString("base64");
const sent = {
  ...{ rows: 2, columns: 3, x: /** @type {[number, number]} */ ([-1, 4]), y: /** @type {[number, number]} */ ([2, 3]) },
  ...{ values: text([1, 2, 3, 4, 5, 6]), ellipses: text([3, 2.5, 2, 1, 0.5]) },
};
const stored = {
  kinds: { cycle: { kind: /** @type {const} */ ("cycle"), low: 1, high: 6, unit: "", panes: [sent, null] } },
  planes: [
    { across: [1, 0, 0], up: [0, 1, 0] },
    { across: [1, 0, 0], up: [0, 1, 0] },
  ],
};

test("a plane whose axes point the other way is mirrored, and what has no plane is left out", () => {
  const of = (/** @type {number} */ across, /** @type {number} */ up) => {
    const { panes, low } = turned(stored, "cycle", [{ across: [across, 0.1, 0], up: [0, up, 0.1] }, null]);
    assert.equal(low, 1);
    assert.equal(panes[1], null);
    const pane = /** @type {typeof sent} */ (panes[0]);
    return { ...pane, values: [...floatsOf(pane.values)], ellipses: [...floatsOf(pane.ellipses)] };
  };
  assert.deepEqual(of(1, 1), { ...sent, values: [1, 2, 3, 4, 5, 6], ellipses: [3, 2.5, 2, 1, 0.5] });
  const left = of(-1, 1);
  assert.deepEqual(
    [left.values, left.x, left.y],
    [
      [3, 2, 1, 6, 5, 4],
      [-4, 1],
      [2, 3],
    ],
  );
  assert.deepEqual(left.ellipses, [-3, 2.5, 2, 1, -0.5]);
  const both = of(-1, -1);
  assert.deepEqual(
    [both.values, both.x, both.y],
    [
      [6, 5, 4, 3, 2, 1],
      [-4, 1],
      [-3, -2],
    ],
  );
  assert.deepEqual(both.ellipses, [-3, -2.5, 2, 1, 0.5]);
  assert.equal(turned(stored, "cycle", [null, null]).panes[0], null);
});
