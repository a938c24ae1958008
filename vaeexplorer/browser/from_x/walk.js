// @ts-check
/**
 * The walk from an image x to x': q(z|x), z = mu + sigma * eps, x' = d(z), and a cloud of the same with other eps.
 * Computed here with the network's weights, or on the server.
 *
 * @typedef {{mean: number[], logvar: number[] | null, sigma: number[] | null}} Posterior
 * @typedef {Posterior & {z: number[], image: Float32Array, error: number,
 *            cloud: {z: number[], image: Float32Array}[]}} Walk
 *   error is the reconstruction term in nats, or |x - x'|^2 if the likelihood is not known; the cloud of an AE is empty
 */
import { decode, encode, parameter } from "../engine/network.js";
import { reconstruction, squaredError } from "../engine/losses.js";
import { decodeThere, encodeThere } from "../decoding/remote.js";

/** @param {{mean: number[], logvar: number[] | null}} code @returns {Posterior} */
const spreadOf = ({ mean, logvar }) => ({ mean, logvar, sigma: logvar && logvar.map((v) => Math.exp(v / 2)) });

/** z of some noise; of an autoencoder, its code. @param {Posterior} q @param {number[]} eps */
const drawn = ({ mean, sigma }, eps) => (sigma ? mean.map((m, j) => m + sigma[j] * eps[j]) : mean);

/** Walks with the network's weights. The posterior of an image and the cloud are computed once, z and x' every time. */
export class WalkHere {
  /** @param {import("../engine/network.js").Network} network */
  constructor(network) {
    this.network = network;
    /** @type {{x: Float32Array, q: Posterior} | null} */ this.encoded = null;
    /** @type {{q: Posterior, others: number[][], cloud: Walk["cloud"]} | null} */ this.decoded = null;
  }

  /** @param {Float32Array} x  in [0, 1] @param {number[]} eps @param {number[][]} others  eps of the cloud
   * @returns {Walk} */
  walk(x, eps, others) {
    const { network } = this;
    if (this.encoded?.x !== x) this.encoded = { x, q: spreadOf(encode(network, x)) };
    const { q } = this.encoded;
    if (this.decoded?.q !== q || this.decoded.others !== others) {
      const zs = q.sigma ? others.map((noise) => drawn(q, noise)) : [];
      this.decoded = { q, others, cloud: zs.map((z) => ({ z, image: decode(network, z).slice() })) };
    }
    const z = drawn(q, eps),
      error = reconstruction(x, parameter(network, z), network);
    return { ...q, z, error, image: decode(network, z).slice(), cloud: this.decoded.cloud };
  }
}

/** @param {string} base  of the model's addresses @param {Float32Array} x  in [0, 1]
 * @param {number[]} eps @param {number[][]} others  eps of the cloud
 * @returns {Promise<Walk>} */
export async function walkThere(base, x, eps, others) {
  const q = spreadOf(await encodeThere(base, x, eps.length)),
    z = drawn(q, eps),
    zs = q.sigma ? others.map((noise) => drawn(q, noise)) : [];
  const bytes = await decodeThere(base, Float32Array.from([z, ...zs].flat()), eps.length, x.length);
  const image = (/** @type {number} */ k) =>
    Float32Array.from(bytes.subarray(k * x.length, (k + 1) * x.length), (value) => value / 255);
  return {
    ...q,
    z,
    error: squaredError(x, image(0)),
    image: image(0),
    cloud: zs.map((each, k) => ({ z: each, image: image(k + 1) })),
  };
}
