// @ts-check
/**
 * What a link holds: the view as a dictionary of short texts, and back. A value that makes no sense is left out, and
 * said.
 *
 * @typedef {{z: number[] | null, test: [number] | null, color: import("../engine/codes.js").ColorBy,
 *            plane: "z" | "PCA" | "UMAP", across: number | null, up: number | null, path: boolean | null,
 *            a: number[] | null, b: number[] | null, at: number[] | null, manifold: boolean | null, hidden: number[],
 *            lasso: [number, number][] | null, marks: "mean" | "draw" | "ellipse", images: number,
 *            order: string, behind: import("../draw/regions.js").Behind}} Link
 *   `images`: CSS pixels of an image in place of a dot, 0 for dots;
 *   `test`: the number of a test image; `path`, `manifold`: null where unset; `at`: centre and width of the visible
 *   region in latent units, null where all is shown
 * @typedef {import("../engine/codes.js").Codes} Codes
 */
import { formatLinks, parseLinks } from "../interact/links.js";
import { codeOf } from "../engine/codes.js";
import { floatsOf } from "../engine/packed.js";
import { dimensionPlane, drawnPlane, principalPlane, umapPlane } from "../engine/projections.js";

/** @param {import("../interact/links.js").Key[]} keys @param {Record<string, string>} texts @param {Codes} codes
 * @param {number} classes  how many there are
 * @returns {{link: Link, hidden: Set<number>, picked: number, z: number[], wrong: string}}
 *   picked: the test image, or -1; wrong: a sentence, empty where nothing is wrong */
export function parseLink(keys, texts, codes, classes) {
  const { dim, count } = codes;
  const { values, wrong } = parseLinks(keys, texts, dim, (name, value) => {
    if (name === "test") return value[0] < count;
    if (name === "color") return value !== "KL" || codes.kl !== null;
    if (name === "hidden") return value.every((/** @type {number} */ label) => label < classes);
    if (name === "at") return value[2] > 0;
    if (name === "marks") return value === "mean" || codes.logvar !== null;
    return (name !== "plane" && name !== "across" && name !== "up") || dim > 2 || value === "z";
  });
  const link = /** @type {Link} */ (values),
    picked = link.test?.[0] ?? (link.z ? -1 : 0);
  return { link, hidden: new Set(link.hidden), picked, z: link.z ?? codeOf(codes, picked), wrong };
}

/** Only what differs from how the page opens by itself.
 * @param {import("../interact/links.js").Key[]} keys @param {Link} link @param {number[]} z @param {number} picked
 * @param {Codes} codes */
export function formatLink(keys, link, z, picked, codes) {
  const isItsCode = picked >= 0 && codeOf(codes, picked).every((value, j) => value === z[j]);
  return formatLinks(keys, {
    ...link,
    z: isItsCode ? null : z,
    test: picked < 0 || (isItsCode && picked === 0) ? null : [picked],
  });
}

/** The plane that a link asks for. @param {Link} link @param {Codes} codes
 * @param {number[]} order  dimensions, the most informative first @param {string | null | undefined} umap */
export function chosenPlane({ plane, across, up, marks }, codes, order, umap) {
  if (plane === "UMAP" && umap) return umapPlane(floatsOf(umap), codes.dim);
  const of = plane === "PCA" ? principalPlane(codes) : dimensionPlane(codes, across ?? order[0], up ?? order[1] ?? 0);
  return marks === "draw" ? drawnPlane(of, codes) : of;
}
