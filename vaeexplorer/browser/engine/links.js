// @ts-check
/** Lists of numbers in an address: 0.5,-1.25 */

const LONGEST = 64; // numbers in a list

/** @param {string | undefined} text @param {number} count @param {number} limit
 * @returns {number[] | null} null unless it is that many numbers, each smaller than the limit in size */
export function parseNumbers(text, count, limit) {
  const values = (text ?? "").split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  return values.length === count && values.every((value) => Math.abs(value) < limit) ? values : null;
}

/** @param {number[] | null} values @param {number} digits  after the point, at the most
 * @returns {string} empty where there are no values, or more than an address should hold */
export const formatNumbers = (values, digits) =>
  values && values.length <= LONGEST ? values.map((value) => String(Number(value.toFixed(digits)) + 0)).join(",") : "";
