// @ts-check
/** losses.ts in plain JavaScript. */
import { decay, log1p, logarithm, logistic } from "./plain_numbers.js";

const f = Math.fround,
  TINY = f(1.17549435e-38),
  NEAR = f(0.2),
  [LN2, C2, C4, S1, S3] = Float32Array.of(0.69314718, 0.083333333, -0.0048611111, 0.16666667, -0.019444444);

/** @typedef {(v: number, t: number) => number} Pixel  of a logit or mean and a target: sets `slope` */

let slope = 0; // of the pixel looked at last

/** @param {import("./exports.js").Views} views */
export function losses(views) {
  /** @param {Pixel} pixel @param {number} times @returns {import("./exports.js").Loss} */
  const over = (pixel, times) => (x, y, bias, sums, R, N, scale) => {
    const { F } = views,
      factor = f(f(scale) * times),
      by = bias >> 2,
      to = sums >> 2,
      part = new Float32Array(4);
    let total = 0;
    F.fill(0, to, to + N);
    for (let r = 0, at = y >> 2, from = x >> 2; r < R; r++) {
      part.fill(0);
      for (let n = 0; n < N; n++, at++, from++) {
        part[n % 4] += pixel(f(F[at] + F[by + n]), F[from]);
        F[to + n] += F[at] = f(slope * factor);
      }
      total += part[0] + part[1] + part[2] + part[3];
    }
    return total;
  };
  return {
    bernoulli: over(entropy, 1),
    continuousBernoulli: over(continuous, 1),
    squared: over(squared, 2),
    /** @type {import("./exports.js").Loss} */
    squaredSigmoid(x, y, bias, sums, R, N, scale) {
      const { F } = views,
        factor = f(2 * f(scale)),
        by = bias >> 2,
        to = sums >> 2,
        part = new Float32Array(4);
      let total = 0;
      F.fill(0, to, to + N);
      for (let r = 0, at = y >> 2, from = x >> 2; r < R; r++) {
        part.fill(0);
        for (let n = 0; n < N; n++, at++, from++) {
          let v = f(F[at] + F[by + n]);
          v = logistic(v, decay(v));
          const apart = f(v - F[from]);
          part[n % 4] += f(apart * apart);
          F[to + n] += F[at] = f(f(apart * factor) * f(v * f(1 - v)));
        }
        total += part[0] + part[1] + part[2] + part[3];
      }
      return total;
    },
  };
}

/** @type {Pixel} */
function entropy(v, t) {
  const e = decay(v);
  slope = f(logistic(v, e) - t);
  return f(f(log1p(e) + (v > 0 ? v : 0)) - f(t * v));
}

/** @type {Pixel} */
function continuous(v, t) {
  const e = decay(v),
    rest = f(1 - e),
    size = Math.abs(v),
    v2 = f(v * v),
    loss = f(f(log1p(e) + (v > 0 ? v : 0)) - f(t * v));
  slope = f(logistic(v, e) - t);
  if (size < NEAR) {
    slope = f(slope - f(v * f(S1 + f(v2 * S3))));
    return f(loss - f(LN2 + f(v2 * f(C2 + f(v2 * C4)))));
  }
  const odds = f(size * f(f(1 + e) / rest)),
    steep = f(f(1 / size) - f(f(e + e) / f(rest * f(1 + e))));
  slope = f(slope - (v < 0 ? -steep : steep));
  return f(loss - logarithm(odds < TINY ? TINY : odds));
}

/** @type {Pixel} */
function squared(v, t) {
  slope = f(v - t);
  return f(slope * slope);
}
