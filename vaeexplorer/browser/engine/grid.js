// @ts-check
/**
 * The true posterior p(z|x) over the plane of a network with two latent dimensions: the decoder's answers on a grid do
 * not depend on x, so they are computed once, and every further image costs one product.
 *
 * @typedef {import("./network.js").Network} Network
 * @typedef {{side: number, reach: number, step: number, naturals: Uint16Array, costs: Float32Array}} Grid
 *   side^2 square cells that tile [-reach, reach]^2, z1 fastest, their centres decoded. naturals: l, [784, side^2] in
 *   half precision, 26 MB at a side of 128; pixels come first, so that the black ones of an image cost nothing.
 *   costs: S(z) + |z|^2 / 2 + ln 2 pi
 */
import { natural, ofImage, partition } from "./likelihood.js";
import { PIXELS, parameter } from "./network.js";

/** A grid without its numbers, which `fill` brings: until then no cell has any mass.
 * @param {number} side  even @param {number} reach @returns {Grid} */
export function emptyGrid(side, reach) {
  const naturals = new Uint16Array(PIXELS * side * side);
  return { side, reach, step: (2 * reach) / side, naturals, costs: new Float32Array(side * side).fill(Infinity) };
}

/** The centre of a cell. @param {Grid} grid @param {number} index @returns {[number, number]} */
export function centre({ side, reach, step }, index) {
  return [-reach + step * ((index % side) + 0.5), -reach + step * (Math.floor(index / side) + 0.5)];
}

/** What the decoder says at cells that follow each other. @param {Grid} grid @param {number} first
 * @param {Float32Array} decoded  the decoder's parameter there, [N * 784] @param {Network} network */
export function fill(grid, first, decoded, network) {
  const cells = grid.side * grid.side,
    count = decoded.length / PIXELS,
    l = natural(decoded, network);
  for (let p = 0; p < PIXELS; p++)
    for (let k = 0, at = p * cells + first; k < count; k++, at++) grid.naturals[at] = half(l[k * PIXELS + p]);
  for (let k = 0; k < count; k++) {
    const [z1, z2] = centre(grid, first + k);
    grid.costs[first + k] =
      partition(decoded.subarray(k * PIXELS, (k + 1) * PIXELS), network) +
      (z1 * z1 + z2 * z2) / 2 +
      Math.log(2 * Math.PI);
  }
}

/** A whole grid, decoded one by one: a second for each 1,000 cells of a large network.
 * @param {Network} network  of two latent dimensions @param {number} side @param {number} reach @returns {Grid} */
export function layGrid(network, side, reach) {
  const grid = emptyGrid(side, reach);
  for (let index = 0; index < side * side; index++) fill(grid, index, parameter(network, centre(grid, index)), network);
  return grid;
}

/** ln p(x, z) at every cell, nats: half precision moves it by some hundredths.
 * @param {Grid} grid @param {ArrayLike<number>} x  [784] in [0, 1] @param {Network} network
 * @returns {Float32Array}  [side^2] */
export function logJoint(grid, x, network) {
  const cells = grid.side * grid.side,
    own = ofImage(x, network),
    values = new Float32Array(cells);
  for (let p = 0; p < PIXELS; p++) {
    const ink = x[p];
    if (ink === 0) continue;
    for (let index = 0, at = p * cells; index < cells; index++, at++) values[index] += ink * FLOATS[grid.naturals[at]];
  }
  for (let index = 0; index < cells; index++) values[index] -= grid.costs[index] + own;
  return values;
}

/** p(z|x) as shares of the cells, which add up to 1. @param {ArrayLike<number>} logJoint @returns {Float32Array} */
export function shares(logJoint) {
  const total = logSum(logJoint),
    found = new Float32Array(logJoint.length);
  for (let index = 0; index < found.length; index++) found[index] = Math.exp(logJoint[index] - total);
  return found;
}

/** ln sum exp. @param {ArrayLike<number>} values */
export function logSum(values) {
  let highest = -Infinity,
    sum = 0;
  for (let i = 0; i < values.length; i++) if (values[i] > highest) highest = values[i];
  if (highest === -Infinity) return highest;
  for (let i = 0; i < values.length; i++) sum += Math.exp(values[i] - highest);
  return highest + Math.log(sum);
}

const single = new Float32Array(1),
  bits = new Uint32Array(single.buffer);

/** A number as the bits of float16, rounded to the nearest; beyond 65504 the largest there is. @param {number} value */
export function half(value) {
  single[0] = Math.min(Math.max(value, -65504), 65504);
  const sign = (bits[0] >>> 16) & 0x8000,
    exponent = ((bits[0] >>> 23) & 255) - 112;
  if (exponent <= 0) return sign | Math.round(Math.abs(single[0]) * 2 ** 24);
  return sign | ((((exponent << 23) | (bits[0] & 0x7fffff)) + 0x1000) >>> 13);
}

const FLOATS = new Float32Array(65536);
for (let word = 0; word < FLOATS.length; word++) {
  const exponent = (word >> 10) & 31,
    fraction = word & 1023;
  const size = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24;
  FLOATS[word] = word & 0x8000 ? -size : size;
}
