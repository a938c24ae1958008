/** The curves of the beta dial, drawn into stand-ins for elements. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { install } from "./fakes.js";
import { awayFromPrior, elboOverBeta } from "./beta/charts.js";

test("how far codes are from the prior is a dot with its interval a beta, and both ends are in its title", () => {
  install();
  const points = [
    { beta: 0, total_variation: [0.99, 0.98, 1] },
    { beta: 1, total_variation: [0.5, 0.45, 0.55] },
    { beta: 16, total_variation: [0.15, 0.12, 0.18] },
  ];
  const chosen = [];
  const { figure, show } = awayFromPrior(points, (index) => chosen.push(index));
  const [caption, svg] = figure.children;
  assert.match(caption.textContent, /0?\.99 at β = 0, 0?\.15 at β = 16/);
  const of = (name) => svg.all.filter(({ classes }) => classes.has(name));
  const dots = of("dot"),
    whiskers = of("whisker");
  assert.equal(dots.length, 3);
  const heights = dots.map(({ attributes }) => Number(attributes.cy));
  assert.deepEqual(
    heights,
    [...heights].sort((a, b) => a - b),
    "it falls",
  );
  for (const [k, { attributes }] of whiskers.entries()) {
    assert.ok(Number(attributes.y1) > heights[k] && heights[k] > Number(attributes.y2));
    assert.equal(attributes.x1, dots[k].attributes.cx);
  }
  show(1);
  assert.match(svg.attributes["aria-label"], /At β = 1: 0?\.50 \(0?\.45 to 0?\.55\)\./);
});

test("an ELBO far below the others is an arrow at the floor with its value, and the largest is named", () => {
  install();
  const points = [-223, -149, -145, -146, -175].map((elbo, k) => ({ beta: [0, 0.5, 1, 2, 16][k], elbo }));
  const { figure, show } = elboOverBeta(points, () => {});
  const [title, svg] = figure.children;
  assert.equal(title.textContent, "ELBO, here largest at β = 1");
  const dots = svg.all.filter(({ classes }) => classes.has("dot"));
  assert.deepEqual(
    dots.map(({ tagName }) => tagName),
    ["path", "circle", "circle", "circle", "circle"],
  );
  assert.ok(svg.all.some(({ textContent }) => textContent === "−223"));
  show(4);
  assert.ok(dots[4].classes.has("chosen"));
});
