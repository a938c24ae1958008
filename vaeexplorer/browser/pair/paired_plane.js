// @ts-check
/**
 * One of several latent planes that show the same pair of test images: dots, a field behind them, the straight way from
 * A to B, and the images that the decoder draws along it.
 *
 * @typedef {{name: string, kind: string, urls: import("../engine/fetch.js").Urls}} Space
 */
import { loadCodes, loadNetwork, paintTestImage } from "../engine/fetch.js";
import { Background } from "../engine/background.js";
import { complain, h, paintGrey, pen } from "../draw/dom.js";
import { fit, lerp, NearestInPlane, pan, toLatent, toScreen, zoom } from "../engine/geometry.js";
import { listen } from "../draw/gestures.js";
import { Latest } from "../engine/latest.js";
import { PIXELS } from "../engine/network.js";
import { drawPath, drawPrior, prepareOverlay, ring } from "../draw/overlay.js";
import { boxOf, dimensionPlane, place, principalPlane } from "../engine/projections.js";
import { dotColors, drawPoints } from "../draw/dots.js";
import { RemoteBackground } from "../engine/remote.js";

export const STEPS = 17; // images in a strip
const TOUCH = 12; // CSS pixels around a dot in which its image is shown

export class Pane {
  /** @param {import("./pair.js").Pair} pair @param {Space} space */
  constructor(pair, space) {
    this.pair = pair;
    this.space = space;
    this.latest = new Latest();
    /** @type {import("../draw/dots.js").Codes | null} */ this.codes = null;
    /** @type {import("./field.js").Field | null} */ this.field = null;
    this.view = this.home = { cx: 0, cy: 0, scale: 1, width: 1, height: 1 };
    this.hovered = -1;
    this.frame = 0;
    this.stripStale = false;
    /** @type {0 | 1} the end that is held */ this.held = 0;
    const layer = () => h("canvas", { class: "layer" });
    this.layers = { field: layer(), dots: layer(), overlay: layer() };
    this.thumbnail = h("canvas", { width: 28, height: 28 });
    this.caption = h("div");
    this.card = h("div", { class: "card", hidden: true }, this.thumbnail, this.caption);
    this.stage = h(
      "div",
      { class: "stage", tabIndex: 0, role: "application" },
      ...Object.values(this.layers),
      this.card,
    );
    this.stage.setAttribute("aria-label", `Latent plane of ${space.name}: drag A or B; arrow keys choose other images`);
    this.message = h("p", { class: "message", hidden: true, role: "status" });
    this.element = h(
      "section",
      {},
      h("h4", {}, space.kind, h("small", { textContent: space.name })),
      this.stage,
      this.message,
    );
    this.canvas = h("canvas", { width: STEPS * 30 - 2, height: 28, role: "img" });
    this.canvas.setAttribute("aria-label", `What ${space.name} decodes on the straight way from A to B`);
    /** @type {import("../engine/background.js").Receive} */
    const receive = (_, start, pixels, done) => this.receive(start, pixels, done);
    const { remote } = space.urls; // of a model that only the server can run
    this.background = remote
      ? new RemoteBackground(remote, receive, (trouble) => this.say(trouble))
      : new Background(receive);
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
      zoom: (at, factor) => this.look(zoom(this.view, at.x, at.y, factor)),
      settled: () => pair.askForFields(),
    });
    this.stage.onkeydown = (/** @type {KeyboardEvent} */ event) => this.key(event);
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.stage);
    this.load();
  }

  stop() {
    this.latest.stop();
    cancelAnimationFrame(this.frame);
    this.resizing.disconnect();
    this.background.stop();
  }

  load() {
    const { urls, name } = this.space;
    this.latest.ask(
      () => Promise.all([loadCodes(urls), loadNetwork(urls)]),
      ([codes, loaded]) => {
        if (loaded && this.background instanceof Background) this.background.use(loaded.bytes);
        this.codes = codes;
        this.plane = codes.dim > 2 ? principalPlane(codes) : dimensionPlane(codes, 0, 1);
        this.nearest = new NearestInPlane(this.plane.xs, this.plane.ys);
        this.message.hidden = true;
        this.resize();
        this.pair.arrived();
      },
      (error) => {
        complain(this.message, `${name} could not be loaded. ${error.message}`, () => this.load());
        this.message.hidden = false;
      },
    );
  }

  /** @param {string} text */
  say(text) {
    this.message.textContent = text;
    this.message.hidden = !text;
  }

  resize() {
    const width = this.stage.clientWidth,
      height = this.stage.clientHeight;
    if (!this.plane || !width || !height) return;
    this.ratio = Math.min(2, devicePixelRatio || 1);
    for (const layer of Object.values(this.layers)) {
      layer.width = Math.round(width * this.ratio);
      layer.height = Math.round(height * this.ratio);
    }
    prepareOverlay(pen(this.layers.overlay));
    const box = boxOf(this.plane);
    this.home = this.view = fit(box, width, height);
    this.redraw(true);
    this.pair.askForFields();
  }

  /** @param {import("../engine/geometry.js").View} view */
  look(view) {
    if (view.scale < this.home.scale / 4 || view.scale > this.home.scale * 200) return;
    this.view = view;
    this.redraw(true);
  }

  lookHome() {
    this.look(this.home);
    this.pair.askForFields();
  }

  /** The codes of A and B. @returns {[number[], number[]] | null} */
  get ends() {
    const { codes } = this;
    if (!codes) return null;
    const [a, b] = this.pair.indices.map((i) => Array.from(codes.mean.subarray(i * codes.dim, (i + 1) * codes.dim)));
    return [a, b];
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

  /** @param {import("../draw/gestures.js").At} at @returns {number} the dot nearest to it, however far */
  dotNear(at) {
    const [x, y] = toLatent(this.view, at.x, at.y);
    for (let radius = TOUCH; radius < 1e4; radius *= 3) {
      const found = this.nearest?.find(x, y, radius / this.view.scale) ?? -1;
      if (found >= 0) return found;
    }
    return -1;
  }

  /** The end that is nearer is held. @param {import("../draw/gestures.js").At} at */
  take(at) {
    const { plane, codes, ends } = this;
    if (!plane || !codes || !ends) return;
    const far = ends.map((end) => {
      const [x, y] = toScreen(this.view, ...place(plane, end, codes));
      return Math.hypot(x - at.x, y - at.y);
    });
    this.held = far[1] < far[0] ? 1 : 0;
    this.drag(at);
  }

  /** @param {import("../draw/gestures.js").At} at */
  drag(at) {
    const dot = this.dotNear(at);
    if (dot >= 0) this.pair.choose(this.held, dot);
  }

  /** Arrow keys move A, with Shift B, to the nearest image in that direction. @param {KeyboardEvent} event */
  key(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!step || !this.plane) return;
    event.preventDefault();
    const { xs, ys } = this.plane,
      which = event.shiftKey ? 1 : 0,
      from = this.pair.indices[which];
    let best = -1,
      least = Infinity;
    for (let i = 0; i < xs.length; i++) {
      const dx = xs[i] - xs[from],
        dy = ys[i] - ys[from],
        along = dx * step[0] + dy * step[1];
      const cost = along > 8 / this.view.scale ? along + 2 * Math.abs(dx * step[1] - dy * step[0]) : Infinity;
      if (cost < least) {
        least = cost;
        best = i;
      }
    }
    if (best < 0) return;
    this.pair.choose(which, best);
    this.pair.settle();
  }

  /** @param {import("../draw/gestures.js").At | null} at */
  hover(at) {
    const { plane, codes } = this;
    this.hovered = -1;
    if (at && plane && codes) {
      this.hovered = this.nearest?.find(...toLatent(this.view, at.x, at.y), TOUCH / this.view.scale) ?? -1;
      this.card.style.transform = `translate(${Math.min(at.x + 14, this.view.width - 150)}px, ${Math.max(0, at.y - 76)}px)`;
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
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = 0;
    const { plane, codes, view, ends, layers, ratio, pair } = this,
      { theme } = pair;
    if (!plane || !codes || !ends || !ratio || !theme) return;
    if (this.dotsStale) {
      this.dotsStale = false;
      const colors = this.field ? plain(codes.count, theme.ink) : dotColors(codes, "class", pair.colors, new Set());
      drawPoints(pen(layers.dots), view, plane.xs, plane.ys, colors, ratio);
      if (this.field) this.field.draw(pen(layers.field), view, ratio, theme.text);
      else pen(layers.field).clearRect(0, 0, layers.field.width, layers.field.height);
    }
    const g = pen(layers.overlay);
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, view.width, view.height);
    if (plane.circles) drawPrior(g, view, theme);
    drawPath(g, view, { plane, codes, ends }, theme);
    if (this.hovered >= 0)
      ring(g, toScreen(view, plane.xs[this.hovered], plane.ys[this.hovered]), 4.5, 1.6, theme.text);
  }

  /** Decode the way anew. */
  drawStrip() {
    const { codes, ends } = this;
    if (!codes || !ends) return;
    this.stripStale = this.background.isBusy("strips"); // finished first: what is never finished is never seen
    if (this.stripStale) return;
    const zs = Array.from({ length: STEPS }, (_, k) => lerp(ends[0], ends[1], k / (STEPS - 1)));
    this.background.request("strips", Float32Array.from(zs.flat()), codes.dim);
  }

  /** @param {number} start @param {Uint8Array} pixels @param {boolean} done */
  receive(start, pixels, done) {
    for (let i = 0; i * PIXELS < pixels.length; i++)
      paintGrey(pen(this.canvas), pixels.subarray(i * PIXELS, (i + 1) * PIXELS), 255, (start + i) * 30, 0);
    if (done && this.stripStale) this.drawStrip();
  }
}

/** Dots of one colour: on a field, their own would be read as its values. @param {number} count @param {number[]} ink RGB */
function plain(count, ink) {
  const colors = new Uint8ClampedArray(4 * count);
  for (let i = 0; i < count; i++) colors.set([...ink, 70], 4 * i);
  return colors;
}
