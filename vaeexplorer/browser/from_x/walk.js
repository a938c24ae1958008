// @ts-check
/**
 * The walk from an image x to x': q(z|x), z = mu + sigma * eps, x' = d(z), and a cloud of the same with other eps.
 * Computed here with the network's weights, or on the server.
 *
 * @typedef {{mean: number[], logvar: number[] | null, sigma: number[] | null, z: number[], image: Float32Array,
 *            error: number, cloud: {z: number[], image: Float32Array}[]}} Walk
 *   error is the reconstruction term in nats, or |x - x'|^2 if the likelihood is not known; the cloud of an AE is empty
 */
import { decode, encode, imageAt, parameter } from "../engine/network.js";
import { reconstruction, squaredError } from "./losses.js";
import { decodeThere, encodeThere } from "../decoding/remote.js";

/** @param {number[]} mean @param {number[] | null} logvar @param {number[]} eps @param {number[][]} others */
function draws(mean, logvar, eps, others) {
  const sigma = logvar && logvar.map((value) => Math.exp(value / 2));
  const at = (/** @type {number[]} */ noise) => (sigma ? mean.map((m, j) => m + sigma[j] * noise[j]) : mean);
  return { mean, logvar, sigma, z: at(eps), zs: sigma ? others.map(at) : [] };
}

/** @param {import("../engine/network.js").Network} network @param {Float32Array} x  [784] in [0, 1]
 * @param {number[]} eps @param {number[][]} others  eps of the cloud @returns {Walk} */
export function walkHere(network, x, eps, others) {
  const { mean, logvar } = encode(network, x),
    { zs, ...drawn } = draws(mean, logvar, eps, others);
  const error = reconstruction(x, parameter(network, drawn.z), network);
  const images = [drawn.z, ...zs].map((z) => decode(network, z).slice());
  return { ...drawn, error, image: images[0], cloud: zs.map((z, k) => ({ z, image: images[k + 1] })) };
}

/** @param {string} base  of the model's addresses @param {Float32Array} x  [784] in [0, 1]
 * @param {number[]} eps @param {number[][]} others  eps of the cloud
 * @returns {Promise<Walk>} */
export async function walkThere(base, x, eps, others) {
  const { mean, logvar } = await encodeThere(base, x, eps.length),
    { zs, ...drawn } = draws(mean, logvar, eps, others);
  const bytes = await decodeThere(base, Float32Array.from([drawn.z, ...zs].flat()), eps.length);
  const image = (/** @type {number} */ k) => Float32Array.from(imageAt(bytes, k), (value) => value / 255);
  return {
    ...drawn,
    error: squaredError(x, image(0)),
    image: image(0),
    cloud: zs.map((z, k) => ({ z, image: image(k + 1) })),
  };
}
