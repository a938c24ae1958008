// @ts-check
/** The terms of the loss in nats, summed over pixels or dimensions; `network/objectives.py` has the same for torch. */

/** KL(N(mean, exp(logvar)) || N(0, 1)) of each dimension.
 * @param {ArrayLike<number>} mean @param {ArrayLike<number>} logvar */
export const gaussianKl = (mean, logvar) =>
  Array.from(mean, (m, j) => 0.5 * (m * m + Math.exp(logvar[j]) - 1 - logvar[j]));

/** |x - y|^2. @param {ArrayLike<number>} x @param {ArrayLike<number>} y */
export function squaredError(x, y) {
  let sum = 0;
  for (let p = 0; p < x.length; p++) sum += (x[p] - y[p]) ** 2;
  return sum;
}

/** The images nearest to one, by |x - y|^2, the nearest first.
 * @param {Uint8Array} images  [N * size], 255 is white @param {ArrayLike<number>} image  [size] in [0, 1]
 * @param {number} count  K, at most N @returns {number[]} indices, [K] */
export function nearestImages(images, image, count) {
  const size = image.length,
    wanted = Float32Array.from(image, (value) => 255 * value);
  /** @type {[number, number][]} distance and index, by rising distance */ const found = [];
  let most = Infinity;
  for (let i = 0, at = 0; at < images.length; i++, at += size) {
    let sum = 0;
    for (let p = 0; p < size && sum < most; p++) sum += (images[at + p] - wanted[p]) ** 2;
    if (sum >= most) continue;
    found.push([sum, i]);
    found.sort((a, b) => a[0] - b[0]);
    found.length = Math.min(found.length, count);
    if (found.length === count) most = found[count - 1][0];
  }
  return found.map(([, i]) => i);
}

/** -ln p(x|z); the fixed gaussian without its constant. @param {ArrayLike<number>} x  [784] in [0, 1]
 * @param {ArrayLike<number>} parameter  of the decoder @param {import("./network.js").Network} network */
export function reconstruction(x, parameter, { likelihood, pixelVariance }) {
  if (likelihood.startsWith("gaussian")) {
    const variance = /** @type {number} */ (pixelVariance),
      error = squaredError(x, parameter) / (2 * variance);
    return likelihood === "gaussian" ? error : error + (x.length / 2) * Math.log(2 * Math.PI * variance);
  }
  let sum = 0;
  for (let p = 0; p < x.length; p++) {
    const l = parameter[p],
      size = Math.abs(l),
      decay = Math.exp(-size);
    sum += Math.max(l, 0) + Math.log1p(decay) - x[p] * l;
    if (likelihood === "continuous-bernoulli") {
      const half = size / 2; // ln C of a logit l is ln(l / tanh(l / 2))
      sum -=
        size < 0.2
          ? Math.log(2) + half ** 2 / 3 - (7 * half ** 4) / 90
          : Math.log(size) + Math.log1p(decay) - Math.log1p(-decay);
    }
  }
  return sum;
}
