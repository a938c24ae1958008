// @ts-check
/**
 * The test codes as dots: unpacking what `packing.py` packs of them, and drawing thousands at once.
 *
 * @typedef {{count: number, dim: number, mean: Float32Array, logvar: Float32Array | null, labels: Uint8Array,
 *            error: Float32Array, kl: Float32Array | null}} Codes
 */
import { Unpacker } from "../engine/packed.js";

/** `packing.py` writes what this reads: a frame (packed.js) with mean [N * D], where there is a posterior logvar [N * D],
 * error [N], where there is one KL [N], and labels [N] as uint8. Errors and KL are always float32.
 * @param {ArrayBuffer} bytes @returns {Codes}
 * @throws {import("../engine/packed.js").UnpackError} cut short, too long, of another kind, or not all finite numbers */
export function unpackCodes(bytes) {
  const packed = new Unpacker(bytes, "codes", "codes");
  const { count, dim, precision, logvar, kl } = packed.header;
  const codes = {
    count,
    dim,
    mean: packed.floats(count * dim, precision),
    logvar: logvar ? packed.floats(count * dim, precision) : null,
    error: packed.floats(count, "<f4"),
    kl: kl ? packed.floats(count, "<f4") : null,
    labels: packed.integers(count),
  };
  packed.end();
  return codes;
}

/** @param {Codes} codes @param {number} axis @returns {Float32Array} one coordinate of every code */
export function column(codes, axis) {
  const values = new Float32Array(codes.count);
  for (let i = 0; i < codes.count; i++) values[i] = codes.mean[i * codes.dim + axis];
  return values;
}

/** Rank of each value in [0, 1]: a colour scale that a few outliers cannot wash out.
 * @param {Float32Array} values */
function ranks(values) {
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const rank = new Float32Array(values.length);
  order.forEach((i, place) => (rank[i] = place / Math.max(1, values.length - 1)));
  return rank;
}

/** Viridis at nine places: light or dark behind it, equal steps look equal. */
const VIRIDIS = ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"].map(
  rgb,
);
export const VIRIDIS_CSS = `linear-gradient(90deg, ${VIRIDIS.map((color) => `rgb(${color})`).join(", ")})`;

/** @param {number} share in [0, 1] @returns {number[]} RGB */
export function viridis(share) {
  const at = share * (VIRIDIS.length - 1),
    k = Math.min(VIRIDIS.length - 2, Math.floor(at));
  return VIRIDIS[k].map((low, c) => low + (VIRIDIS[k + 1][c] - low) * (at - k));
}

/** @param {string} hex */
function rgb(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

/** A colour for every dot, transparent where its class is hidden.
 * @param {Codes} codes @param {"class" | "error" | "KL"} by @param {string[]} classColors @param {Set<number>} hidden
 * @returns {Uint8ClampedArray} RGBA, [N * 4] */
export function dotColors(codes, by, classColors, hidden) {
  const colors = new Uint8ClampedArray(4 * codes.count),
    classes = classColors.map(rgb);
  const values = by === "error" ? codes.error : by === "KL" ? codes.kl : null;
  const rank = values && ranks(values);
  for (let i = 0; i < codes.count; i++) {
    if (hidden.has(codes.labels[i])) continue;
    if (rank) colors.set(viridis(rank[i]), 4 * i);
    else colors.set(classes[codes.labels[i] % classes.length], 4 * i);
    colors[4 * i + 3] = 178;
  }
  return colors;
}

/** How much of each device pixel a dot covers: round, with a soft edge. @param {number} radius device pixels */
function stamp(radius) {
  const half = Math.ceil(radius),
    side = 2 * half + 1,
    cover = new Float32Array(side * side);
  for (let v = -half; v <= half; v++)
    for (let u = -half; u <= half; u++)
      cover[(v + half) * side + u + half] = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(u, v)));
  return { half, side, cover };
}

/**
 * Dots of about 3 CSS pixels, written into the pixels themselves: 70,000 of them in a few milliseconds.
 * @param {CanvasRenderingContext2D} context  of a canvas of the view's size times `ratio`
 * @param {import("../engine/geometry.js").View} view @param {Float32Array} xs @param {Float32Array} ys
 * @param {Uint8ClampedArray} colors  [N * 4] @param {number} ratio device pixels per CSS pixel
 */
export function drawPoints(context, view, xs, ys, colors, ratio) {
  const { width, height } = context.canvas;
  const image = context.createImageData(width, height),
    pixels = image.data;
  const { half, side, cover } = stamp((xs.length > 20000 ? 1 : 1.65) * ratio);
  for (let i = 0; i < xs.length; i++) {
    const alpha = colors[4 * i + 3] / 255;
    if (!alpha) continue;
    const left = Math.round((view.width / 2 + (xs[i] - view.cx) * view.scale) * ratio) - half;
    const top = Math.round((view.height / 2 - (ys[i] - view.cy) * view.scale) * ratio) - half;
    if (left < 0 || top < 0 || left + side > width || top + side > height) continue;
    for (let v = 0; v < side; v++)
      for (let u = 0; u < side; u++) {
        const a = alpha * cover[v * side + u];
        if (!a) continue;
        const p = 4 * ((top + v) * width + left + u),
          old = (pixels[p + 3] / 255) * (1 - a),
          sum = a + old;
        for (let c = 0; c < 3; c++) pixels[p + c] = (colors[4 * i + c] * a + pixels[p + c] * old) / sum;
        pixels[p + 3] = 255 * sum;
      }
  }
  context.putImageData(image, 0, 0);
}
