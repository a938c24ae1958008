// @ts-check
/** Numbers as text: for the eye, with a true minus sign, and in addresses. */

const LONGEST = 64; // numbers of a list in an address
const ROUNDING = 1e-12; // of the largest number: 0.1 + 0.2 - 0.3

/** With a fixed number of digits after the point, and no minus sign before a zero.
 * @param {number} value @param {number} [digits] */
export const number = (value, digits = 2) => minus((Number(value.toFixed(digits)) + 0).toFixed(digits));

/** With as few digits as possible, six at the most. @param {number} value */
export const shortest = (value) => minus(String(Number(value.toPrecision(6))));

/** With three significant digits, as a power of ten where there would be many zeros. @param {number} value */
export function brief(value) {
  const size = Math.abs(value);
  return size && (size < 1e-3 || size >= 1e6) ? scientific(value, 2) : shortest(Number(value.toPrecision(3)));
}

/** A latent coordinate to its dimension's step, which is a power of ten; 0.00, 4123456, 4.12 · 10⁻⁸.
 * @param {number} value @param {number} step */
export function coordinate(value, step) {
  const places = -Math.round(Math.log10(step)),
    size = Math.abs(value);
  if (places <= 6 && size < 1e7) return number(value, Math.max(0, places));
  if (size < step / 2) return "0";
  return scientific(value, Math.min(4, Math.max(0, Math.floor(Math.log10(size)) + places)));
}

/** 8.8e-8 as 8.8 · 10⁻⁸. @param {number} value @param {number} [places]  after the point */
export function scientific(value, places = 1) {
  const [digits, exponent] = value.toExponential(places).split("e");
  return `${minus(digits)} · ${power(Number(exponent))}`;
}

/** 10 to a power: 10⁻³. @param {number} exponent */
export const power = (exponent) =>
  `10${String(exponent)
    .replace("-", "⁻")
    .replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)])}`;

/** @param {string} text */
const minus = (text) => text.replace("-", "−");

/** A list from an address, 0.5,-1.25. @param {string | undefined} text @param {number} count @param {number} limit
 * @returns {number[] | null} null unless it is that many numbers, each smaller than the limit in size */
export function parseNumbers(text, count, limit) {
  const values = (text ?? "").split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  return values.length === count && values.every((value) => Math.abs(value) < limit) ? values : null;
}

/** A list for an address. @param {number[] | null} values @param {number} digits  significant ones, at the most
 * @returns {string} empty where there are no values, or more than an address should hold */
export const formatNumbers = (values, digits) =>
  values && values.length <= LONGEST ? significant(values, digits).join(",") : "";

/** Each number to so many significant digits, whatever its size; what is rounding beside the largest of them is 0.
 * @param {number[]} values @param {number} digits */
export function significant(values, digits) {
  const least = ROUNDING * Math.max(...values.map(Math.abs));
  return values.map((value) => (Math.abs(value) < least ? 0 : Number(value.toPrecision(digits)) + 0));
}

/** Round numbers along an axis. @param {[number, number]} range @param {boolean} [log]
 * @param {number} [steps]  between them on a linear axis, at the most */
export function ticks([low, high], log, steps = 6) {
  const values = [];
  if (log) {
    const from = Math.ceil(Math.log10(low) - 1e-9),
      to = Math.floor(Math.log10(high) + 1e-9);
    const stride = Math.max(1, Math.ceil((to - from + 1) / 6)),
      between = Math.log10(high / low) < 2 ? [1, 2, 5] : [1];
    for (let e = stride > 1 ? from : from - 1; e <= to; e += stride)
      for (const times of between) if (times * 10 ** e >= low && times * 10 ** e <= high) values.push(times * 10 ** e);
    return values;
  }
  const rough = (high - low) / steps,
    size = 10 ** Math.floor(Math.log10(rough));
  const stride = size * ([1, 2, 5, 10].find((times) => times * size >= rough) ?? 10);
  for (let k = Math.ceil(low / stride - 1e-9); k * stride <= high + 1e-9 * stride; k++) values.push(k * stride);
  return values;
}
