// @ts-check
/**
 * What an address holds of a widget, by a table that comes with its data (`links.py`): read and written name by name. A
 * value that makes no sense is the default, and is named.
 *
 * @typedef {{name: string, default: any, about: string, options: (string | number)[], limits: [number, number],
 *            digits: number, count: number | null,
 *            kind: "choice" | "number" | "pair" | "numbers" | "axis" | "flag" | "indices" | "image" | "polygon" |
 *                   "changes"}} Key
 *   count: of numbers or indices, where it is not that of the latent dimensions
 * @typedef {Record<string, string>} Texts  what an address holds, by name
 */
import { formatNumbers, parseNumbers } from "../draw/numbers.js";

const MOST_SHOWN = 40; // characters of a wrong value that a sentence repeats

/** @param {Key[]} keys @param {Texts} texts @param {number} dim  of the latent space
 * @param {(name: string, value: any) => boolean} [isHere]  whether there is what a value that makes sense names
 * @returns {{values: Record<string, any>, wrong: string}} wrong: a sentence, empty where nothing is wrong */
export function parseLinks(keys, texts, dim, isHere = () => true) {
  /** @type {Record<string, any>} */ const values = {};
  const wrong = [];
  for (const key of keys) {
    const text = texts[key.name] ?? "";
    let value = text === "" ? null : parse(key, text, dim);
    if (value !== null && !isHere(key.name, value)) value = null;
    if (text !== "" && value === null) wrong.push(`${key.name}=${short(text)} (${key.about})`);
    values[key.name] = value ?? key.default;
  }
  return {
    values,
    wrong: wrong.length ? `The link asks for ${wrong.join(", and ")}, which is not here: it is left out.` : "",
  };
}

/** Only what is not the default. @param {Key[]} keys @param {Record<string, any>} values @returns {Texts} */
export function formatLinks(keys, values) {
  /** @type {Texts} */
  const texts = {};
  for (const key of keys) {
    const text = format(key, values[key.name] ?? null);
    if (text && text !== format(key, key.default)) texts[key.name] = text;
  }
  return texts;
}

/** @param {string} text */
const short = (text) => (text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text);

/** @param {Key} key @param {string} text @param {number} dim  of the latent space */
function parse({ kind, options, limits, count }, text, dim) {
  if (kind === "numbers") return parseNumbers(text, count ?? dim, limits[1]);
  if (kind === "number") {
    const [value] = parseNumbers(text, 1, Infinity) ?? [NaN];
    return value >= limits[0] && value <= limits[1] ? value : null;
  }
  if (kind === "choice") return options.find((option) => String(option) === text) ?? null;
  if (kind === "flag") return text === "1" ? true : text === "0" ? false : null;
  if (kind === "image") return text;
  if (kind === "changes") return parseChanges(text);
  if (kind === "polygon") {
    const corners = text.split(";").map((corner) => parseNumbers(corner, 2, limits[1]));
    return corners.length > 2 && corners.every((corner) => corner) ? corners : null;
  }
  if (kind === "axis") {
    const axis = /^z\d+$/.test(text) ? Number(text.slice(1)) - 1 : -1;
    return axis >= 0 && axis < dim ? axis : null;
  }
  const between = kind === "pair" ? "-" : ",",
    parts = text.split(between);
  const wanted = kind === "pair" ? 2 : (count ?? parts.length);
  return parts.length === wanted && parts.every((part) => /^\d{1,8}$/.test(part)) ? parts.map(Number) : null;
}

/** @param {Key} key @param {any} value */
function format({ kind, digits }, value) {
  if (value === null) return "";
  if (kind === "numbers") return formatNumbers(value, digits);
  if (kind === "number") return String(Number(value.toPrecision(6)));
  if (kind === "changes") return formatChanges(value);
  if (kind === "polygon") return value.map((/** @type {number[]} */ corner) => formatNumbers(corner, digits)).join(";");
  if (kind === "axis") return `z${value + 1}`;
  if (kind === "flag") return value ? "1" : "0";
  return kind === "pair" ? value.join("-") : kind === "indices" ? value.join(",") : String(value);
}

/** What was turned at which step. @typedef {{step: number, name: "beta" | "rate" | "settle", value: number}} Change */

const LETTERS = /** @type {const} */ ({ b: "beta", r: "rate", s: "settle" });

/** 234b8;390b1. @param {string} text @returns {Change[] | null} in order */
function parseChanges(text) {
  const changes = text.split(";").map((part) => {
    const [, step, letter, number] = /^(\d{1,7})([brs])(\d*\.?\d+(?:e-?\d+)?)$/.exec(part) ?? [];
    return { step: Number(step), name: LETTERS[/** @type {keyof typeof LETTERS} */ (letter)], value: Number(number) };
  });
  const inOrder = changes.every(({ step, value }, k) => step >= (changes[k - 1]?.step ?? 0) && Number.isFinite(value));
  return inOrder && changes.every(({ name }) => name) ? changes : null;
}

/** @param {Change[]} changes */
const formatChanges = (changes) =>
  changes.map(({ step, name, value }) => `${step}${name[0]}${Number(value.toPrecision(6))}`).join(";");
