// @ts-check
/** activations.ts in plain JavaScript. */
import { decay, logistic, tangent } from "./plain_numbers.js";

const f = Math.fround;

/** @typedef {(v: number, F: Float32Array, slope: number) => number} Scalar  writes its slope at v, and returns f(v) */

/** @param {import("./exports.js").Views} views */
export function activations(views) {
  /** @param {Scalar} apply @returns {import("./exports.js").Activate} */
  const each = (apply) => (x, bias, slope, M, N) => {
    const { F } = views;
    for (let m = 0, at = x >> 2, by = slope >> 2; m < M; m++)
      for (let n = 0; n < N; n++, at++, by++) F[at] = apply(f(F[at] + F[(bias >> 2) + n]), F, by);
  };
  const relu = each((v, F, slope) => {
    F[slope] = v > 0 ? 1 : 0;
    return v > 0 ? v : 0;
  });
  const silu = each((v, F, slope) => {
    const g = logistic(v, decay(v)),
      y = f(v * g);
    F[slope] = g + f(y * f(1 - g));
    return y;
  });
  const tanh = each((v, F, slope) => {
    const y = tangent(v);
    F[slope] = 1 - f(y * y);
    return y;
  });
  return {
    relu,
    silu,
    tanh,
    none: each((v) => v),
    sigmoid: each((v) => logistic(v, decay(v))),

    /** @type {import("./exports.js").Kernel["back"]} */
    back(g, slope, sums, M, N) {
      const { F } = views,
        to = sums >> 2;
      F.fill(0, to, to + N);
      for (let m = 0, at = g >> 2, by = slope >> 2; m < M; m++)
        for (let n = 0; n < N; n++, at++, by++) F[to + n] += F[at] = f(F[at] * F[by]);
    },

    /** @type {import("./exports.js").Kernel["sum"]} */
    sum(g, sums, M, N) {
      const { F } = views,
        to = sums >> 2;
      F.fill(0, to, to + N);
      for (let m = 0, at = g >> 2; m < M; m++) for (let n = 0; n < N; n++, at++) F[to + n] += F[at];
    },

    /** @type {import("./exports.js").Kernel["bytes"]} */
    bytes(x, out, count) {
      const { F, B } = views;
      for (let i = 0; i < count; i++) {
        const value = f(f(F[(x >> 2) + i] * 255) + 0.5);
        B[out + i] = value > 0 ? Math.min(255, value) : 0;
      }
    },
  };
}
