// @ts-check
/**
 * The models of a sweep over beta, unpacked from bytes, and a sentence or two about each.
 *
 * @typedef {{beta: number, rate: number, distortion: number, elbo: number, active_units: number, kl: number[],
 *            effects: number[] | null, total_variation: [number, number, number] | null,
 *            network: import("../engine/network.js").Network, plane: Plane, rotation: Float32Array}} Point
 *   one model, figures in nats per image; effects: of each dimension on the image, squared error; total_variation: of
 *   codes and prior at least, and its interval's ends; rotation [D * D] turns its codes; plane: the codes in the first
 *   two turned dimensions
 * @typedef {import("../engine/projections.js").Plane} Plane
 * @typedef {{dim: number, labels: Uint8Array, noise: number[][], points: Point[]}} Sweep
 */
import { unpack } from "../engine/network.js";
import { Unpacker } from "../engine/packed.js";

/** Reads what `packing/sweep.py` writes: a frame (packed.js) with noise [samples * D] as float32, labels [N] as uint8,
 * and each model's rotation [D * D] as float32, means [N * D] and network, which is a frame of its own (network.js).
 * @param {ArrayBuffer} bytes @returns {Sweep}
 * @throws {import("../engine/packed.js").UnpackError} cut short, too long, of another kind, or not all finite */
export function unpackSweep(bytes) {
  const packed = new Unpacker(bytes, "models over β", "sweep");
  const { count, dim, samples, precision } = packed.header;
  const flat = packed.floats(samples * dim, "<f4");
  const noise = Array.from({ length: samples }, (_, s) => Array.from(flat.subarray(s * dim, (s + 1) * dim)));
  const labels = packed.integers(count);
  const points = packed.header.points.map((/** @type {any} */ { network: length, ...figures }) => {
    const rotation = packed.floats(dim * dim, "<f4");
    const plane = turnedPlane(packed.floats(count * dim, precision), count, dim, rotation);
    return { ...figures, rotation, plane, network: unpack(packed.take(length)) };
  });
  packed.end();
  return { dim, labels, noise, points };
}

/** @param {Float32Array} mean [N * D] @param {number} count @param {number} dim @param {Float32Array} rotation
 * @returns {Plane} */
function turnedPlane(mean, count, dim, rotation) {
  const axes = [0, 1].map((k) => Array.from({ length: dim }, (_, j) => rotation[j * dim + k]));
  const [xs, ys] = axes.map((axis) => {
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) for (let j = 0; j < dim; j++) values[i] += mean[i * dim + j] * axis[j];
    return values;
  });
  const centre = new Array(dim).fill(0);
  return { name: "turned", labels: ["first", "second"], xs, ys, u: axes[0], v: axes[1], centre, circles: true };
}

/** Turned coordinates as coordinates of the model's own latent space: Q a.
 * @param {Point} point @param {ArrayLike<number>} turned  [D], or fewer, the others being 0
 * @returns {Float32Array} [D] */
export function turnedBack({ rotation }, turned) {
  const dim = Math.round(Math.sqrt(rotation.length)),
    z = new Float32Array(dim);
  for (let j = 0; j < dim; j++) for (let k = 0; k < turned.length; k++) z[j] += rotation[j * dim + k] * turned[k];
  return z;
}

/** A sentence about a model; empty where there is nothing to say. @param {Point} point */
export function remark({ beta, active_units: active }) {
  if (beta === 0) return "Without a KL penalty, R keeps growing.";
  if (active === 0) return "Every dimension has collapsed: the decoder draws the mean image.";
  return beta === 1 ? "At β = 1 the loss is −ELBO." : "";
}

/** The share of the dots farther from 0 than so much. @param {Plane} plane @param {number} radius */
export const outside = ({ xs, ys }, radius) =>
  xs.reduce((count, x, i) => count + Number(Math.hypot(x, ys[i]) > radius), 0) / xs.length;

/** The share of the dots outside a square around 0. @param {Plane} plane @param {number} reach  half its side */
export const beyond = ({ xs, ys }, reach) =>
  xs.reduce((count, x, i) => count + Number(Math.max(Math.abs(x), Math.abs(ys[i])) > reach), 0) / xs.length;
