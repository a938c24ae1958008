// @ts-check
/** learning.ts in plain JavaScript. */
import { exponential, logarithm, tangent, wave } from "./plain_numbers.js";

const f = Math.fround,
  NINTH = f(0.11111111),
  UNIT = 2 ** -24,
  [TENTH, KEEP, THOUSANDTH, LEAST] = Float32Array.of(0.1, 0.999, 0.001, 1e-8);

/** @param {number} h 32 bits */
export function scrambled(h) {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** @param {import("./exports.js").Views} views */
export const learning = (views) => ({
  /** @type {import("./exports.js").Kernel["sample"]} */
  sample(q, bias, eps, z, R, D, W) {
    const { F } = views,
      part = new Float32Array(4),
      by = bias >> 2;
    let total = 0;
    for (let r = 0; r < R; r++) {
      const at = (q >> 2) + 2 * r * W;
      part.fill(0);
      for (let w = 0; w < W; w++) {
        const mean = f(F[at + w] + F[by + w]),
          raw = f(F[at + W + w] + F[by + W + w]),
          logvar = f(-5 + f(9 * tangent(f(f(raw + 5) * NINTH)))),
          sigma = exponential(f(logvar * 0.5)),
          to = r * W + w;
        if (w < D) part[w % 4] += f(f(f(mean * mean) + f(sigma * sigma)) - f(1 + logvar));
        F[at + w] = mean;
        F[at + W + w] = logvar;
        F[(z >> 2) + to] = w < D ? mean + f(sigma * F[(eps >> 2) + to]) : 0;
      }
      total += part[0] + part[1] + part[2] + part[3];
    }
    return total / 2;
  },

  /** @type {import("./exports.js").Kernel["sampleBack"]} */
  sampleBack(q, eps, dz, R, D, W, scale) {
    const { F } = views,
      factor = f(scale);
    for (let r = 0; r < R; r++)
      for (let w = 0, at = (q >> 2) + 2 * r * W; w < W; w++, at++) {
        const g = F[(dz >> 2) + r * W + w],
          logvar = F[at + W],
          sigma = exponential(f(logvar * 0.5)),
          t = f(f(logvar + 5) * NINTH),
          spread = f(f(f(g * F[(eps >> 2) + r * W + w]) * sigma) + f(factor * f(f(sigma * sigma) - 1)));
        F[at] = w < D ? g + f(factor * F[at]) : 0;
        F[at + W] = w < D ? f(spread * 0.5) * f(1 - f(t * t)) : 0;
      }
  },

  /** @type {import("./exports.js").Kernel["adam"]} */
  adam(x, g, m, v, count, step, correction) {
    const { F } = views,
      rate = f(step),
      scale = f(correction),
      [ax, ag, am, av] = [x >> 2, g >> 2, m >> 2, v >> 2];
    for (let i = 0; i < count; i++) {
      const now = F[ag + i],
        first = f(F[am + i] + f(TENTH * f(now - F[am + i]))),
        second = f(f(KEEP * F[av + i]) + f(THOUSANDTH * f(now * now)));
      F[am + i] = first;
      F[av + i] = second;
      F[ax + i] -= f(rate * f(first / f(f(f(Math.sqrt(second)) * scale) + LEAST)));
    }
  },

  /** @type {import("./exports.js").Kernel["normals"]} */
  normals(out, count, key) {
    const { F } = views;
    for (let i = 0, at = out >> 2; i < count; i += 8, at += 8)
      for (let j = 0; j < 4; j++) {
        const one = scrambled((key + Math.imul(i / 2 + j, 0x9e3779b9)) | 0),
          two = scrambled(one ^ 0x6a09e667),
          radius = f(Math.sqrt(f(-2 * logarithm(f(((one >>> 8) + 1) * UNIT))))),
          turns = f((two >>> 8) * UNIT);
        F[at + j] = radius * wave(turns, 0);
        F[at + 4 + j] = radius * wave(turns, 1);
      }
  },
});
