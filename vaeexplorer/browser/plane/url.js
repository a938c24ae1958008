// @ts-check
/**
 * What a link holds: the view as a dictionary of short texts, and back. A value that makes no sense is ignored.
 *
 * @typedef {{z: number[] | null, color: import("../engine/codes.js").ColorBy, plane: "z" | "PCA" | "UMAP",
 *            across: number | null, up: number | null, a: number[] | null, b: number[] | null, at: number[] | null,
 *            manifold: boolean | null, hidden: number[]}} Link
 *   `at`: centre and width of the visible region in latent units; null where all is shown
 */
import { formatNumbers, parseNumbers } from "../draw/numbers.js";

const [LIMIT, DIGITS] = [1e4, 3]; // size of a coordinate, and its digits after the point

/** @param {Record<string, string>} texts @param {number} dim @returns {Link} */
export function parseLink(texts, dim) {
  const numbers = (/** @type {string} */ key, count = dim) => parseNumbers(texts[key], count, LIMIT);
  const axis = (/** @type {string} */ key) => {
    const value = /^z\d+$/.test(texts[key] ?? "") ? Number(texts[key].slice(1)) - 1 : -1;
    return value >= 0 && value < dim ? value : null;
  };
  const at = numbers("at", 3);
  return {
    z: numbers("z"),
    color: texts.color === "error" || texts.color === "KL" ? texts.color : "class",
    plane: dim > 2 && (texts.plane === "PCA" || texts.plane === "UMAP") ? texts.plane : "z",
    across: axis("across"),
    up: axis("up"),
    a: numbers("a"),
    b: numbers("b"),
    at: at && at[2] > 0 ? at : null,
    manifold: texts.manifold === "1" ? true : texts.manifold === "0" ? false : null,
    hidden: /^\d+(,\d+)*$/.test(texts.hidden ?? "") ? texts.hidden.split(",").map(Number) : [],
  };
}

/** Only what differs from how the page opens by itself. @param {Link} link @returns {Record<string, string>} */
export function formatLink(link) {
  /** @type {Record<string, string>} */
  const texts = {};
  for (const key of /** @type {const} */ (["z", "a", "b", "at"])) {
    const numbers = formatNumbers(link[key], DIGITS);
    if (numbers) texts[key] = numbers;
  }
  if (link.color !== "class") texts.color = link.color;
  if (link.plane !== "z") texts.plane = link.plane;
  if (link.across !== null) texts.across = `z${link.across + 1}`;
  if (link.up !== null) texts.up = `z${link.up + 1}`;
  if (link.manifold !== null) texts.manifold = link.manifold ? "1" : "0";
  if (link.hidden.length) texts.hidden = link.hidden.join(",");
  return texts;
}
