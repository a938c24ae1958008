// @ts-check
/**
 * What an address holds of a widget, by a table that comes with its data (`links.py`): read and written name by name. A
 * value that makes no sense is the default.
 *
 * @typedef {{name: string, kind: "choice" | "numbers" | "axis" | "flag" | "indices" | "image", default: any,
 *            options: string[], limits: [number, number], digits: number, count: number | null}} Key
 *   count: of numbers or indices, where it is not that of the latent dimensions
 */
import { formatNumbers, parseNumbers } from "./numbers.js";

/** @param {Key[]} keys @param {Record<string, string>} texts @param {number} dim @returns {Record<string, any>} */
export const parseLinks = (keys, texts, dim) =>
  Object.fromEntries(keys.map((key) => [key.name, parse(key, texts[key.name] ?? "", dim) ?? key.default]));

/** Only what is not the default. @param {Key[]} keys @param {Record<string, any>} values */
export function formatLinks(keys, values) {
  /** @type {Record<string, string>} */
  const texts = {};
  for (const key of keys) {
    const text = format(key, values[key.name]);
    if (text) texts[key.name] = text;
  }
  return texts;
}

/** @param {Key} key @param {string} text @param {number} dim  of the latent space */
function parse({ kind, options, limits, count }, text, dim) {
  if (kind === "numbers") return parseNumbers(text, count ?? dim, limits[1]);
  if (kind === "choice") return options.includes(text) ? text : null;
  if (kind === "flag") return text === "1" ? true : text === "0" ? false : null;
  if (kind === "image") return text || null;
  if (kind === "axis") {
    const axis = /^z\d+$/.test(text) ? Number(text.slice(1)) - 1 : -1;
    return axis >= 0 && axis < dim ? axis : null;
  }
  const indices = /^\d{1,8}(,\d{1,8})*$/.test(text) ? text.split(",").map(Number) : [];
  return indices.length && indices.length === (count ?? indices.length) ? indices : null;
}

/** @param {Key} key @param {any} value */
function format({ kind, digits, ...key }, value) {
  if (kind === "numbers") return formatNumbers(value, digits);
  if (value === key.default || value === undefined) return "";
  if (kind === "axis") return `z${value + 1}`;
  if (kind === "flag") return value ? "1" : "0";
  return kind === "indices" ? value.join(",") : String(value);
}
