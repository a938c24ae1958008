// @ts-check
/**
 * ln p(x|z) = x . l(z) - S(z) - h(x): what of the likelihood depends on both, on z alone and on x alone. For many z and
 * one x it is one product of a matrix and a vector. `network/gaps/points.py` has the same for torch. The fixed
 * gaussian's constant is left out, as in `losses.js`.
 *
 * @typedef {import("./network.js").Network} Network
 */

/** The natural parameter l: the logits, or the mean over the variance.
 * @param {ArrayLike<number>} parameter  of the decoder, [784] @param {Network} network @returns {Float32Array} */
export function natural(parameter, { likelihood, pixelVariance }) {
  const scale = likelihood.startsWith("gaussian") ? 1 / /** @type {number} */ (pixelVariance) : 1;
  const found = new Float32Array(parameter.length); // `Float32Array.from` with a function takes ten times as long
  for (let p = 0; p < parameter.length; p++) found[p] = scale * parameter[p];
  return found;
}

/** S, in nats. @param {ArrayLike<number>} parameter  of the decoder, [784] @param {Network} network */
export function partition(parameter, { likelihood, pixelVariance }) {
  let sum = 0;
  if (likelihood === "bernoulli") {
    // ln(1 + e^-|l|) of many pixels as one logarithm of a product: factors are at most 2
    for (let p = 0, product = 1; p < parameter.length; p++) {
      sum += Math.max(parameter[p], 0);
      product *= 1 + Math.exp(-Math.abs(parameter[p]));
      if (p % 512 === 511 || p === parameter.length - 1) {
        sum += Math.log(product);
        product = 1;
      }
    }
    return sum;
  }
  if (likelihood.startsWith("gaussian")) {
    const variance = /** @type {number} */ (pixelVariance);
    for (let p = 0; p < parameter.length; p++) sum += parameter[p] ** 2;
    sum /= 2 * variance;
    return likelihood === "gaussian" ? sum : sum + (parameter.length / 2) * Math.log(2 * Math.PI * variance);
  }
  for (let p = 0; p < parameter.length; p++) {
    const size = Math.abs(parameter[p]),
      decay = Math.exp(-size);
    sum += Math.max(parameter[p], 0) + Math.log1p(decay);
    sum -=
      size < 0.2
        ? Math.log(2) + size ** 2 / 12 - (7 * size ** 4) / 1440
        : Math.log(size) + Math.log1p(decay) - Math.log1p(-decay);
  }
  return sum;
}

/** h, in nats: 0 of logits. @param {ArrayLike<number>} x  [784] in [0, 1] @param {Network} network */
export function ofImage(x, { likelihood, pixelVariance }) {
  if (!likelihood.startsWith("gaussian")) return 0;
  let sum = 0;
  for (let p = 0; p < x.length; p++) sum += x[p] ** 2;
  return sum / (2 * /** @type {number} */ (pixelVariance));
}

/** ln p(x|z) of one z. @param {ArrayLike<number>} x  [784] @param {ArrayLike<number>} parameter  [784]
 * @param {Network} network */
export function logLikelihood(x, parameter, network) {
  const l = natural(parameter, network);
  let product = 0;
  for (let p = 0; p < l.length; p++) product += x[p] * l[p];
  return product - partition(parameter, network) - ofImage(x, network);
}
