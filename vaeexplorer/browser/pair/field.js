// @ts-check
/**
 * A field behind the dots of a plane, and its indicatrices (ellipses); measured on the server for the region in view.
 *
 * @typedef {import("../engine/geometry.js").View} View
 * @typedef {{rows: number, columns: number, values: string, ellipses: string, x: [number, number],
 *            y: [number, number]}} Sent
 *   values: float32 [rows * columns] in base64, the top row first; ellipses: float32 [M * 5] in base64, centre,
 *   semi-axes and angle; x, y: the region, in the plane's units
 * @typedef {"none" | "nearest" | "cycle" | "magnification"} Kind
 * @typedef {{asked: string, kind: Kind, low: number, high: number, unit: string, panes: (Sent | null)[]}} Fields
 *   asked: the request that this answers; low, high: values at the ends of the scale
 */
import { toScreen } from "../engine/geometry.js";
import { pen } from "../draw/canvas.js";
import { h } from "../draw/dom.js";
import { viridis } from "../engine/codes.js";
import { floatsOf } from "../engine/packed.js";

const OPACITY = 0.8;
const ELLIPSE = 0.3; // of the distance between two centres: the median ellipse's longer semi-axis
const LONGEST = 0.55; // of it: longer ellipses are scaled down to this, so that they do not hide their neighbours

export class Field {
  /** @param {Sent} sent @param {number} low @param {number} high
   *   values at the ends of the scale, the same for all planes */
  constructor(sent, low, high) {
    this.x = sent.x;
    this.y = sent.y;
    this.ellipses = floatsOf(sent.ellipses);
    const values = floatsOf(sent.values);
    this.canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { width: sent.columns, height: sent.rows }));
    const context = pen(this.canvas);
    const image = context.createImageData(sent.columns, sent.rows);
    values.forEach((value, i) => {
      if (!Number.isFinite(value)) return; // left transparent
      const share = Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
      image.data.set([...viridis(share), 255], 4 * i);
    });
    context.putImageData(image, 0, 0);
  }

  /** @param {CanvasRenderingContext2D} g @param {View} view @param {number} ratio @param {string} ink */
  draw(g, view, ratio, ink) {
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, view.width, view.height);
    const [left, top] = toScreen(view, this.x[0], this.y[1]),
      [right, bottom] = toScreen(view, this.x[1], this.y[0]);
    g.globalAlpha = OPACITY;
    g.imageSmoothingEnabled = true;
    g.drawImage(this.canvas, left, top, right - left, bottom - top);
    g.globalAlpha = 1;
    this.drawEllipses(g, view, ink);
  }

  /** Ellipses of equal image change: long where the image changes slowly. Their common scale has no meaning.
   * @param {CanvasRenderingContext2D} g @param {View} view @param {string} ink */
  drawEllipses(g, view, ink) {
    const { ellipses } = this,
      count = ellipses.length / 5;
    if (count < 2) return;
    const pitch = Math.abs(ellipses[5] - ellipses[0]) || Math.abs(this.y[1] - this.y[0]);
    const long = Float32Array.from({ length: count }, (_, i) => ellipses[5 * i + 2]).sort();
    const scale = (ELLIPSE * pitch) / (long[count >> 1] || 1);
    g.strokeStyle = ink;
    g.lineWidth = 1.3;
    for (let i = 0; i < count; i++) {
      const [x, y, a, b, angle] = ellipses.subarray(5 * i, 5 * i + 5);
      const size = Math.min(scale, (LONGEST * pitch) / a),
        radii = [size * a * view.scale, size * b * view.scale];
      if (!radii.every(Number.isFinite)) continue;
      g.beginPath();
      g.ellipse(...toScreen(view, x, y), radii[0], radii[1], -angle, 0, 2 * Math.PI);
      g.stroke();
    }
  }
}
