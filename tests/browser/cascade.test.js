/** The cascade of dimensions over beta. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { install } from "./fakes.js";
import { cascade } from "./beta/cascade.js";

test("a line a dimension, sorted by its value at each beta, and what has collapsed lies on the floor", () => {
  install();
  const points = [
    { beta: 0, kl: [0.5, 8] },
    { beta: 1, kl: [4, 0] },
  ];
  const chosen = [];
  const { figure, show } = cascade(
    points,
    "KL",
    "nats",
    ({ kl }) => kl,
    (k) => chosen.push(k),
  );
  const svg = figure.children[1],
    lines = svg.all.filter(({ classes }) => classes.has("curve"));
  const heights = lines.map(({ attributes: { d } }) =>
    d
      .slice(1)
      .split("L")
      .map((at) => Number(at.split(" ")[1])),
  );
  assert.equal(lines.length, 2);
  assert.ok(heights[0][0] < heights[1][0] && heights[0][0] < heights[0][1], "8 above .5, and above 4");
  assert.equal(heights[1][1], 134); // 0 nats
  show(1);
  assert.match(svg.attributes["aria-label"], /At β = 1, 1 of 2 are above/);
});
