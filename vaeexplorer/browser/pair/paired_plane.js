// @ts-check
/**
 * One of several latent planes that show the same pair of test images: dots, a field behind them, the straight way from
 * A to B, and the images that the decoder draws along it.
 *
 * @typedef {import("../interact/gestures.js").At} At
 * @typedef {import("./way.js").Space} Space
 * @typedef {import("./marks.js").Box} Box
 * @typedef {{indices: [number, number], colors: string[], sprite: ImageBitmap | null, settle(): void,
 *            theme?: import("../draw/theme.js").Theme, arrived(): void, choose(which: 0 | 1, index: number): void,
 *            looked(): void, describe(index: number): string, askForFields(): void, keys: {open(): void},
 *            hidden: Set<number>, step: number, pointAt(step: number): void, boxFor(own: Box): Box}} Pair
 *   what a plane reads of what all planes share, and does to it; indices: the test images A and B; step: of the ways,
 *   the image that is pointed at, or -1; boxFor: what a plane shows by itself
 */
import { Latest, loadCodes, loadNetwork } from "../engine/fetch.js";
import { fitCanvas, onResize, pen, pixelRatio } from "../draw/canvas.js";
import { complain, h, prefersStill } from "../draw/dom.js";
import { drawPoints } from "../draw/dots.js";
import { ARROWS, FINGER, listen } from "../interact/gestures.js";
import { Loading } from "../interact/loading.js";
import { number } from "../draw/numbers.js";
import { prepareOverlay } from "../draw/overlay.js";
import { paintTestImage, tile } from "../draw/sprite.js";
import { codeOf } from "../engine/codes.js";
import { NearestInPlane, ease, fit, nextPoint, pan, toLatent, toScreen, zoomWithin } from "../engine/geometry.js";
import { boxOf, dimensionPlane, place, principalPlane } from "../engine/projections.js";
import { colorsOf, drawMarks, shareOutside } from "./marks.js";
import { Way } from "./way.js";

const GLIDE = 200; // ms from one scale to another
const TOUCH = 12; // CSS pixels around a dot in which its image is shown

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
    this.frame = 0;
    /** @type {{view: import("../engine/geometry.js").View, since: number} | null} from where and when (ms) it moves */
    this.from = null;
    /** @type {0 | 1} the end that is held */ this.held = 0;
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
    const heading = h("h2", {}, space.kind, h("small", { textContent: space.name }));
    this.element = h("section", {}, heading, this.stage, this.message);
    let touched = pair.indices;
    listen(this.stage, {
      start: (at) => {
        touched = pair.indices;
        this.take(at);
      },
      move: (at) => this.drag(at),
      end: () => pair.settle(),
      cancel: () => {
        pair.choose(0, touched[0]);
        pair.choose(1, touched[1]);
      },
      hover: (at) => this.hover(at),
      pan: (dx, dy) => this.look(pan(this.view, dx, dy)),
      zoom: (at, factor) => this.zoom(at.x, at.y, factor),
      holds: (at) => Math.min(...this.distances(at)) < FINGER,
      settled: () => pair.looked(),
    });
    this.stage.onkeydown = (/** @type {KeyboardEvent} */ event) => this.key(event);
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

  load() {
    const { urls, name } = this.space;
    this.loading.begin(name, [urls.codes, urls.network]);
    this.latest.ask(
      () => Promise.all([loadCodes(urls), loadNetwork(urls)]),
      ([codes, loaded]) => {
        if (loaded) this.way.use(loaded.bytes);
        this.codes = codes;
        this.plane = codes.dim > 2 ? principalPlane(codes) : dimensionPlane(codes, 0, 1);
        this.box = boxOf(this.plane);
        this.nearest = new NearestInPlane(this.plane.xs, this.plane.ys);
        this.message.hidden = true;
        this.loading.end(true);
        this.resize();
        this.pair.arrived();
      },
      (error) => {
        this.loading.end(false);
        complain(this.message, `${name} could not be loaded. ${error.message}`, () => this.load());
        this.message.hidden = false;
      },
    );
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

  /* ------------------------------------------------------------------ gestures */

  /** @param {At} at @returns {number} the dot nearest to it, however far */
  dotNear(at) {
    const [x, y] = toLatent(this.view, at.x, at.y);
    for (let radius = TOUCH; radius < 1e4; radius *= 3) {
      const found = this.nearest?.find(x, y, radius / this.view.scale) ?? -1;
      if (found >= 0) return found;
    }
    return -1;
  }

  /** How far A and B are from there, CSS pixels. @param {At} at @returns {number[]} */
  distances(at) {
    const { plane, codes, ends } = this;
    if (!plane || !codes || !ends) return [Infinity, Infinity];
    return ends.map((end) => {
      const [x, y] = toScreen(this.view, ...place(plane, end, codes));
      return Math.hypot(x - at.x, y - at.y);
    });
  }

  /** Takes hold of A or B, whichever is nearer. @param {At} at */
  take(at) {
    const [a, b] = this.distances(at);
    this.held = b < a ? 1 : 0;
    this.drag(at);
  }

  /** @param {At} at */
  drag(at) {
    const dot = this.dotNear(at);
    if (dot >= 0) this.pair.choose(this.held, dot);
  }

  /** Arrow keys move A, with Shift B, to the nearest image in that direction. @param {KeyboardEvent} event */
  key(event) {
    const step = ARROWS[event.key],
      factor = { "+": 1.25, "-": 0.8 }[event.key];
    if (!this.plane || event.ctrlKey || event.metaKey || event.altKey) return;
    if (factor && this.zoom(this.view.width / 2, this.view.height / 2, factor)) this.pair.askForFields();
    if (event.key === "0") this.lookHome();
    if (event.key === "?") this.pair.keys.open();
    if (!step) return;
    event.preventDefault();
    const which = event.shiftKey ? 1 : 0;
    const best = nextPoint(this.plane.xs, this.plane.ys, this.pair.indices[which], step, 8 / this.view.scale);
    if (best < 0) return;
    this.pair.choose(which, best);
    this.pair.settle();
  }

  /** @param {import("../interact/gestures.js").At | null} at */
  hover(at) {
    const { plane, codes } = this;
    this.hovered = -1;
    if (at && plane && codes) {
      this.hovered = this.nearest?.find(...toLatent(this.view, at.x, at.y), TOUCH / this.view.scale) ?? -1;
      const [left, top] = [Math.min(at.x + 14, this.view.width - 150), Math.max(0, at.y - 76)];
      this.card.style.transform = `translate(${left}px, ${top}px)`;
    }
    this.card.hidden = this.hovered < 0;
    if (this.hovered >= 0 && codes) {
      paintTestImage(this.thumbnail, this.pair.sprite, this.hovered);
      this.caption.textContent = this.pair.describe(this.hovered);
    }
    this.redraw(false);
  }

  /* ------------------------------------------------------------------ drawing */

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
      const colors = colorsOf(codes, pair, this.field !== null, theme.ink);
      drawPoints(pen(layers.dots), view, plane.xs, plane.ys, colors, ratio);
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
