// @ts-check
/**
 * Statistics of the codes: class means, KL of each dimension, ranges, principal axes, a Gaussian to draw from.
 *
 * @typedef {import("./codes.js").Codes} Codes
 * @typedef {{means: number[][], meanKl: number[] | null, order: number[], collapsed: boolean[],
 *            reach: [number, number][], walk: [number, number][], steps: number[],
 *            farthest: [number, number]}} Summary
 *   means of the classes; KL of each dimension in nats; dimensions from the most informative on; range of each slider
 *   and of each traversal; the step to which each dimension is shown and slid, a power of ten; the two classes whose
 *   means lie farthest apart
 */
import { normal } from "./geometry.js";

const ACTIVE_VARIANCE = 0.01; // of the means (Burda et al. 2016); a dimension that is not active is collapsed
const PRIOR_REACH = 3;
const PLACES = 400; // at least so many steps in six standard deviations: 0.01 where the codes are as the prior

/** @param {Codes} codes @param {number} classes @returns {Summary} */
export function summarize(codes, classes) {
  const { count, dim, mean, logvar, labels } = codes;
  const means = Array.from({ length: classes }, () => new Array(dim).fill(0));
  const members = new Array(classes).fill(0);
  const meanKl = new Array(dim).fill(0),
    variance = new Array(dim).fill(0),
    centre = new Array(dim).fill(0),
    noise = new Array(dim).fill(0); // mean variance of q(z|x)
  for (let i = 0; i < count; i++) {
    members[labels[i]]++;
    for (let j = 0; j < dim; j++) {
      const value = mean[i * dim + j];
      means[labels[i]][j] += value;
      centre[j] += value / count;
      if (logvar) {
        const l = logvar[i * dim + j];
        meanKl[j] += (value * value + Math.exp(l) - 1 - l) / 2 / count;
        noise[j] += Math.exp(l) / count;
      }
    }
  }
  means.forEach((row, label) => row.forEach((sum, j) => (row[j] = sum / Math.max(1, members[label]))));
  for (let i = 0; i < count; i++)
    for (let j = 0; j < dim; j++) variance[j] += (mean[i * dim + j] - centre[j]) ** 2 / count;
  const weight = logvar ? meanKl : variance;
  const order = centre.map((_, j) => j);
  if (dim > 2) order.sort((a, b) => weight[b] - weight[a]);
  /** @type {[number, number][]} */ const reach = [];
  /** @type {[number, number][]} */ const walk = [];
  for (let j = 0; j < dim; j++) {
    const sorted = Float32Array.from({ length: count }, (_, i) => mean[i * dim + j]).sort();
    const low = logvar ? Math.min(sorted[0], -PRIOR_REACH) : sorted[0];
    const high = logvar ? Math.max(sorted[count - 1], PRIOR_REACH) : sorted[count - 1];
    reach.push(outward(low, high));
    // Where nearly all codes are: 3 sigma of the prior. Without a prior, or with codes far outside it, the quantiles of
    // the codes at the same probabilities.
    const [first, last] = [0.00135, 0.99865].map((p) => sorted[Math.round(p * (count - 1))]);
    walk.push(logvar && Math.max(-first, last) < 2 * PRIOR_REACH ? [-PRIOR_REACH, PRIOR_REACH] : [first, last]);
  }
  return {
    means,
    meanKl: logvar && meanKl,
    order,
    collapsed: variance.map((moved) => logvar !== null && moved <= ACTIVE_VARIANCE),
    reach,
    walk,
    steps: variance.map((moved, j) => stepOf(6 * Math.sqrt(moved + noise[j]) || reach[j][1] - reach[j][0])),
    farthest: farthest(means),
  };
}

/** A power of ten. @param {number} range */
const stepOf = (range) => Number(`1e${Math.floor(Math.log10(range / PLACES))}`);

/** A range with round ends, in hundredths to tenths of its length. @param {number} low @param {number} high
 * @returns {[number, number]} */
function outward(low, high) {
  if (!(high > low)) return [low - 1, high + 1]; // a dimension in which all codes are the same
  const unit = 10 ** (Math.floor(Math.log10(high - low)) - 1);
  const [first, last] = [Math.floor(low / unit), Math.ceil(high / unit)].map((k) => Number((k * unit).toPrecision(12)));
  return [first, last];
}

/** @param {number[][]} points @returns {[number, number]} the two that lie farthest apart */
function farthest(points) {
  let [a, b, most] = [0, 0, -1];
  for (let i = 0; i < points.length; i++)
    for (let j = 0; j < i; j++) {
      const d = points[i].reduce((sum, value, k) => sum + (value - points[j][k]) ** 2, 0);
      if (d > most) [a, b, most] = [j, i, d];
    }
  return [a, b];
}

/** Mean and covariance of the codes. @param {Codes} codes */
export function moments({ count, dim, mean }) {
  const centre = new Array(dim).fill(0);
  for (let i = 0; i < count; i++) for (let j = 0; j < dim; j++) centre[j] += mean[i * dim + j] / count;
  const covariance = centre.map(() => new Array(dim).fill(0));
  for (let i = 0; i < count; i++)
    for (let j = 0; j < dim; j++) {
      const d = (mean[i * dim + j] - centre[j]) / count;
      for (let k = 0; k <= j; k++) covariance[j][k] += d * (mean[i * dim + k] - centre[k]);
    }
  for (let j = 0; j < dim; j++) for (let k = 0; k < j; k++) covariance[k][j] = covariance[j][k];
  return { centre, covariance };
}

/** Eigenvalues and eigenvectors of a symmetric matrix, largest first (cyclic Jacobi rotations).
 * @param {number[][]} matrix @returns {{values: number[], vectors: number[][]}} */
export function eigen(matrix) {
  const n = matrix.length,
    least = 1e-15 * matrix.reduce((trace, row, i) => trace + Math.abs(row[i]), 0),
    a = matrix.map((row) => row.slice());
  const v = a.map((_, i) => a.map((_, j) => Number(i === j))); // rows become eigenvectors
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        off += a[p][q] ** 2;
        if (Math.abs(a[p][q]) <= least) continue;
        const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1)),
          c = 1 / Math.hypot(t, 1),
          s = t * c;
        for (let k = 0; k < n; k++) [a[k][p], a[k][q]] = [c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]];
        for (let k = 0; k < n; k++) [a[p][k], a[q][k]] = [c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]];
        for (let k = 0; k < n; k++) [v[p][k], v[q][k]] = [c * v[p][k] - s * v[q][k], s * v[p][k] + c * v[q][k]];
      }
    if (off <= (n * least) ** 2) break;
  }
  const order = a.map((_, i) => i).sort((i, j) => a[j][j] - a[i][i]);
  return { values: order.map((i) => a[i][i]), vectors: order.map((i) => v[i]) };
}

/** Draws from the prior, or for an autoencoder, which has none, from a Gaussian fitted to its codes.
 * @param {Codes} codes @returns {() => number[]} */
export function source(codes) {
  if (codes.logvar) return () => normal(codes.dim);
  const { centre, covariance } = moments(codes),
    { values, vectors } = eigen(covariance);
  return () => {
    const steps = normal(codes.dim).map((e, k) => e * Math.sqrt(Math.max(0, values[k])));
    return centre.map((c, j) => c + steps.reduce((sum, step, k) => sum + step * vectors[k][j], 0));
  };
}

/** Density of the codes at z in a plane: Gaussian kernels, Scott's bandwidth.
 * @param {Codes} codes  of two dimensions @returns {(z: ArrayLike<number>) => number} */
export function kernelDensity(codes) {
  const { covariance } = moments(codes),
    scale = codes.count ** (-1 / 6);
  const hx = scale * Math.sqrt(covariance[0][0]) || 1,
    hy = scale * Math.sqrt(covariance[1][1]) || 1;
  return (z) => {
    let sum = 0;
    for (let i = 0; i < codes.count; i++) {
      const d = ((codes.mean[2 * i] - z[0]) / hx) ** 2 + ((codes.mean[2 * i + 1] - z[1]) / hy) ** 2;
      if (d < 20) sum += Math.exp(-d / 2);
    }
    return sum / (codes.count * 2 * Math.PI * hx * hy);
  };
}
