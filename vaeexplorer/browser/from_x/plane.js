// @ts-check
/**
 * The posterior q(z|x) of an image among the test codes, in the two most informative dimensions: from near by, with
 * what the decoder draws there behind it, or all of the plane. An inset shows where in all of the plane that is.
 *
 * @typedef {{space: {name: string}, codes: import("../engine/codes.js").Codes,
 *            summary: import("../engine/summary.js").Summary}} Model
 * @typedef {import("../engine/geometry.js").View} View
 */
import { fitCanvas, pen, pixelRatio } from "../draw/canvas.js";
import { h } from "../draw/dom.js";
import { drawPoints } from "../draw/dots.js";
import { Manifold } from "../draw/manifold.js";
import { coordinate } from "../draw/numbers.js";
import { drawPrior, drawTicks, prepareOverlay } from "../draw/overlay.js";
import { Thumbnails } from "../draw/sprite.js";
import { readTheme } from "../draw/theme.js";
import { NearestInPlane, fit, toLatent, toScreen } from "../engine/geometry.js";
import { axisName, boxOf, dimensionPlane } from "../engine/projections.js";
import { drawPosterior } from "./marks.js";

const NEAR = { dots: 0.8, tiles: 0.3 }; // strengths
const ALL = { dots: 0.5, tiles: 0.14 };
const CELL = 46; // CSS pixels of an image behind the dots
const REST = 120; // ms without change after which these are decoded

export class PosteriorPlane {
  /** @param {(zs: Float32Array) => void} decode  asks for the images behind the plane [N * D]
   * @param {() => void} toggle  the inset was pressed @param {import("../interact/image_size.js").ImageSize} images */
  constructor(decode, toggle, images) {
    this.decode = decode;
    this.backdrop = h("canvas", { class: "layer" });
    this.truth = h("canvas", { class: "layer" }); // what `truth.js` paints
    this.overlay = h("canvas", { class: "layer" });
    this.map = h("canvas", {});
    this.inset = h("button", { type: "button", class: "inset", onclick: toggle }, this.map);
    this.stage = h(
      "div",
      { class: "stage", role: "application", tabIndex: 0 },
      this.backdrop,
      this.truth,
      this.overlay,
    );
    this.element = h("div", { class: "window" }, this.stage, this.inset, images.element);
    this.manifold = new Manifold(CELL);
    this.thumbnails = new Thumbnails();
    this.images = images;
    /** @type {ImageBitmap | null} */ this.sprite = null;
    /** @type {View | null} */ this.view = null;
    /** @type {unknown} */ this.codes = null;
    this.key = this.mapKey = "";
  }

  stop() {
    clearTimeout(this.timer);
  }

  /** @param {Model & {sprite: ImageBitmap | null}} model @param {Uint8ClampedArray} colors  of the test codes, RGBA */
  open({ codes, sprite, summary: { order } }, colors) {
    this.sprite = sprite;
    this.codes = codes;
    this.colors = colors;
    this.shown = /** @type {[number, number]} */ (order.length > 1 ? order.slice(0, 2) : [0, 0]);
    this.plane = dimensionPlane(codes, ...this.shown);
    this.nearest = new NearestInPlane(this.plane.xs, this.plane.ys);
    this.manifold.clear();
    this.key = this.mapKey = "";
  }

  /** The dimensions and where a point of the stage lies in them. @param {{x: number, y: number}} at
   * @returns {{shown: [number, number], value: [number, number]} | null} null until something is shown */
  at({ x, y }) {
    return this.view && this.shown ? { shown: this.shown, value: toLatent(this.view, x, y) } : null;
  }

  /** @param {Model} model @param {import("./marks.js").Posterior} posterior
   * @param {number | null} span  half the width from near by, in standard deviations; null shows all of the plane */
  draw(model, posterior, span) {
    const { stage, overlay, plane, shown } = this,
      width = stage.clientWidth,
      height = stage.clientHeight;
    if (!width || !height || !plane || !shown) return;
    const { mean, sigma } = posterior,
      [j, k] = shown,
      theme = readTheme(stage),
      all = fit(boxOf(plane), width, height);
    const near =
      sigma && span !== null ? around(mean, span * Math.max(sigma[j], sigma[k]), shown, width, height) : null;
    this.view = near ?? all;
    const { view } = this,
      strength = near ? NEAR : ALL;
    if (fitCanvas(overlay, width, height)) prepareOverlay(pen(overlay));
    const others = mean.filter((_, d) => d !== j && d !== k);
    const key = [
      theme.text,
      width,
      height,
      view.cx,
      view.cy,
      view.scale,
      pixelRatio(),
      this.images.px,
      ...others,
    ].join();
    if (key !== this.key) {
      this.key = key;
      this.strength = strength;
      this.manifold.clear();
      this.manifold.strength = strength.tiles;
      this.paintBackdrop();
      clearTimeout(this.timer);
      if (plane.u && plane.v) this.timer = setTimeout(() => this.decode(this.manifold.plan(plane, mean, view)), REST);
    }
    const g = pen(overlay),
      ratio = pixelRatio();
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, height);
    if (plane.circles && !near) drawPrior(g, view, theme);
    drawTicks(g, view, theme, plane.labels);
    drawPosterior(g, view, posterior, shown, theme);
    this.paintMap(all, near, theme);
    this.inset.hidden = !sigma;
    const { steps } = model.summary;
    const where = shown.map((d) => `${axisName(d)} ${coordinate(mean[d], steps[d])}`).join(", ");
    stage.setAttribute(
      "aria-label",
      sigma
        ? `The posterior at ${where} among the test codes. Drag z, or move it by the arrow keys, with Shift finely.`
        : `The code at ${where} among those of the test images. A drag chooses the nearest test image.`,
    );
  }

  /** Images behind the plane have come. @param {number} start @param {Uint8Array} pixels @param {boolean} done */
  receive(start, pixels, done) {
    this.manifold.receive(start, pixels, done, readTheme(this.stage).ink);
    if (done) this.paintBackdrop();
  }

  /** What the decoder draws, and the test codes. */
  paintBackdrop() {
    const { view, plane, backdrop, colors, strength } = this,
      g = pen(backdrop),
      ratio = pixelRatio();
    if (!view || !plane || !colors || !strength) return;
    fitCanvas(backdrop, view.width, view.height);
    this.manifold.draw(g, view, ratio);
    this.addDots(g, view, strength.dots, ratio, this.images.px);
  }

  /** @param {CanvasRenderingContext2D} g @param {View} view @param {number} strength @param {number} ratio
   * @param {number} [size]  of images in their place */
  addDots(g, view, strength, ratio, size = 0) {
    const { plane, colors, thumbnails, sprite } = this;
    if (!plane || !colors) return;
    const { width, height } = g.canvas;
    const dots = h("canvas", { width, height });
    const hasImages = size > 0 && thumbnails.draw(pen(dots), view, plane, colors, sprite, size, ratio);
    if (!hasImages) drawPoints(pen(dots), view, plane.xs, plane.ys, colors, ratio);
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.globalAlpha = hasImages ? 1 : strength;
    g.drawImage(dots, 0, 0);
    g.globalAlpha = 1;
  }

  /** All codes, and where the view from near by lies. @param {View} all @param {View | null} near
   * @param {import("../draw/theme.js").Theme} theme */
  paintMap(all, near, theme) {
    const { map } = this,
      size = map.clientWidth,
      ratio = pixelRatio();
    const key = [theme.text, size, ratio, near?.cx, near?.cy, near?.scale].join();
    if (!size || key === this.mapKey) return;
    this.mapKey = key;
    this.inset.title = near ? "Show all of the plane" : "Show the posterior from near by";
    this.inset.setAttribute("aria-label", this.inset.title);
    fitCanvas(map, size, size);
    const g = pen(map),
      view = { ...all, width: size, height: size, scale: (all.scale * size) / Math.min(all.width, all.height) };
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, map.width, map.height);
    this.addDots(g, view, 0.6, ratio);
    if (!near) return;
    const reach = Math.max(6, (near.width / near.scale) * view.scale),
      [x, y] = toScreen(view, near.cx, near.cy);
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.strokeStyle = theme.accent;
    g.lineWidth = 2;
    g.strokeRect(x - reach / 2, y - reach / 2, reach, reach);
  }
}

/** @param {number[]} mean @param {number} reach  latent units from the middle to the rim
 * @param {[number, number]} shown @param {number} width @param {number} height @returns {View} */
function around(mean, reach, [j, k], width, height) {
  return fit({ low: [mean[j] - reach, mean[k] - reach], high: [mean[j] + reach, mean[k] + reach] }, width, height);
}
