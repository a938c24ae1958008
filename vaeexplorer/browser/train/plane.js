// @ts-check
/**
 * The plane while it learns: the decoded manifold of the moment, the codes of the test images moving from one picture
 * to the next, and the point that is decoded. The scale stays, so that codes are seen to sprawl and to contract.
 */
import { Moments } from "../decoding/moments.js";
import { fitCanvas, onResize, pen, pixelRatio } from "../draw/canvas.js";
import { h, prefersStill, setText } from "../draw/dom.js";
import { drawPoints } from "../draw/dots.js";
import { Manifold } from "../draw/manifold.js";
import { drawOverlay, prepareOverlay } from "../draw/overlay.js";
import { Thumbnails, paintImage, sheetOf, tile } from "../draw/sprite.js";
import { labelFont, readTheme } from "../draw/theme.js";
import { dotColors, variances } from "../engine/codes.js";
import { NearestInPlane, fit, normal, repeatable, toScreen } from "../engine/geometry.js";
import { imageAt } from "../engine/format.js";
import { PIXELS, SIDE } from "../engine/network.js";
import { dimensionPlane, movedTo } from "../engine/projections.js";
import { release } from "../learning/calls.js";
import { isVariational } from "../record/choices.js";
import { listenTo } from "./pointer.js";

const GLIDE = 110; // ms between two pictures, in which the dots move
const CALM = (globalThis.navigator?.hardwareConcurrency ?? 8) > 2 ? 0 : 45; // ms a frame: two workers need two cores
const HALF = { vae: 4, ae: 12 }; // of the plane, latent units
const LOYAL = 1.5; // times the variance that another dimension needs before the plane turns to it

export class Plane {
  /** @param {number} samples  images decoded from the prior @param {import("./pointer.js").Moved} moved
   * @param {Pick<import("../interact/image_size.js").ImageSize, "px">} images  in place of dots */
  constructor(samples, moved, images) {
    this.moved = moved;
    this.manifold = new Manifold();
    this.thumbnails = new Thumbnails();
    this.images = images;
    /** @type {Uint8Array | undefined} */ this.madeOf = undefined;
    /** @type {HTMLCanvasElement | undefined} */ this.made = undefined;
    this.layers = [0, 1, 2].map(() => tile({ class: "layer" }));
    this.outside = h("div", { class: "axis across" });
    this.axes = h("div", { class: "axis axes" });
    this.stage = h(
      "div",
      {
        class: "stage",
        tabIndex: 0,
        role: "application",
        "aria-label": "Plane of codes: drag, or use the arrow keys, to decode a point",
      },
      ...this.layers,
      this.axes,
      this.outside,
    );
    this.samples = h("canvas", {
      class: "samples",
      role: "img",
      "aria-label": "Images decoded from samples of the prior, the same noise at every step",
    });
    this.count = samples;
    this.frame = this.drawn = 0; // drawn: when, ms
    this.zoomed = 1;
    /** @type {Float32Array | null} where the dots are, across and up */ this.xs = null;
    /** @type {Float32Array | null} */ this.ys = null;
    /** @type {import("../record/lane.js").Lane | null} */ this.lane = null;
    /** @type {number[]} the point that is decoded */ this.z = [0, 0];
    /** @type {[number, number]} */ this.shownAxes = [0, 1];
    /** @type {{xs: Float32Array, ys: Float32Array, since: number} | null} */ this.from = null;
    this.half = 0; // of the plane where it is set from outside; 0: as usual
    this.isStale = this.isMarked = false; // isMarked: circles and point are drawn
    this.decoding = new Moments((...images) => this.receive(...images));
    /** @type {import("../draw/theme.js").Theme | null} */ this.theme = null;
    /** @type {{moment: unknown, plane: import("../engine/projections.js").Plane} | null} */ this.known = null;
    this.endResizing = onResize(this.stage, () => this.redraw());
    listenTo(this);
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.endResizing();
    this.decoding.stop();
  }

  /** Another training. @param {import("../record/lane.js").Lane} lane @param {string[]} colors  of the classes */
  show(lane, colors) {
    const { dim } = lane.choices;
    this.lane = lane;
    this.colors = colors;
    this.z = new Array(dim).fill(0);
    this.shownAxes = [0, Math.min(1, dim - 1)];
    this.zoomed = 1;
    this.xs = this.ys = this.from = this.known = null;
    this.decoding.drop();
    this.manifold.clear();
    const labels = lane.images.labels.subarray(0, lane.images.test.length / PIXELS);
    this.labels = labels;
    this.dots = dotColors({ count: labels.length, labels }, "class", colors, new Set());
    this.rows = Float32Array.from(labels, (label) => (label - 4.5) / 1.5); // of a code of one number: a row a class
    this.noise = Float32Array.from(normal(this.count * dim, repeatable(7)));
    if (lane.moment) this.advance();
    this.redraw();
  }

  /** The lane has another moment. */
  advance() {
    const { lane } = this;
    if (!lane?.moment) return;
    this.chooseAxes(lane.moment.codes, lane.choices.dim);
    if (this.xs && this.ys) this.from = { ...this.between(performance.now()), since: performance.now() };
    ({ xs: this.xs, ys: this.ys } = this.plane);
    this.decode();
    this.drawSoon();
  }

  /** Of the moment that is shown. @returns {import("../engine/projections.js").Plane} */
  get plane() {
    const { lane, rows } = this,
      moment = /** @type {import("../record/lane.js").Moment} */ (lane?.moment),
      { codes } = moment,
      dim = lane?.choices.dim ?? 2;
    if (this.known?.moment === moment) return this.known.plane;
    const all = { count: codes.length / dim, dim, mean: codes, logvar: null, error: rows };
    const circles = dim > 1 && Boolean(lane?.isVariational),
      plane = { ...dimensionPlane(/** @type {any} */ (all), ...this.shownAxes), circles };
    this.known = { moment, plane };
    return plane;
  }

  /** The test images side by side, once they are asked for. */
  get sheet() {
    const pixels = this.images.px ? this.lane?.images.test : undefined;
    if (pixels && this.madeOf !== pixels) {
      this.madeOf = pixels;
      this.made = sheetOf(pixels);
    }
    return pixels ? this.made : null;
  }

  /** The two dimensions whose codes vary most. @param {Float32Array} codes @param {number} dim */
  chooseAxes(codes, dim) {
    if (dim < 3) return;
    const variance = variances(codes, dim).map((own, j) => own * (this.shownAxes.includes(j) ? LOYAL : 1));
    const order = variance.map((_, j) => j).sort((a, b) => variance[b] - variance[a]);
    const [a, b] = order.slice(0, 2).sort((one, other) => one - other);
    if (this.shownAxes[0] !== a || this.shownAxes[1] !== b) this.from = this.xs = this.ys = null;
    this.shownAxes = [a, b];
    setText(this.axes, `z${a + 1}, z${b + 1} of ${dim} dimensions`);
  }

  /** The samples and the manifold of the moment, once the last ones are done. */
  decode() {
    const { lane } = this,
      noise = /** @type {Float32Array} */ (this.noise);
    if (!lane?.moment || !this.view) return;
    const source = {
      weights: lane.moment.weights,
      decode: (/** @type {Float32Array} */ zs) => lane.session?.decodeAll(zs),
    };
    this.isStale = this.decoding.isBusy(source);
    if (this.isStale) return;
    const cells = this.manifold.plan(this.plane, this.z, this.view),
      zs = new Float32Array(noise.length + cells.length);
    zs.set(noise);
    zs.set(cells, noise.length);
    this.decoding.request(source, zs, lane.choices.dim);
  }

  /** Samples, and after them the manifold. @param {number} start @param {Uint8Array} pixels @param {boolean} done */
  receive(start, pixels, done) {
    const context = pen(this.samples),
      columns = this.samples.width / SIDE,
      first = Math.max(0, Math.min(this.count - start, pixels.length / PIXELS)); // of the manifold
    for (let k = 0, at = start; k < first; k++, at++)
      paintImage(context, imageAt(pixels, k), 255, SIDE * (at % columns), SIDE * Math.floor(at / columns));
    this.manifold.receive(start + first - this.count, pixels.subarray(first * PIXELS), done, this.look().ink);
    if (done && this.view) this.manifold.draw(pen(this.layers[0]), this.view, pixelRatio());
    release(pixels.buffer); // several megabytes a second
    if (done && this.isStale) this.decode();
  }

  /** Where the dots are now, on their way. @param {number} now ms */
  between(now) {
    const { from } = this,
      xs = /** @type {Float32Array} */ (this.xs),
      ys = /** @type {Float32Array} */ (this.ys),
      share = from && !prefersStill() ? Math.min(1, (now - from.since) / GLIDE) : 1;
    if (!from || share === 1) {
      this.from = null;
      return { xs, ys };
    }
    const mix = (/** @type {Float32Array} */ a, /** @type {Float32Array} */ b) =>
      a.map((value, i) => value + (b[i] - value) * share);
    return { xs: mix(from.xs, xs), ys: mix(from.ys, ys) };
  }

  /** Colours or sizes are others. */
  redraw() {
    this.theme = null;
    this.isMarked = false;
    this.drawSoon();
  }

  drawSoon() {
    this.frame ||= requestAnimationFrame((now) => {
      this.frame = 0;
      if (this.from && now - this.drawn < CALM) return this.drawSoon();
      this.drawn = now;
      this.draw(now);
    });
  }

  /** The colours: a browser that is asked for them works out the styles of the page. */
  look() {
    const { stage } = this;
    if (!this.theme) pen(this.layers[2]).font = labelFont(stage);
    this.theme ??= readTheme(stage, stage.parentElement ?? stage);
    return this.theme;
  }

  /** What is in view, in latent units from the middle. */
  get reach() {
    return (this.half || HALF[this.lane?.isVariational ? "vae" : "ae"]) / this.zoomed;
  }

  /** @param {number} now ms */
  draw(now) {
    const { stage, layers } = this,
      [width, height] = [stage.clientWidth, stage.clientHeight],
      ratio = pixelRatio();
    if (!width || !height || !this.lane) return;
    const isNew = !this.view;
    this.view = fit({ low: [-this.reach, -this.reach], high: [this.reach, this.reach] }, width, height);
    let isResized = false;
    for (const layer of layers) isResized = fitCanvas(layer, width, height) || isResized;
    if (isResized) prepareOverlay(pen(layers[2]));
    if ((isNew || isResized) && this.lane.moment) this.decode();
    if (isResized) this.manifold.draw(pen(layers[0]), this.view, ratio);
    if (this.xs) {
      const { xs, ys } = this.between(now);
      const g = pen(layers[1]),
        dots = /** @type {Uint8ClampedArray} */ (this.dots),
        home = { xs: this.xs, ys: /** @type {Float32Array} */ (this.ys) };
      if (!this.thumbnails.draw(g, this.view, home, dots, this.sheet, this.images.px, ratio, { xs, ys }))
        drawPoints(g, this.view, xs, ys, dots, ratio);
      if (this.from) this.drawSoon();
    }
    if (!this.isMarked) this.drawPoint();
    this.saveOutside();
  }

  /** The circles and the point alone: what a drag redraws. */
  drawPoint() {
    const { lane, view, layers } = this;
    if (!lane?.moment || !view) return;
    this.isMarked = true;
    const context = pen(layers[2]),
      theme = this.look(),
      codes = /** @type {any} */ ({ dim: lane.choices.dim, logvar: null });
    drawOverlay(
      context,
      view,
      { plane: this.plane, codes, z: this.z, ends: null, hovered: -1, picked: -1, lasso: [] },
      theme,
      pixelRatio(),
    );
    if (!this.half && isVariational(lane.choices)) return;
    context.beginPath();
    context.arc(...toScreen(view, 0, 0), 3 * view.scale, 0, 2 * Math.PI);
    context.strokeStyle = theme.text;
    context.lineWidth = 1.6;
    context.stroke();
  }

  /** How many of the codes the plane does not show. */
  saveOutside() {
    const { xs, ys, view } = this;
    if (!xs || !ys || !view) return;
    let out = 0;
    for (let i = 0; i < xs.length; i++)
      if (Math.abs(xs[i]) > view.width / 2 / view.scale || Math.abs(ys[i]) > view.height / 2 / view.scale) out++;
    const share = (100 * out) / xs.length;
    const text = share ? `${share < 1 ? "under 1" : share.toFixed(0)} % outside ±${this.reach.toPrecision(2)}` : "";
    setText(this.outside, text);
  }

  /** @param {number[]} z */
  point(z) {
    this.z = z;
    this.drawPoint();
  }

  /** After a drag at more than two dimensions, the manifold is that of the dimensions that are held. */
  decodeHeld() {
    if ((this.lane?.choices.dim ?? 2) > 2) this.decode();
  }

  /** The test image whose code is nearest. @param {number} x @param {number} y */
  nearest(x, y) {
    const { xs, ys } = this.plane;
    return Math.max(0, new NearestInPlane(xs, ys).find(x, y, 1e3));
  }
}
