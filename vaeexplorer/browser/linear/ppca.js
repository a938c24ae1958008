// @ts-check
/**
 * The optimum of a linear VAE in closed form (Tipping & Bishop 1999; Lucas et al. 2019), the same as in
 * `analysis/linear/vae.py`: at a fixed sigma_x^2 and beta, dimension j is on where lambda_j > beta sigma_x^2.
 *
 * @typedef {{active: number, kl: number[], d: number[], elbo: number, likelihood: number}} Optimum
 *   kl and posterior variance d of each dimension; ELBO (of beta 1) and log-likelihood, nats per image
 */

/**
 * @param {ArrayLike<number>} values  lambda, of the training images @param {number} k @param {number} variance
 * @param {number} beta @param {ArrayLike<number>} [moments]  second moments along the axes, if of other images
 * @returns {Optimum}
 */
export function optimum(values, k, variance, beta, moments = values) {
  const floor = beta * variance,
    count = values.length;
  const kl = [],
    d = [];
  let active = 0,
    squared = 0,
    nats = 0,
    logs = 0,
    scaled = 0;
  for (let j = 0; j < count; j++) {
    const moment = moments[j],
      on = j < k && values[j] > floor;
    const w2 = on ? values[j] - floor : 0,
      v2 = on ? w2 / values[j] ** 2 : 0,
      spread = on ? floor / values[j] : 1;
    squared += moment - 2 * Math.sqrt(w2 * v2) * moment + w2 * (v2 * moment + spread);
    logs += Math.log(w2 + variance);
    scaled += moment / (w2 + variance);
    if (j >= k) continue;
    active += Number(on);
    kl.push((v2 * moment + spread - 1 - Math.log(spread)) / 2);
    d.push(spread);
    nats += kl[j];
  }
  const elbo = -squared / (2 * variance) - (count / 2) * Math.log(2 * Math.PI * variance) - nats;
  return { active, kl, d, elbo, likelihood: -0.5 * (count * Math.log(2 * Math.PI) + logs + scaled) };
}
