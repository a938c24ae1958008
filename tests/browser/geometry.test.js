/** Where points lie, which is nearest, paths, planes, and what a link holds. */
import assert from "node:assert/strict";
import { keys } from "./keys.js";
import { test } from "node:test";
import { nearestImages } from "./engine/losses.js";
import {
  coarse,
  fit,
  inside,
  lerp,
  NearestInPlane,
  nearestCodes,
  normal,
  pan,
  slerp,
  toLatent,
  toScreen,
  zoom,
} from "./engine/geometry.js";
import { dimensionPlane, movedTo, place, principalPlane, spread } from "./engine/projections.js";
import { eigen, kernelDensity, moments, summarize } from "./engine/summary.js";
import { formatLink, parseLink } from "./plane/url.js";

const near = (/** @type {number} */ a, /** @type {number} */ b, within = 1e-6) =>
  assert.ok(Math.abs(a - b) < within, `${a} is not ${b}`);
const view = fit({ low: [-3, -3], high: [3, 3] }, 600, 300);

/** Codes of three dimensions with spreads of 1, 3 and 0.2. */
function codes(count = 500, variational = true) {
  const dim = 3,
    values = normal(count * dim);
  const mean = Float32Array.from(values, (value, i) => value * [1, 3, 0.05][i % dim]);
  const logvar = variational ? new Float32Array(count * dim).fill(-2) : null;
  const each = new Float32Array(count).fill(1);
  return {
    count,
    dim,
    mean,
    logvar,
    error: each,
    kl: variational ? each : null,
    labels: Uint8Array.from(mean.subarray(0, count), (_, i) => i % 2),
  };
}

test("screen and latent space are each other's inverse, up is positive", () => {
  assert.equal(view.scale, 50);
  assert.deepEqual(toScreen(view, 0, 0), [300, 150]);
  assert.ok(toScreen(view, 0, 1)[1] < 150);
  const [x, y] = toLatent(view, ...toScreen(view, 1.25, -0.5));
  near(x, 1.25);
  near(y, -0.5);
});

test("zoom keeps the point under the pointer, pan moves with it", () => {
  const before = toLatent(view, 100, 40),
    after = toLatent(zoom(view, 100, 40, 3), 100, 40);
  near(before[0], after[0]);
  near(before[1], after[1]);
  const [px, py] = toScreen(pan(view, 10, -5), 0, 0);
  near(px, 310);
  near(py, 145);
});

test("the nearest point in the plane is the one that looking at all finds", () => {
  const xs = Float32Array.from(normal(2000)),
    ys = Float32Array.from(normal(2000)),
    index = new NearestInPlane(xs, ys);
  for (const [x, y] of [
    [0, 0],
    [0.5, -1.2],
    [3, 3],
    [-9, 0],
  ]) {
    let best = -1,
      least = 0.3 ** 2;
    xs.forEach((value, i) => {
      const d = (value - x) ** 2 + (ys[i] - y) ** 2;
      if (d <= least) [best, least] = [i, d];
    });
    assert.equal(index.find(x, y, 0.3), best);
  }
  assert.equal(
    index.find(0, 0, 5, () => false),
    -1,
  );
});

test("the nearest codes come nearest first", () => {
  assert.deepEqual(nearestCodes(Float32Array.of(0, 0, 5, 5, 1, 0, 0, 2), 2, [0, 0], 3), [0, 2, 3]);
  assert.deepEqual(nearestCodes(Float32Array.of(0, 0), 2, [0, 0], 3), [0]);
});

test("paths begin at A and end at B; the one along the sphere keeps the length", () => {
  assert.deepEqual(lerp([0, 2], [4, 0], 0.25), [1, 1.5]);
  const a = [1, 0, 0],
    b = [0, 1, 0];
  near(Math.hypot(...slerp(a, b, 0.3)), 1);
  assert.deepEqual(slerp(a, a, 0.5), a);
  slerp([2, 0], [0, 4], 1).forEach((value, j) => near(value, [0, 4][j]));
});

test("inside", () => {
  const triangle = /** @type {[number, number][]} */ ([
    [0, 0],
    [4, 0],
    [0, 4],
  ]);
  assert.ok(inside(triangle, 1, 1));
  assert.ok(!inside(triangle, 3, 3));
});

test("eigenvectors of a symmetric matrix, largest first", () => {
  const matrix = [
      [4, 1, 0],
      [1, 3, -1],
      [0, -1, 2],
    ],
    { values, vectors } = eigen(matrix);
  assert.ok(values[0] >= values[1] && values[1] >= values[2]);
  vectors.forEach((v, k) =>
    matrix.forEach((row, i) =>
      near(
        row.reduce((sum, m, j) => sum + m * v[j], 0),
        values[k] * v[i],
      ),
    ),
  );
});

test("moving within a plane reaches the place and holds the rest", () => {
  const some = codes();
  for (const plane of [dimensionPlane(some, 2, 0), principalPlane(some)]) {
    const z = [0.3, -0.2, 0.9],
      moved = movedTo(plane, z, 0.7, -0.4),
      [x, y] = place(plane, moved, some);
    near(x, 0.7);
    near(y, -0.4);
    if (plane.name === "z") assert.equal(moved[1], -0.2);
  }
  const [xx, yy, xy] = spread(dimensionPlane(some, 2, 0), [0, 1, 2]);
  near(xx, Math.exp(2));
  near(yy, 1);
  near(xy, 0);
});

test("a summary: means, KL and order of the dimensions", () => {
  const some = codes(),
    { order, means, meanKl, collapsed, reach } = summarize(some, 2);
  assert.deepEqual(order, [1, 0, 2]);
  assert.equal(means.length, 2);
  const kl =
    [...some.mean].filter((_, i) => i % 3 === 1).reduce((sum, m) => sum + (m * m + Math.exp(-2) - 1 + 2) / 2, 0) /
    some.count;
  near(/** @type {number[]} */ (meanKl)[1], kl, 1e-4);
  assert.deepEqual(collapsed, [false, false, true]); // the means of the last have a variance of 0.0025
  assert.ok(reach[2][0] <= -3 && reach[2][1] >= 3);
  assert.equal(summarize(codes(50, false), 2).meanKl, null);
  near(moments(some).covariance[1][1], 9, 2);
});

test("the density of codes integrates to one", () => {
  const count = 300,
    flat = { ...codes(count), dim: 2, mean: Float32Array.from(normal(2 * count)) },
    density = kernelDensity(flat);
  let sum = 0;
  for (let x = -6; x < 6; x += 0.2) for (let y = -6; y < 6; y += 0.2) sum += density([x, y]) * 0.04;
  near(sum, 1, 0.01);
});

/** @param {Record<string, string>} texts */
const parsed = (texts) => parseLink(keys.plane, texts, { ...codes(50), dim: 2 }, 10);

test("a link says what differs from the beginning, and is read back", () => {
  const few = { ...codes(50), dim: 2 },
    code = [few.mean[14], few.mean[15]];
  const link = {
    ...parsed({}).link,
    path: false,
    color: /** @type {const} */ ("KL"),
    hidden: [3, 7],
    at: [0, 1, 2.5],
    lasso: /** @type {[number, number][]} */ ([
      [0, 0],
      [1, 0.5],
      [-2, 1],
    ]),
  };
  const texts = formatLink(keys.plane, link, [0.62, -1.05], 7, few);
  const shown = { color: "KL", path: "0", at: "0,1,2.5", hidden: "3,7", lasso: "0,0;1,0.5;-2,1" };
  assert.deepEqual(texts, { z: "0.62,-1.05", test: "7", ...shown });
  const { link: again, z, picked, hidden, wrong } = parsed(texts);
  assert.deepEqual(again, { ...link, z: [0.62, -1.05], test: [7] });
  assert.deepEqual([z, picked, [...hidden], wrong], [[0.62, -1.05], 7, [3, 7], ""]);
  assert.deepEqual(formatLink(keys.plane, link, code, 7, few), { test: "7", ...shown });
  assert.deepEqual(formatLink(keys.plane, parsed({}).link, [few.mean[0], few.mean[1]], 0, few), {});
});

test("nonsense in a link is left out, and said", () => {
  for (const z of ["nan,1", "1", "1,2,3", "a,b", "Infinity,0", "1e99,0", "<script>", "1,"]) {
    const { link, wrong } = parsed({ z });
    assert.equal(link.z, null, z);
    assert.ok(wrong.includes(`z=${z} (`));
  }
  const texts = {
    ...{ color: "smell", plane: "PCA", across: "z9", at: "0,0,-1", manifold: "yes", hidden: "10", test: "50" },
    lasso: "0,0;1,1",
  };
  const { link, wrong } = parsed(texts);
  assert.deepEqual(link, parsed({}).link);
  for (const [name, text] of Object.entries(texts)) assert.ok(wrong.includes(`${name}=${text} (`), wrong);
  assert.equal(parseLink(keys.plane, { color: "KL" }, codes(50, false), 10).link.color, "class");
});

test("a lasso is kept as a polygon of few corners that holds the same points", () => {
  const lasso = Array.from({ length: 300 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 300,
      radius = 2 + 0.5 * Math.sin(5 * angle);
    return /** @type {[number, number]} */ ([radius * Math.cos(angle), 1000 + radius * Math.sin(angle)]);
  });
  const few = coarse(lasso);
  assert.ok(few.length > 8 && few.length <= 24, String(few.length));
  let differing = 0;
  const points = Array.from({ length: 2000 }, (_, i) => [Math.sin(i) * 3, 1000 + Math.cos(1.7 * i) * 3]);
  for (const [x, y] of points) differing += Number(inside(lasso, x, y) !== inside(few, x, y));
  assert.ok(differing < 40, String(differing));
  assert.deepEqual(coarse(few), few, "and stays as it is");
});

test("the images nearest in pixels, as by all distances", () => {
  const size = 5,
    images = Uint8Array.from({ length: 40 * size }, (_, at) => (at * 7919 + (at % 13) * 31) % 256),
    image = Float32Array.from({ length: size }, (_, p) => (p + 1) / 7);
  const far = Array.from({ length: 40 }, (_, i) =>
    image.reduce((sum, value, p) => sum + (images[i * size + p] / 255 - value) ** 2, 0),
  );
  const sorted = far.map((_, i) => i).sort((a, b) => far[a] - far[b]);
  assert.deepEqual(nearestImages(images, image, 6), sorted.slice(0, 6));
});
