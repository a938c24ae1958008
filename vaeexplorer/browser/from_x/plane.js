// @ts-check
/** The posterior q(z|x) of an image among the test codes, in the two most informative dimensions. */
import { fitCanvas, pen, pixelRatio } from "../draw/canvas.js";
import { h } from "../draw/dom.js";
import { drawPoints } from "../draw/dots.js";
import { coordinate } from "../draw/numbers.js";
import { ring } from "../draw/overlay.js";
import { readTheme } from "../draw/theme.js";
import { column } from "../engine/codes.js";
import { fit, toScreen } from "../engine/geometry.js";
import { axisName } from "../engine/projections.js";

export class PosteriorPlane {
  /** @param {HTMLCanvasElement} canvas @param {Element} root  has the theme */
  constructor(canvas, root) {
    this.canvas = canvas;
    this.root = root;
    /** @type {HTMLCanvasElement | null} the test codes, drawn once a view */ this.backdrop = null;
    this.backdropKey = "";
  }

  /** @param {{space: {name: string}, codes: import("../engine/codes.js").Codes,
   *           summary: import("../engine/summary.js").Summary}} model
   * @param {Uint8ClampedArray} colors  of the test codes, RGBA
   * @param {Pick<import("./walk.js").Walk, "mean" | "sigma" | "z" | "cloud">} walk
   * @param {boolean} near  shows the posterior large, not all codes */
  draw({ space, codes, summary }, colors, { mean, sigma, z, cloud }, near) {
    const { canvas } = this,
      ratio = pixelRatio(),
      size = canvas.clientWidth;
    if (!size) return;
    fitCanvas(canvas, size, size);
    const [j, k] = summary.order.length > 1 ? summary.order : [0, 0];
    const side = (/** @type {number} */ d) => summary.walk[d],
      margin = (/** @type {number} */ d) => 0.05 * (side(d)[1] - side(d)[0]);
    const reach = sigma ? 4 * Math.max(sigma[j], sigma[k]) : 0;
    const box = /** @type {{low: [number, number], high: [number, number]}} */ (
      near && sigma
        ? { low: [mean[j] - reach, mean[k] - reach], high: [mean[j] + reach, mean[k] + reach] }
        : {
            low: [j, k].map((d) => Math.min(side(d)[0] - margin(d), mean[d] - reach)),
            high: [j, k].map((d) => Math.max(side(d)[1] + margin(d), mean[d] + reach)),
          }
    );
    const view = fit(box, size, size);
    const g = pen(canvas),
      theme = readTheme(this.root);
    const key = [space.name, canvas.width, theme.text, view.cx, view.cy, view.scale].join();
    if (!this.backdrop || this.backdropKey !== key) {
      this.backdropKey = key;
      this.backdrop = /** @type {HTMLCanvasElement} */ (h("canvas", { width: canvas.width, height: canvas.height }));
      drawPoints(pen(this.backdrop), view, column(codes, j), column(codes, k), colors, ratio);
    }
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, canvas.width, canvas.height);
    g.globalAlpha = 0.3;
    g.drawImage(this.backdrop, 0, 0);
    g.globalAlpha = 1;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.strokeStyle = g.fillStyle = theme.accent;
    g.lineWidth = 1.4;
    const [x, y] = toScreen(view, mean[j], mean[k]);
    for (const times of sigma ? [1, 2] : []) {
      const [a, b] = [j, k].map((d) => Math.max(1, times * /** @type {number[]} */ (sigma)[d] * view.scale));
      g.beginPath();
      g.ellipse(x, y, a, b, 0, 0, 2 * Math.PI);
      g.stroke();
    }
    for (const drawn of cloud) {
      g.beginPath();
      g.arc(...toScreen(view, drawn.z[j], drawn.z[k]), 1.6, 0, 2 * Math.PI);
      g.fill();
    }
    ring(g, toScreen(view, z[j], z[k]), 6, 2.5, theme.accent);
    canvas.setAttribute(
      "aria-label",
      `The posterior at ${[j, k].map((d) => `${axisName(d)} ${coordinate(mean[d], summary.steps[d])}`).join(", ")} ` +
        "among the test codes",
    );
  }
}
