// @ts-check
/** How far the browser's network is from torch's, on what `test_network.py` wrote: the same code under node and in Chromium. */
import { decode, encode, PIXELS, unpack } from "./engine/network.js";

/**
 * @param {(name: string) => Promise<ArrayBuffer>} read  a file of the case
 * @returns {Promise<{image: number, mean: number, logvar: number}>}  largest absolute differences
 */
export async function disagreement(read) {
  const network = unpack(await read("network.bin")),
    dim = network.latentDim;
  const floats = async (/** @type {string} */ name) => new Float32Array(await read(name));
  const z = await floats("z.bin"),
    images = await floats("images.bin");
  const worst = { image: 0, mean: 0, logvar: 0 };
  for (let i = 0; i * dim < z.length; i++) {
    const decoded = decode(network, z.subarray(i * dim, (i + 1) * dim));
    worst.image = Math.max(worst.image, difference(decoded, images.subarray(i * PIXELS, (i + 1) * PIXELS)));
  }
  const x = await floats("x.bin"),
    means = await floats("mean.bin"),
    logvars = await floats("logvar.bin");
  for (let i = 0; i * PIXELS < x.length; i++) {
    const { mean, logvar } = encode(network, x.subarray(i * PIXELS, (i + 1) * PIXELS));
    worst.mean = Math.max(worst.mean, difference(mean, means.subarray(i * dim, (i + 1) * dim)));
    worst.logvar = Math.max(worst.logvar, difference(logvar ?? [], logvars.subarray(i * dim, (i + 1) * dim)));
  }
  return worst;
}

/** @param {ArrayLike<number>} ours @param {ArrayLike<number>} theirs */
function difference(ours, theirs) {
  if (ours.length !== theirs.length) return Infinity;
  let most = 0;
  for (let i = 0; i < ours.length; i++)
    most = Math.max(most, Math.abs(ours[i] - theirs[i]) || 0, Number.isNaN(ours[i]) ? Infinity : 0);
  return most;
}
