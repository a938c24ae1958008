// @ts-check
/**
 * The test codes and what is known of them: read from bytes, and turned into coordinates and colours.
 *
 * @typedef {{count: number, dim: number, mean: Float32Array, logvar: Float32Array | null, labels: Uint8Array,
 *            error: Float32Array, kl: Float32Array | null}} Codes
 *   of N = count test images in D = dim dimensions: mean and logvar of q(z|x) [N * D], label [N], squared error [N] and
 *   KL in nats [N]; an autoencoder has no logvar and no KL
 * @typedef {"class" | "error" | "KL"} ColorBy  what the colour of a dot shows
 * @typedef {{classes: string[], colors: string[]}} Classes  name and colour (#rrggbb) of each class
 */
import { Unpacker } from "./packed.js";

/** Reads what `packing/network.py` writes: a frame (packed.js) with mean [N * D], logvar [N * D] if there is a
 * posterior, error [N], KL [N] if there is a posterior, and labels [N] as uint8. Errors and KL are always float32.
 * @param {ArrayBuffer} bytes @returns {Codes}
 * @throws {import("./packed.js").UnpackError} cut short, too long, of another kind, or not all finite */
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

/** The mean code of an image. @param {Pick<Codes, "mean" | "dim">} codes @param {number} index
 * @returns {number[]} [D] */
export const codeOf = ({ mean, dim }, index) => Array.from(mean.subarray(index * dim, (index + 1) * dim));

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
/** The same as a CSS image, from left to right. */
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
 * @param {Pick<Codes, "count" | "labels"> & Partial<Codes>} codes @param {ColorBy} by @param {string[]} classColors
 * @param {Set<number>} hidden
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

/** Dots of one colour: on a field, class colours would look like its values.
 * @param {number} count @param {number[]} ink RGB @returns {Uint8ClampedArray} RGBA, [N * 4] */
export function plainColors(count, ink) {
  const colors = new Uint8ClampedArray(4 * count);
  for (let i = 0; i < count; i++) colors.set([...ink, 70], 4 * i);
  return colors;
}

/** Of each dimension. @param {ArrayLike<number>} codes  [N * D] @param {number} dim */
export function variances(codes, dim) {
  const count = codes.length / dim;
  return Array.from({ length: dim }, (_, j) => {
    let [sum, squares] = [0, 0];
    for (let at = j; at < codes.length; at += dim) {
      sum += codes[at];
      squares += codes[at] ** 2;
    }
    return squares / count - (sum / count) ** 2;
  });
}
