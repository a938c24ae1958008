// @ts-check
/**
 * The plane of codes: dots that glide to where another model puts them, under the prior's circles and z.
 *
 * @typedef {{xs: Float32Array, ys: Float32Array}} Dots
 * @typedef {{stage: HTMLElement, dots: HTMLCanvasElement, overlay: HTMLCanvasElement, card: HTMLElement}} Ui
 */
import { fitCanvas, pen, pixelRatio } from "../draw/canvas.js";
import { prefersStill } from "../draw/dom.js";
import { drawPoints } from "../draw/dots.js";
import { drawOverlay, drawTicks, prepareOverlay, ring } from "../draw/overlay.js";
import { Thumbnails } from "../draw/sprite.js";
import { readTheme } from "../draw/theme.js";
import { ease, fit, toScreen } from "../engine/geometry.js";

const GLIDE = 260; // ms
/** Of the plane in every direction: the same for all models, so that codes that sprawl are seen to. */
export const REACH = 4;

export class PlaneOfCodes {
  /** @param {HTMLElement} root @param {Ui} ui @param {{px: number}} images  their size in place of dots, or 0
   * @param {{image: ImageBitmap | null}} sheet */
  constructor(root, ui, images, sheet) {
    this.root = root;
    this.images = images;
    this.sheet = sheet;
    this.ui = ui;
    this.thumbnails = new Thumbnails();
    /** @type {import("../engine/geometry.js").View | null} */ this.view = null;
    /** @type {Dots | null} where the dots are now */ this.shown = null;
    /** @type {Dots & {since: number} | null} where they move from, and since when, ms */ this.from = null;
  }

  /** From here the dots move to what is drawn next; from nowhere if they are of other images. @param {boolean} alike */
  leave(alike) {
    this.from = alike && this.shown ? { ...this.shown, since: performance.now() } : null;
    if (!alike) this.shown = null;
  }

  /** @param {import("./sweep.js").Point} point @param {Uint8ClampedArray} colors  [N * 4]
   * @param {number[]} z  turned coordinates @param {number[] | undefined} pointed  a sample's @param {number} now ms
   * @returns {boolean} whether the dots are still on their way */
  draw({ plane }, colors, z, pointed, now) {
    const { stage, dots, overlay, card } = this.ui,
      width = stage.clientWidth,
      height = stage.clientHeight,
      ratio = pixelRatio();
    fitCanvas(dots, width, height);
    if (fitCanvas(overlay, width, height)) prepareOverlay(pen(overlay));
    const view = fit({ low: [-REACH, -REACH], high: [REACH, REACH] }, width, height),
      { from } = this;
    let { xs, ys } = plane;
    const share = from && !prefersStill() ? Math.min(1, (now - from.since) / GLIDE) : 1;
    if (from && share < 1) {
      const t = ease(share);
      const between = (/** @type {Float32Array} */ a, /** @type {Float32Array} */ b) =>
        a.map((value, i) => value + (b[i] - value) * t);
      [xs, ys] = [between(from.xs, xs), between(from.ys, ys)];
    } else this.from = null;
    this.shown = { xs, ys };
    this.view = view;
    const theme = readTheme(this.root, card),
      g = pen(overlay);
    if (!this.thumbnails.draw(pen(dots), view, plane, colors, this.sheet.image, this.images.px, ratio, this.shown))
      drawPoints(pen(dots), view, xs, ys, colors, ratio);
    const codes = /** @type {any} */ ({ dim: 2, logvar: null });
    const seen = { ...plane, u: [1, 0], v: [0, 1], centre: [0, 0] }; // z is given in the plane's own coordinates
    const scene = { plane: seen, codes, z, ends: null, hovered: -1, picked: -1, lasso: [] };
    drawOverlay(g, view, /** @type {any} */ (scene), theme, ratio);
    drawTicks(g, view, theme);
    if (pointed) ring(g, toScreen(view, pointed[0], pointed[1]), 6, 3, theme.text);
    return this.from !== null;
  }
}
