// @ts-check
/**
 * The codes of a training under way: the plane fills, epoch by epoch.
 *
 * @typedef {{text: string, codes: string, reach: number} | null} Frame
 *   text: the epoch and its losses; codes: float32 [N, 2] in base64; reach: how far the farthest is from 0
 * @typedef {{name: string, colors: string[], classes: string[], labels: number[], frame: Frame}} Data
 *   labels: of the N images
 */
import { fitCanvas, onResize, pen, pixelRatio } from "../draw/canvas.js";
import { h, legend } from "../draw/dom.js";
import { drawPoints } from "../draw/dots.js";
import { dotColors } from "../engine/codes.js";
import { floatsOf } from "../engine/packed.js";

const MARGIN = 1.05; // of the plane around the farthest code

export class Watched {
  /** @param {HTMLElement} root  emptied and filled */
  constructor(root) {
    this.canvas = h("canvas", { class: "layer", role: "img" });
    this.stage = h("div", { class: "stage" }, this.canvas);
    this.caption = h("p", { class: "message", role: "status" });
    this.names = h("div", { class: "legend" });
    root.replaceChildren(this.stage, this.caption, this.names);
    /** @type {Data | null} */ this.data = null;
    this.reach = 0; // the plane grows, and does not shrink under the dots
    this.endResizing = onResize(this.stage, () => this.draw());
  }

  stop() {
    this.endResizing();
  }

  /** @param {Data} data */
  update(data) {
    if (!this.data) this.names.replaceChildren(...legend(data));
    this.data = data;
    this.caption.textContent = data.frame?.text ?? `${data.name}: the first epoch is under way.`;
    this.canvas.setAttribute("aria-label", `Codes of ${data.labels.length} test images. ${this.caption.textContent}`);
    this.draw();
  }

  draw() {
    const { frame, labels, colors } = this.data ?? {};
    const { clientWidth: width, clientHeight: height } = this.canvas,
      context = pen(this.canvas);
    if (!fitCanvas(this.canvas)) context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (!frame || !labels || !colors || !width) return;
    const codes = floatsOf(frame.codes);
    this.reach = Math.max(this.reach, frame.reach);
    const view = { cx: 0, cy: 0, scale: Math.min(width, height) / (2 * MARGIN * this.reach), width, height };
    const given = { count: labels.length, labels: Uint8Array.from(labels) };
    const xs = Float32Array.from(labels, (_, i) => codes[2 * i]),
      ys = Float32Array.from(labels, (_, i) => codes[2 * i + 1]);
    drawPoints(context, view, xs, ys, dotColors(given, "class", colors, new Set()), pixelRatio());
  }
}
