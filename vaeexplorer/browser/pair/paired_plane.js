// @ts-check
/**
 * One of several latent planes that show the same pair of test images: dots, a field behind them, the straight way from
 * A to B, and the images that the decoder draws along it.
 *
 * @typedef {import("./way.js").Space} Space
 * @typedef {import("./marks.js").Box} Box
 * @typedef {{indices: [number, number], colors: string[], sprite: ImageBitmap | null, settle(): void,
 *            theme?: import("../draw/theme.js").Theme, arrived(): void, choose(which: 0 | 1, index: number): void,
 *            names(space: Space): string, images: {px: number}, looked(): void,
 *            describe(index: number): string, askForFields(): void, keys: {open(): void},
 *            hidden: Set<number>, step: number, pointAt(step: number): void, boxFor(own: Box): Box}} Pair
 *   what a plane reads of what all planes share, and does to it; indices: the test images A and B; step: of the ways,
 *   the image that is pointed at, or -1; boxFor: what a plane shows by itself
 */
import { Latest, loadCodes, loadNetwork } from "../engine/fetch.js";
import { fitCanvas, onResize, pen, pixelRatio } from "../draw/canvas.js";
import { complain, h, prefersStill } from "../draw/dom.js";
import { drawPoints } from "../draw/dots.js";
import { Loading } from "../interact/loading.js";
import { number } from "../draw/numbers.js";
import { prepareOverlay } from "../draw/overlay.js";
import { Thumbnails, tile } from "../draw/sprite.js";
import { codeOf } from "../engine/codes.js";
import { NearestInPlane, ease, fit, toLatent, zoomWithin } from "../engine/geometry.js";
import { boxOf, dimensionPlane, principalPlane } from "../engine/projections.js";
import { handle } from "./handles.js";
import { colorsOf, drawMarks, shareOutside } from "./marks.js";
import { Way } from "./way.js";

const GLIDE = 200; // ms from one scale to another

export class Pane {
  /** @param {Pair} pair @param {Space} space */
  constructor(pair, space) {
    this.pair = pair;
    this.space = space;
    this.latest = new Latest();
    /** @type {import("../engine/codes.js").Codes | null} */ this.codes = null;
    /** @type {import("./field.js").Field | null} */ this.field = null;
    /** @type {number[] | null} centre and width of what is in view; null for all */ this.at = null;
    this.view = this.home = { cx: 0, cy: 0, scale: 1, width: 1, height: 1 };
    this.hovered = -1;
    this.thumbnails = new Thumbnails();
    this.colorsOf = ""; // what the dots' colours follow from
    this.frame = 0;
    /** @type {{view: import("../engine/geometry.js").View, since: number} | null} from where and when (ms) it moves */
    this.from = null;
    const [field, dots, overlay] = [0, 1, 2].map(() => h("canvas", { class: "layer" }));
    this.layers = { field, dots, overlay };
    this.way = new Way(this);
    this.thumbnail = tile({}, this.way.format);
    this.caption = h("div");
    this.card = h("div", { class: "card", hidden: true }, this.thumbnail, this.caption);
    const name = `Latent plane of ${space.name}: drag A or B; arrow keys choose other images`;
    const named = { class: "stage", tabIndex: 0, role: "application", "aria-label": name };
    this.unseen = h("div", { class: "axis unseen", hidden: true });
    this.stage = h("div", named, ...Object.values(this.layers), this.unseen, this.card);
    this.loading = new Loading(this.stage, []);
    this.stage.append(this.loading.element);
    this.message = h("p", { class: "message", hidden: true, role: "status" });
    const heading = h("h2", {}, space.kind, h("small", { textContent: pair.names(space) }));
    this.element = h("section", {}, heading, this.stage, this.message);
    this.thumbnails.format = this.way.format;
    handle(this);
    this.endResizing = onResize(this.stage, () => this.resize());
    this.load();
  }

  stop() {
    this.latest.stop();
    this.loading.end(false);
    cancelAnimationFrame(this.frame);
    this.endResizing();
    this.way.stop();
  }

  /** Codes come first, which the plane needs; what it decodes comes later. */
  load() {
    const { urls, name } = this.space;
    this.loading.begin(name, [urls.codes]);
    this.latest.ask(
      () => loadCodes(urls),
      (codes) => {
        this.codes = codes;
        this.plane = codes.dim > 2 ? principalPlane(codes) : dimensionPlane(codes, 0, 1);
        this.box = boxOf(this.plane);
        this.nearest = new NearestInPlane(this.plane.xs, this.plane.ys);
        this.message.hidden = true;
        this.loading.end(true);
        this.resize();
        this.pair.arrived();
        this.loadDecoder();
      },
      (error) => this.failed(error),
    );
  }

  loadDecoder() {
    const { urls, name } = this.space;
    this.loading.begin(name, [urls.codes, urls.network]);
    this.latest.ask(
      () => loadNetwork(urls),
      (loaded) => {
        this.loading.end(true);
        this.message.hidden = true;
        if (loaded) this.way.use(loaded.bytes);
      },
      (error) => this.failed(error),
    );
  }

  /** @param {Error} error */
  failed(error) {
    this.loading.end(false);
    complain(this.message, `${this.space.name} could not be loaded. ${error.message}`, () =>
      this.codes ? this.loadDecoder() : this.load(),
    );
    this.message.hidden = false;
  }

  /** @param {string} text */
  say(text) {
    complain(this.message, text, () => this.way.draw());
    this.message.hidden = !text;
  }

  resize() {
    const width = this.stage.clientWidth,
      height = this.stage.clientHeight;
    if (!this.plane || !width || !height) return;
    this.ratio = pixelRatio();
    for (const layer of Object.values(this.layers)) fitCanvas(layer, width, height);
    prepareOverlay(pen(this.layers.overlay));
    this.home = fit(this.pair.boxFor(/** @type {Box} */ (this.box)), width, height);
    this.from = null;
    this.view = this.at ? { cx: this.at[0], cy: this.at[1], scale: width / this.at[2], width, height } : this.home;
    this.redraw(true);
    this.pair.askForFields();
  }

  /** @param {import("../engine/geometry.js").View} view */
  look(view) {
    this.view = view;
    this.at = [view.cx, view.cy, view.width / view.scale];
    this.redraw(true);
  }

  /** @param {number} x @param {number} y  CSS pixels, which stay where they are @param {number} factor
   * @returns {boolean} whether there was anything left to zoom */
  zoom(x, y, factor) {
    const view = zoomWithin(this.view, this.home, x, y, factor);
    if (view && this.plane) this.look(view);
    return Boolean(view && this.plane);
  }

  /** @param {boolean} [glides] */
  lookHome(glides = false) {
    const { view } = this;
    this.at = null;
    this.resize();
    if (glides && !prefersStill()) this.from = { view, since: performance.now() };
  }

  /** The codes of A and B. @returns {[number[], number[]] | null} */
  get ends() {
    const { codes } = this;
    if (!codes) return null;
    return [codeOf(codes, this.pair.indices[0]), codeOf(codes, this.pair.indices[1])];
  }

  /** What the server is to measure: the region in view, and how its plane lies in latent space. */
  get window() {
    const { plane, view } = this;
    if (!plane?.u || !plane.v) return null;
    const [left, top] = toLatent(view, 0, 0),
      [right, bottom] = toLatent(view, view.width, view.height);
    const short = (/** @type {number[]} */ values) => values.map((value) => Number(value.toPrecision(7)));
    return {
      origin: short(plane.centre),
      across: short(plane.u),
      up: short(plane.v),
      x: short([left, right]),
      y: short([bottom, top]),
    };
  }

  /** @param {boolean} all dots and field too */
  redraw(all) {
    this.dotsStale ||= all;
    this.frame ||= requestAnimationFrame((now) => this.draw(now));
  }

  /** What is in view now: on the way from one scale to another something between. @param {number} now ms */
  viewAt(now) {
    const { from, view } = this,
      share = from ? (now - from.since) / GLIDE : 1;
    if (!from || share >= 1) {
      this.from = null;
      return view;
    }
    const between = (/** @type {"cx" | "cy" | "scale"} */ key) =>
      from.view[key] + (view[key] - from.view[key]) * ease(Math.max(0, share));
    this.redraw(true);
    return { ...view, cx: between("cx"), cy: between("cy"), scale: between("scale") };
  }

  /** Of the dots; made anew where others are hidden, or stand on a field or not: that they are the same says that
   * images in their place are, too. @param {import("../engine/codes.js").Codes} codes @param {number[]} ink */
  colors(codes, ink) {
    const { pair, field } = this,
      of = [Boolean(field), ...ink, ...pair.hidden].join();
    if (of !== this.colorsOf || !this.colored) this.colored = colorsOf(codes, pair, field !== null, ink);
    this.colorsOf = of;
    return this.colored;
  }

  /** @param {number} now ms */
  draw(now) {
    this.frame = 0;
    if (this.ratio && this.ratio !== pixelRatio()) this.resize(); // not every browser tells of it
    const { plane, codes, ends, layers, ratio, pair } = this,
      { theme } = pair;
    if (!plane || !codes || !ends || !ratio || !theme) return;
    const isStale = this.dotsStale;
    this.dotsStale = false;
    const view = this.viewAt(now);
    if (isStale) {
      const g = pen(layers.dots),
        colors = this.colors(codes, theme.ink);
      if (!this.thumbnails.draw(g, view, plane, colors, pair.sprite, pair.images.px, ratio))
        drawPoints(g, view, plane.xs, plane.ys, colors, ratio);
      if (this.field) this.field.draw(pen(layers.field), view, ratio, theme.text);
      else pen(layers.field).clearRect(0, 0, layers.field.width, layers.field.height);
      const unseen = shareOutside(plane, view);
      this.unseen.hidden = !unseen;
      this.unseen.textContent = `${number(100 * unseen, unseen < 0.005 ? 1 : 0)} % outside`;
    }
    const g = pen(layers.overlay);
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, view.width, view.height);
    drawMarks(g, view, { plane, codes, ends, glowing: this.way.point(pair.step), hovered: this.hovered }, theme);
  }
}
