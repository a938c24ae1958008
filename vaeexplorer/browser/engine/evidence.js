// @ts-check
/**
 * Why the ELBO is loose, for one image in two dimensions: ln p(x) by quadrature, the ELBO of a diagonal Gaussian, the
 * best such Gaussian, and the importance-weighted bound. `analysis/quadrature.py` and `network/gaps` have the same.
 *
 * @typedef {import("./grid.js").Grid} Grid
 * @typedef {(points: Float64Array) => ArrayLike<number> | Promise<ArrayLike<number>>} LogJoint
 *   ln p(x, z) at points [P * 2], nats; asynchronous where a worker decodes
 * @typedef {{mean: number[], logvar: number[]}} Gaussian  of two dimensions each
 */
import { centre, logSum } from "./grid.js";
import { logLikelihood } from "./likelihood.js";
import { parameter } from "./network.js";

const WITHIN = [40, 20, 14], // nats below the highest: lower cells are not halved, by level
  SHARE = Math.log(0.1), // that one cell may have of an integral that counts as found
  TOLERANCE = 0.01, // nats by which halving may still change it
  LEVELS = 7;
const NODES = 21, // of a lattice, along a side
  WIDE = 4.5, // sigmas that it reaches
  ROUNDS = 6, // of lattices, at most
  STEPS = 150,
  AWAY = 4, // sigmas from one mode, where another is looked for
  RATE = 0.05;

/** -ln p(z) of the prior N(0, I), nats. @param {number} z1 @param {number} z2 */
export const priorCost = (z1, z2) => (z1 * z1 + z2 * z2) / 2 + Math.log(2 * Math.PI);

/** ln p(x, z), decoded one by one in this thread. @param {import("./network.js").Network} network
 * @param {ArrayLike<number>} x  [784] in [0, 1] @returns {(points: Float64Array) => Float64Array} */
export function jointOf(network, x) {
  return (points) => {
    const values = new Float64Array(points.length / 2);
    for (let i = 0; i < values.length; i++) {
      const z = points.subarray(2 * i, 2 * i + 2);
      values[i] = logLikelihood(x, parameter(network, z), network) - priorCost(z[0], z[1]);
    }
    return values;
  };
}

/**
 * ln p(x): midpoint sums on the grid's cells, those with mass halved until that changes little.
 * @param {Grid} grid @param {ArrayLike<number>} values  `logJoint` of the grid @param {LogJoint} joint
 * @returns {Promise<{logEvidence: number, decoded: number}>}  NaN where it did not settle
 */
export async function evidence(grid, values, joint) {
  let step = grid.step,
    total = logSum(values) + 2 * Math.log(step),
    highest = Math.max(...maxima(values)),
    decoded = 0,
    settled = -Infinity; // in cells that are not halved any more
  if (Math.abs(total - everySecond(grid, values)) < TOLERANCE && highest + 2 * Math.log(step) < total + SHARE)
    return { logEvidence: total, decoded };
  let points = Array.from(values, (_, index) => centre(grid, index)),
    heights = values;
  for (let level = 0; level < LEVELS; level++) {
    const floor = highest - WITHIN[Math.min(level, WITHIN.length - 1)],
      low = Array.from(heights).filter((value) => value <= floor);
    settled = logSum([settled, logSum(low) + 2 * Math.log(step)]);
    const next = /** @type {[number, number][]} */ ([]);
    points.forEach(([z1, z2], index) => {
      if (heights[index] > floor) for (const [a, b] of CORNERS) next.push([z1 + (a * step) / 4, z2 + (b * step) / 4]);
    });
    points = next;
    step /= 2;
    heights = await joint(Float64Array.from(points.flat()));
    decoded += points.length;
    highest = Math.max(...maxima(heights));
    const before = total;
    total = logSum([settled, logSum(heights) + 2 * Math.log(step)]);
    if (Math.abs(total - before) < TOLERANCE && highest + 2 * Math.log(step) < total + SHARE)
      return { logEvidence: total, decoded };
  }
  return { logEvidence: Number.NaN, decoded };
}

const CORNERS = [
  [-1, -1],
  [1, -1],
  [-1, 1],
  [1, 1],
];

/** The largest of each thousand: arguments of a function are limited. @param {ArrayLike<number>} values */
function maxima(values) {
  const found = [];
  for (let at = 0; at < values.length; at += 1000)
    found.push(Math.max(...Array.prototype.slice.call(values, at, at + 1000)));
  return found;
}

/** The sum over every second cell of either axis, each four times as large. @param {Grid} grid
 * @param {ArrayLike<number>} values */
function everySecond({ side, step }, values) {
  const kept = Array.from(values).filter((_, at) => at % 2 === 0 && Math.floor(at / side) % 2 === 0);
  return logSum(kept) + 2 * Math.log(2 * step);
}

/** The ELBO of a Gaussian, nats, by a lattice around it, without draws. @param {Gaussian} q @param {LogJoint} joint */
export async function elbo(q, joint) {
  const lattice = around(q);
  return bound(q, lattice, await joint(lattice)).value;
}

/**
 * The diagonal Gaussian of highest ELBO near a start: its own bound on a lattice has a gradient in closed form, so that
 * the decoder needs none. A start in another mode ends in that mode: `elsewhere` has a second start to compare with.
 * @param {Gaussian} start @param {LogJoint} joint
 * @returns {Promise<Gaussian & {elbo: number}>}
 */
export async function bestGaussian(start, joint) {
  let q = start;
  for (let round = 0; round < ROUNDS; round++) {
    const lattice = around(q),
      values = await joint(lattice),
      better = ascend(q, lattice, values);
    const moved = better.mean.some((m, j) => Math.abs(m - q.mean[j]) > 0.3 * Math.exp(q.logvar[j] / 2));
    const widened = better.logvar.some((v, j) => Math.abs(v - q.logvar[j]) > 0.3);
    q = better;
    if (!moved && !widened) break;
  }
  return { ...q, elbo: await elbo(q, joint) };
}

/** The likeliest cell four sigmas and more from a Gaussian, where another mode may be (`network/gaps/search.py`).
 * @param {Grid} grid @param {ArrayLike<number>} values  `logJoint` of the grid @param {Gaussian} q
 * @returns {Gaussian} */
export function elsewhere(grid, values, q) {
  let best = q.mean,
    highest = -Infinity;
  for (let index = 0; index < values.length; index++) {
    const z = centre(grid, index),
      away = Math.max(...z.map((value, j) => Math.abs(value - q.mean[j]) / Math.exp(q.logvar[j] / 2)));
    if (away >= AWAY && values[index] > highest) {
      highest = values[index];
      best = z;
    }
  }
  return { mean: best, logvar: q.logvar };
}

/** Adam on mean (in sigmas) and ln sigma, as far as the lattice can tell. @param {Gaussian} start
 * @param {Float64Array} lattice @param {ArrayLike<number>} values @returns {Gaussian} */
function ascend(start, lattice, values) {
  const sigma = start.logvar.map((v) => Math.exp(v / 2)),
    at = new Float64Array(4), // shifts in sigmas, then changes of ln sigma
    first = new Float64Array(4),
    second = new Float64Array(4);
  const here = () => ({
    mean: start.mean.map((m, j) => m + sigma[j] * at[j]),
    logvar: start.logvar.map((v, j) => v + 2 * at[2 + j]),
  });
  for (let step = 1; step <= STEPS; step++) {
    const { slope } = bound(here(), lattice, values);
    const rate = RATE * 0.5 * (1 + Math.cos((Math.PI * step) / STEPS));
    for (let k = 0; k < 4; k++) {
      const g = k < 2 ? slope[k] * sigma[k] : slope[k];
      first[k] = 0.9 * first[k] + 0.1 * g;
      second[k] = 0.99 * second[k] + 0.01 * g * g;
      at[k] += (rate * first[k]) / (1 - 0.9 ** step) / (Math.sqrt(second[k] / (1 - 0.99 ** step)) + 1e-12);
      at[k] = Math.min(Math.max(at[k], k < 2 ? -2 : -0.7), k < 2 ? 2 : 0.4); // where the lattice is too coarse or ends
    }
  }
  return here();
}

/** E_q ln p(x, z) + entropy, and its slopes by both means and both ln sigma. @param {Gaussian} q
 * @param {Float64Array} lattice @param {ArrayLike<number>} values */
function bound(q, lattice, values) {
  const sigma = q.logvar.map((v) => Math.exp(v / 2)),
    weights = new Float64Array(values.length);
  let sum = 0,
    mean = 0;
  for (let i = 0; i < weights.length; i++) {
    const a = (lattice[2 * i] - q.mean[0]) / sigma[0],
      b = (lattice[2 * i + 1] - q.mean[1]) / sigma[1];
    weights[i] = Math.exp(-(a * a + b * b) / 2);
    sum += weights[i];
    mean += weights[i] * values[i];
  }
  mean /= sum;
  const slope = [0, 0, 1, 1]; // of the entropy, ln sigma1 + ln sigma2 + 1 + ln 2 pi
  for (let i = 0; i < weights.length; i++) {
    const share = (weights[i] / sum) * (values[i] - mean);
    for (let j = 0; j < 2; j++) {
      const away = (lattice[2 * i + j] - q.mean[j]) / sigma[j];
      slope[j] += (share * away) / sigma[j];
      slope[2 + j] += share * away * away;
    }
  }
  const entropy = (q.logvar[0] + q.logvar[1]) / 2 + 1 + Math.log(2 * Math.PI);
  return { value: mean + entropy, slope };
}

/** Points over a Gaussian, [NODES^2 * 2]. @param {Gaussian} q */
function around({ mean, logvar }) {
  const points = new Float64Array(2 * NODES * NODES);
  for (let row = 0, at = 0; row < NODES; row++)
    for (let column = 0; column < NODES; column++) {
      points[at++] = mean[0] + WIDE * Math.exp(logvar[0] / 2) * ((2 * column) / (NODES - 1) - 1);
      points[at++] = mean[1] + WIDE * Math.exp(logvar[1] / 2) * ((2 * row) / (NODES - 1) - 1);
    }
  return points;
}

/**
 * The importance-weighted bound of k draws from q, climbing with k towards ln p(x) (Burda et al. 2016).
 * @param {Gaussian} q @param {ArrayLike<number>} eps  noise, [k * 2] @param {LogJoint} joint
 * @returns {Promise<{z: Float64Array, bounds: Float64Array, weights: Float64Array, effective: number}>}
 *   z [k * 2]; bounds of the first 1, 2, ..., k draws; weights that add up to 1; effective sample size, 1 to k
 */
export async function importance(q, eps, joint) {
  const count = eps.length / 2,
    z = Float64Array.from(eps, (e, i) => q.mean[i % 2] + Math.exp(q.logvar[i % 2] / 2) * e),
    values = await joint(z),
    logWeights = new Float64Array(count),
    bounds = new Float64Array(count);
  let total = -Infinity;
  for (let k = 0; k < count; k++) {
    const noise = (eps[2 * k] ** 2 + eps[2 * k + 1] ** 2 + q.logvar[0] + q.logvar[1]) / 2 + Math.log(2 * Math.PI);
    logWeights[k] = values[k] + noise;
    total = logSum([total, logWeights[k]]);
    bounds[k] = total - Math.log(k + 1);
  }
  const weights = logWeights.map((value) => Math.exp(value - total));
  return { z, bounds, weights, effective: 1 / weights.reduce((sum, w) => sum + w * w, 0) };
}
