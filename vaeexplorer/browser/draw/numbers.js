// @ts-check
/** Numbers as text, with a true minus sign. */

/** With a fixed number of digits after the point, and no minus sign before a zero.
 * @param {number} value @param {number} [digits] */
export const number = (value, digits = 2) => minus((Number(value.toFixed(digits)) + 0).toFixed(digits));

/** With as few digits as possible, six at the most. @param {number} value */
export const shortest = (value) => minus(String(Number(value.toPrecision(6))));

/** 8.8e-8 as 8.8 · 10⁻⁸. @param {number} value */
export function scientific(value) {
  const [digits, exponent] = value.toExponential(1).split("e");
  return `${minus(digits)} · ${power(Number(exponent))}`;
}

/** 10 to a power: 10⁻³. @param {number} exponent */
export const power = (exponent) =>
  `10${String(exponent)
    .replace("-", "⁻")
    .replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)])}`;

/** @param {string} text */
const minus = (text) => text.replace("-", "−");
