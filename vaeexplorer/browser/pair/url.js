// @ts-check
/** What a link to planes side by side holds: the pair, the field, the views, and what is hidden. */
import { parseLinks } from "../interact/links.js";

/** A value that makes no sense here is left out, and said.
 * @param {import("../interact/links.js").Key[]} keys @param {Record<string, string>} texts @param {number} count
 *   of test images @param {number} classes @param {number} panes  how many planes there are */
export const parsePair = (keys, texts, count, classes, panes) =>
  parseLinks(keys, texts, 0, (name, value) => {
    if (name === "pair") return Math.max(...value) < count;
    if (name === "hidden") return Math.max(-1, ...value) < classes;
    return !name.startsWith("at") || (Number(name.slice(2)) <= panes && value[2] > 0);
  });
