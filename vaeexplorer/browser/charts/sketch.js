// @ts-check
/** A network as a drawing: a bar a layer, as long as the square root of its units. */
import { svg } from "../draw/dom.js";

const LONGEST = 784; // an image's pixels

/** @param {number[]} sizes  units, from left to right @param {string} name  for those who do not see it
 * @param {{width?: number, height?: number, code?: number}} [look]  in units of the drawing; code: the layer that is z,
 *   in the accent colour, with every layer's units written below */
export function layerSketch(sizes, name, { width = 60, height = 160, code = -1 } = {}) {
  const isLabelled = code >= 0,
    bars = isLabelled ? height - 15 : height,
    pitch = width / sizes.length;
  const half = (/** @type {number} */ size) => Math.max(1.5, (bars / 2) * Math.sqrt(Math.min(1, size / LONGEST)));
  const at = (/** @type {number} */ k) => (k + 0.5) * pitch;
  const text = `${name}: ${sizes.join(" → ")}`;
  const rim = (/** @type {number} */ sign) => sizes.map((size, k) => `${at(k)} ${bars / 2 + sign * half(size)}`);
  return svg(
    "svg",
    { class: "sketch", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": text },
    svg("title", {}, text),
    svg("path", { class: "funnel", d: `M${rim(-1).join("L")}L${rim(1).reverse().join("L")}Z` }),
    ...sizes.map((size, k) =>
      svg("path", {
        class: k === code ? "layer code" : "layer",
        d: `M${at(k)} ${bars / 2 - half(size)}V${bars / 2 + half(size)}`,
      }),
    ),
    ...(isLabelled
      ? sizes.map((size, k) => svg("text", { x: at(k), y: height - 2, class: k === code ? "code" : "" }, String(size)))
      : []),
  );
}
