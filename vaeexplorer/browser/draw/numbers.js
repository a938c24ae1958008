// @ts-check
/** Numbers as text: for the eye, with a true minus sign, and in addresses. */

const LONGEST = 64; // numbers of a list in an address

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

/** A list from an address, 0.5,-1.25. @param {string | undefined} text @param {number} count @param {number} limit
 * @returns {number[] | null} null unless it is that many numbers, each smaller than the limit in size */
export function parseNumbers(text, count, limit) {
  const values = (text ?? "").split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  return values.length === count && values.every((value) => Math.abs(value) < limit) ? values : null;
}

/** A list for an address. @param {number[] | null} values @param {number} digits  after the point, at the most
 * @returns {string} empty where there are no values, or more than an address should hold */
export const formatNumbers = (values, digits) =>
  values && values.length <= LONGEST ? values.map((value) => String(Number(value.toFixed(digits)) + 0)).join(",") : "";
