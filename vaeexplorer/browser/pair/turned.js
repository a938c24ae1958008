// @ts-check
/**
 * Fields that were measured before, for planes whose axes point the same way or the other: of a principal axis either
 * is one.
 *
 * @typedef {import("./field.js").Kind} Kind
 * @typedef {import("./field.js").Fields} Fields
 * @typedef {import("./field.js").Sent} Sent
 * @typedef {{across: number[], up: number[]}} Axes
 * @typedef {{kinds: Record<string, Omit<Fields, "asked">>, planes: (Axes | null)[]}} Stored
 */
import { floatsOf } from "../engine/packed.js";

/** @param {number[]} one @param {number[]} other */
const isOpposite = (one, other) => one.reduce((sum, value, j) => sum + value * other[j], 0) < 0;

/** @param {Stored} stored @param {Kind} kind @param {(Axes | null)[]} planes  as the page has them
 * @returns {Omit<Fields, "asked">} */
export function turned(stored, kind, planes) {
  const fields = stored.kinds[kind];
  const panes = fields.panes.map((sent, k) => {
    const page = planes[k],
      axes = stored.planes[k];
    if (!sent || !page || !axes) return null;
    return mirrored(sent, isOpposite(axes.across, page.across), isOpposite(axes.up, page.up));
  });
  return { ...fields, panes };
}

/** @param {Sent} sent @param {boolean} isAcross @param {boolean} isUp @returns {Sent} */
function mirrored(sent, isAcross, isUp) {
  const { rows, columns } = sent,
    values = floatsOf(sent.values),
    ellipses = floatsOf(sent.ellipses);
  const from = (/** @type {number} */ i) => {
    const row = Math.floor(i / columns),
      column = i % columns;
    return (isUp ? rows - 1 - row : row) * columns + (isAcross ? columns - 1 - column : column);
  };
  for (let i = 0; i < ellipses.length; i += 5) {
    if (isAcross) ellipses[i] *= -1;
    if (isUp) ellipses[i + 1] *= -1;
    if (isAcross !== isUp) ellipses[i + 4] *= -1;
  }
  const end = (/** @type {[number, number]} */ [low, high], /** @type {boolean} */ isTurned) =>
    /** @type {[number, number]} */ (isTurned ? [-high, -low] : [low, high]);
  return {
    ...{ rows, columns, x: end(sent.x, isAcross), y: end(sent.y, isUp) },
    values: text(values.map((_, i) => values[from(i)])),
    ellipses: text(ellipses),
  };
}

/** @param {Float32Array} values */
const text = (values) => btoa(Array.from(new Uint8Array(values.buffer), (byte) => String.fromCharCode(byte)).join(""));
