// @ts-check
/**
 * What a link to the walk from x to x' holds: the number of a test image or a drawing, and the noise. A value that
 * makes no sense is left out, and said.
 *
 * @typedef {{image: number | null, seed: number, eps: number[] | null, drawing: Float32Array | null, near: boolean,
 *            span: number, images: number, truth: boolean}} Walk
 *   image is -1 where there is a drawing, and null where the page may choose; eps is null where it is the seed's
 */
import { formatLinks, parseLinks } from "../interact/links.js";
import { PIXELS } from "../engine/network.js";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const LEVELS = DIGITS.length - 1;

/** The grey levels that an address can hold: one of 64. @param {ArrayLike<number>} x  [784] in [0, 1] */
export const rounded = (x) => Float32Array.from(x, (value) => Math.round(value * LEVELS) / LEVELS);

/** One digit a pixel, and black in a row as its length between dots: at most 784 characters.
 * @param {ArrayLike<number>} x  [784] in [0, 1] */
export function encodeImage(x) {
  const digits = Array.from(x, (value) => DIGITS[Math.round(value * LEVELS)]).join("");
  return digits.replace(/A{5,}/g, (run) => `.${run.length}.`);
}

/** @param {string} text @returns {Float32Array | null} null where it is no image */
export function decodeImage(text) {
  if (text.length > PIXELS) return null;
  const digits = text.replace(/\.(\d{1,3})\./g, (_, count) => "A".repeat(Number(count)));
  if (digits.length !== PIXELS || !/^[\w-]+$/.test(digits)) return null;
  return Float32Array.from(digits, (digit) => DIGITS.indexOf(digit) / LEVELS);
}

/** @param {import("../interact/links.js").Key[]} keys @param {Record<string, string>} texts @param {number} dim
 * @param {number} count of test images @returns {Walk & {wrong: string}} */
export function parseWalk(keys, texts, dim, count) {
  const isHere = (/** @type {string} */ name, /** @type {any} */ value) =>
    name === "image"
      ? value[0] < count
      : name === "seed"
        ? value[0] > 0
        : name !== "drawing" || decodeImage(value) !== null;
  const { values, wrong } = parseLinks(keys, texts, dim, isHere),
    { image, seed, eps, drawing, near, span, images, truth } = values;
  const drawn = drawing && decodeImage(drawing),
    chosen = drawn ? -1 : (image?.[0] ?? null);
  return { image: chosen, seed: seed[0], eps, drawing: drawn, near, span, images, truth, wrong };
}

/** @param {import("../interact/links.js").Key[]} keys
 * @param {{image: number | null, seed: number, eps: number[] | null, x: ArrayLike<number>, near: boolean,
 *          span: number, images: number, truth: boolean}} walk  image: null where the page chose it */
export const formatWalk = (keys, { image, x, seed, ...more }) => {
  const shown =
    image === null ? {} : image >= 0 ? { image: [image] } : x.length === PIXELS ? { drawing: encodeImage(x) } : {};
  return formatLinks(keys, { ...shown, seed: [seed], ...more });
};
