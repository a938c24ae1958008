// @ts-check
/**
 * Planes through latent space. Two directions u and v span a plane; z moves along them and keeps its other coordinates.
 * UMAP's plane has no directions: only the codes have a place in it.
 *
 * @typedef {{name: string, labels: [string, string], xs: Float32Array, ys: Float32Array, u: number[] | null,
 *            v: number[] | null, centre: number[], circles: boolean,
 *            means?: {xs: Float32Array, ys: Float32Array}}} Plane
 *   means: where the means of the posteriors are, where xs and ys are draws from them
 */
import { nearestCodes, normal, repeatable } from "./geometry.js";
import { column } from "./codes.js";
import { eigen, moments } from "./summary.js";

/** z with the number of the dimension, from 1: z₁. @param {number} dimension */
export const axisName = (dimension) =>
  "z" + [...String(dimension + 1)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]).join("");

/** @param {number} dim @param {number} axis */
const unit = (dim, axis) => Array.from({ length: dim }, (_, j) => Number(j === axis));

/** A plane of two dimensions; a space of one is spread out by how well each image is reconstructed.
 * @param {import("./codes.js").Codes} codes @param {number} across @param {number} up @returns {Plane} */
export function dimensionPlane(codes, across, up) {
  const { dim } = codes,
    centre = new Array(dim).fill(0);
  const common = { name: "z", xs: column(codes, across), u: unit(dim, across), centre };
  if (dim === 1) return { ...common, ys: codes.error, v: null, labels: ["z₁", "error |x − x′|²"], circles: false };
  const labels = /** @type {[string, string]} */ ([axisName(across), axisName(up)]);
  return { ...common, ys: column(codes, up), v: unit(dim, up), labels, circles: codes.logvar !== null };
}

/** The plane in which the codes vary most. @param {import("./codes.js").Codes} codes @returns {Plane} */
export function principalPlane(codes) {
  const { centre, covariance } = moments(codes),
    { values, vectors } = eigen(covariance);
  const total = values.reduce((sum, value) => sum + value, 0),
    [u, v] = vectors;
  const along = (/** @type {number[]} */ axis) => {
    const out = new Float32Array(codes.count);
    for (let i = 0; i < codes.count; i++)
      for (let j = 0; j < codes.dim; j++) out[i] += (codes.mean[i * codes.dim + j] - centre[j]) * axis[j];
    return out;
  };
  const share = (/** @type {number} */ k) => `${((100 * values[k]) / total).toFixed(0)} % of variance`;
  const labels = /** @type {[string, string]} */ ([`first principal component, ${share(0)}`, `second, ${share(1)}`]);
  return { name: "PCA", xs: along(u), ys: along(v), u, v, centre, labels, circles: false };
}

/** @param {Float32Array} points [N * 2] @param {number} dim @returns {Plane} */
export function umapPlane(points, dim) {
  const half = (/** @type {number} */ k) =>
    Float32Array.from({ length: points.length / 2 }, (_, i) => points[2 * i + k]);
  return {
    name: "UMAP",
    xs: half(0),
    ys: half(1),
    u: null,
    v: null,
    centre: new Array(dim).fill(0),
    labels: ["UMAP 1", "UMAP 2"],
    circles: false,
  };
}

const NOISE = 5_000_011; // a seed: the same draws every time

/** The plane with a draw from q(z|x) of each image in place of its mean.
 * @param {Plane} plane @param {import("./codes.js").Codes} codes @returns {Plane} */
export function drawnPlane(plane, codes) {
  const { logvar, dim, count } = codes,
    { u, v, xs, ys } = plane;
  if (!logvar || !u || !v) return plane;
  const noise = normal(count * dim, repeatable(NOISE)),
    drawn = { xs: xs.slice(), ys: ys.slice() };
  for (let i = 0; i < count; i++)
    for (let j = 0; j < dim; j++) {
      const step = Math.exp(logvar[i * dim + j] / 2) * noise[i * dim + j];
      drawn.xs[i] += u[j] * step;
      drawn.ys[i] += v[j] * step;
    }
  return { ...plane, ...drawn, means: { xs, ys } };
}

/** Where z lies in the plane; in UMAP's, at the nearest code.
 * @param {Plane} plane @param {ArrayLike<number>} z @param {import("./codes.js").Codes} codes
 * @returns {[number, number]} */
export function place(plane, z, codes) {
  if (!plane.u) {
    const near = nearestCodes(codes.mean, codes.dim, z, 1)[0];
    return [plane.xs[near], plane.ys[near]];
  }
  let x = 0,
    y = 0;
  for (let j = 0; j < z.length; j++) {
    x += (z[j] - plane.centre[j]) * plane.u[j];
    if (plane.v) y += (z[j] - plane.centre[j]) * plane.v[j];
  }
  return [x, y];
}

/** z moved within the plane until it lies at (x, y). @param {Plane} plane @param {ArrayLike<number>} z
 * @param {number} x @param {number} y @returns {number[]} */
export function movedTo(plane, z, x, y) {
  const { u, v, centre } = plane;
  let du = x,
    dv = y;
  for (let j = 0; j < z.length; j++) {
    if (u) du -= (z[j] - centre[j]) * u[j];
    if (v) dv -= (z[j] - centre[j]) * v[j];
  }
  return Array.from(z, (value, j) => value + (u ? du * u[j] : 0) + (v ? dv * v[j] : 0));
}

/** Covariance of N(., diag(exp(logvar))) within the plane: variance across, variance up, covariance.
 * @param {Plane} plane @param {ArrayLike<number>} logvar @returns {[number, number, number]} */
export function spread(plane, logvar) {
  let xx = 0,
    yy = 0,
    xy = 0;
  if (plane.u && plane.v)
    for (let j = 0; j < logvar.length; j++) {
      const s = Math.exp(logvar[j]);
      xx += plane.u[j] ** 2 * s;
      yy += plane.v[j] ** 2 * s;
      xy += plane.u[j] * plane.v[j] * s;
    }
  return [xx, yy, xy];
}

/** The box that shows nearly all codes, and all of the prior's third circle. @param {Plane} plane
 * @returns {{low: [number, number], high: [number, number]}} */
export function boxOf(plane) {
  const range = (/** @type {Float32Array} */ values) => {
    const sorted = values.slice().sort(),
      n = sorted.length - 1;
    const share = plane.circles ? 0.002 : 0.008; // without a prior a few codes lie very far out
    let low = sorted[Math.round(share * n)],
      high = sorted[Math.round((1 - share) * n)];
    const margin = 0.04 * (high - low) || 1;
    low -= margin;
    high += margin;
    return plane.circles ? [Math.min(low, -3.15), Math.max(high, 3.15)] : [low, high];
  };
  const { xs, ys } = plane.means ?? plane, // the view stays when draws take the place of means
    [x0, x1] = range(xs),
    [y0, y1] = range(ys);
  return { low: [x0, y0], high: [x1, y1] };
}
