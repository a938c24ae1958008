// @ts-check
/** numbers.ts in plain JavaScript: functions of one float32, and the constants that they share. */

const f = Math.fround;
/** A table like that of numbers.ts. */
const T = Float32Array.of(
  -87.3, 1.4426950408889634, 12583039, 0.693359375, -2.1219444e-4,
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
  0.15384615, 0.18181818, 0.22222222, 0.28571429, 0.4, 0.66666667, 2,
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1,
  -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
  12582912, 0.25, 6.283185307179586,
  -1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1,
  2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2,
); // biome-ignore format: as numbers.ts has it
const float = new Float32Array(1),
  bits = new Int32Array(float.buffer);

/** @param {number} x at most 88 */
export function exponential(x) {
  if (x < T[0]) x = T[0];
  float[0] = f(f(x * T[1]) + T[2]);
  const n = f(float[0] - T[2]),
    r = f(f(x - f(n * T[3])) - f(n * T[4]));
  let y = T[5];
  y = f(f(y * r) + T[6]);
  y = f(f(y * r) + T[7]);
  y = f(f(y * r) + T[8]);
  y = f(f(y * r) + T[9]);
  y = f(f(y * r) + T[10]);
  y = f(f(f(y * f(r * r)) + r) + 1);
  bits[0] <<= 23;
  return f(y * float[0]);
}

/** @param {number} x normal and above 0 */
export function logarithm(x) {
  float[0] = x;
  const e = (bits[0] - 0x3f3504f3) >> 23;
  bits[0] -= e << 23;
  const r = f(float[0] - 1),
    r2 = f(r * r);
  let y = T[18];
  y = f(f(y * r) + T[19]);
  y = f(f(y * r) + T[20]);
  y = f(f(y * r) + T[21]);
  y = f(f(y * r) + T[22]);
  y = f(f(y * r) + T[23]);
  y = f(f(y * r) + T[24]);
  y = f(f(y * r) + T[25]);
  y = f(f(y * r) + T[26]);
  y = f(f(f(y * r) * r2) + f(e * T[4]));
  return f(f(r + f(y - f(r2 * 0.5))) + f(e * T[3]));
}

/** @param {number} e in [0, 1] */
export function log1p(e) {
  const s = f(e / f(2 + e)),
    q = f(s * s);
  let y = T[11];
  y = f(f(y * q) + T[12]);
  y = f(f(y * q) + T[13]);
  y = f(f(y * q) + T[14]);
  y = f(f(y * q) + T[15]);
  y = f(f(y * q) + T[16]);
  y = f(f(y * q) + 2);
  return f(y * s);
}

/** exp(-|x|). @param {number} x */
export const decay = (x) => exponential(-Math.abs(x));

/** 1 / (1 + exp(-x)). @param {number} x @param {number} e  exp(-|x|) */
export function logistic(x, e) {
  const r = f(1 / f(1 + e));
  return x >= 0 ? r : f(e * r);
}

/** tanh. @param {number} x */
export function tangent(x) {
  x = f(x + x);
  const y = logistic(x, decay(x));
  return f(f(y + y) - 1);
}

/** cos (0) or sin (1) of 2 pi u. @param {number} u @param {0 | 1} by */
export function wave(u, by) {
  float[0] = f(f(u * 4) + T[27]);
  const quarters = f(float[0] - T[27]),
    q = bits[0] + 1 - by,
    t = f(f(u - f(quarters * T[28])) * T[29]),
    z = f(t * t);
  let s = T[30],
    c = T[33];
  s = f(f(s * z) + T[31]);
  s = f(f(f(f(f(s * z) + T[32]) * z) * t) + t);
  c = f(f(c * z) + T[34]);
  c = f(f(f(f(f(c * z) + T[35]) * z) * z) + f(1 - f(z * 0.5)));
  const value = q & 1 ? c : s;
  return q & 2 ? -value : value;
}

/** @param {number} x at most 88 */
export const exp = (x) => exponential(f(x));
/** @param {number} x above 0 */
export const ln = (x) => logarithm(f(x));
/** cos(2 pi u). @param {number} u */
export const cosine = (u) => wave(f(u), 0);
