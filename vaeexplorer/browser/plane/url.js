// @ts-check
/**
 * What a link holds: the view as a dictionary of short texts, and back. A value that makes no sense is ignored.
 *
 * @typedef {{z: number[] | null, color: import("../engine/codes.js").ColorBy, plane: "z" | "PCA" | "UMAP",
 *            across: number | null, up: number | null, a: number[] | null, b: number[] | null, at: number[] | null,
 *            manifold: boolean | null, hidden: number[]}} Link
 *   `at`: centre and width of the visible region in latent units; null where all is shown
 */
import { formatLinks, parseLinks } from "../draw/links.js";

/** @param {import("../draw/links.js").Key[]} keys @param {Record<string, string>} texts @param {number} dim */
export function parseLink(keys, texts, dim) {
  const link = /** @type {Link} */ (parseLinks(keys, texts, dim));
  if (dim <= 2) link.plane = "z";
  if (link.at && link.at[2] <= 0) link.at = null;
  return link;
}

/** Only what differs from how the page opens by itself.
 * @param {import("../draw/links.js").Key[]} keys @param {Link} link */
export const formatLink = (keys, link) => formatLinks(keys, link);
