// @ts-check
/**
 * The beta dial: one slider over the models of a sweep. Moving it changes the plane of codes, the decoded prior samples
 * and the marks on the curves. Everything is decoded in the browser; beta is reported when the slider is released.
 *
 * @typedef {import("../engine/codes.js").Classes & {url: string}} Given
 * @typedef {import("../interact/links.js").Texts} Texts  what a link holds: beta, and the point that is decoded
 * @typedef {{xs: Float32Array, ys: Float32Array, view: import("../engine/geometry.js").View}} Dots
 */
import { Latest, fetchOnce } from "../engine/fetch.js";
import { fitCanvas, onResize, pen, pixelRatio } from "../draw/canvas.js";
import { complain, h, legend, prefersStill } from "../draw/dom.js";
import { drawPoints } from "../draw/dots.js";
import { number } from "../draw/numbers.js";
import { drawOverlay, prepareOverlay } from "../draw/overlay.js";
import { formatLinks, parseLinks } from "../interact/links.js";
import { paintGrey } from "../draw/sprite.js";
import { readTheme } from "../draw/theme.js";
import { dotColors } from "../engine/codes.js";
import { ease, fit } from "../engine/geometry.js";
import { decode } from "../engine/network.js";
import { boxOf } from "../engine/projections.js";
import { againstBeta, awayFromPrior, betaText, rateDistortion } from "./charts.js";
import { build } from "./elements.js";
import { remark, turnedBack, unpackSweep } from "./sweep.js";

const GLIDE = 260; // ms in which the dots move to where another model puts them

export class BetaDial {
  /** @param {HTMLElement} root @param {import("../interact/address.js").Address} address */
  constructor(root, address) {
    this.root = root;
    this.address = address;
    /** @type {(texts: Texts) => void} */ this.report = () => {};
    /** @type {Texts} where to open */ this.texts = {};
    /** @type {Given | null} what is shown or on its way */ this.given = null;
    this.latest = new Latest();
    /** @type {import("./sweep.js").Sweep | null} */ this.sweep = null;
    this.index = 0;
    /** Where x' is decoded, in turned coordinates. @type {[number, number]} */ this.at = [0, 0];
    this.frame = 0;
    /** @type {Dots | null} where the dots are now */ this.shown = null;
    /** @type {Dots & {since: number} | null} where they move from, and since when, ms */ this.from = null;
    this.ui = build(root, this);
    this.endResizing = onResize(this.ui.stage, () => this.redraw());
  }

  stop() {
    this.latest.stop();
    this.ui.loading.end(false);
    cancelAnimationFrame(this.frame);
    this.endResizing();
  }

  /** @param {Given} given @param {Texts} texts  where to open; used when the sweep is another */
  update(given, texts) {
    if (this.given?.url === given.url) return this.redraw(); // the theme may be another
    this.given = given;
    this.ui.loading.begin("the models", [given.url]);
    this.texts = texts;
    this.latest.ask(
      () => fetchOnce(given.url, unpackSweep),
      (sweep) => this.open(given, sweep),
      (error) => {
        this.given = null;
        this.ui.loading.end(false);
        complain(this.ui.message, `The models could not be loaded. ${error.message}`, () =>
          this.update(given, this.texts),
        );
      },
    );
  }

  /** @param {Given} given @param {import("./sweep.js").Sweep} sweep */
  open(given, sweep) {
    this.sweep = sweep;
    this.dots = dotColors(
      {
        ...sweep,
        count: sweep.labels.length,
        mean: sweep.points[0].plane.xs,
        logvar: null,
        error: sweep.points[0].plane.xs,
        kl: null,
      },
      "class",
      given.colors,
      new Set(),
    );
    this.ui.message.textContent = "";
    this.ui.loading.end(true);
    this.from = this.shown = null;
    this.furnish(given, sweep);
    this.shownUrl = given.url;
    this.openLink();
  }

  /** The address is another, of the same sweep. @param {Texts} texts */
  follow(texts) {
    this.texts = texts;
    if (this.given && this.shownUrl === this.given.url) this.openLink();
  }

  /** Shows what the link holds. */
  openLink() {
    const { values, wrong } = parseLinks(this.address.keys, this.texts, 0);
    this.at = values.at;
    this.choose(Math.max(0, this.sweep?.points.findIndex(({ beta }) => beta === values.beta) ?? 0));
    this.ui.message.textContent = wrong;
  }

  /** A gesture is over. */
  tell() {
    const beta = this.sweep?.points[this.index].beta;
    this.report(formatLinks(this.address.keys, { beta, at: this.at }));
  }

  /** Slider, legend and curves of a sweep. @param {Given} given @param {import("./sweep.js").Sweep} sweep */
  furnish(given, { points, dim }) {
    const { ui } = this,
      choose = (/** @type {number} */ index) => this.choose(index);
    ui.slider.max = String(points.length - 1);
    ui.stops.replaceChildren(
      ...points.map(({ beta }, k) =>
        h(
          "button",
          { type: "button", tabIndex: -1, onclick: () => choose(k), "aria-label": `β = ${betaText(beta)}` },
          betaText(beta),
        ),
      ),
    );
    ui.legend.replaceChildren(...legend(given));
    ui.axis.textContent = dim > 2 ? `two of ${dim} dimensions, turned to vary most` : "both dimensions, turned alike";
    this.curves = [
      rateDistortion(points, choose),
      againstBeta(points, "Dimensions in use", "active units", (point) => point.active_units, choose, {
        most: 2,
        digits: 0,
      }),
      againstBeta(
        points,
        "R + D = −ELBO: what β = 1 asks to be least",
        "nats per image",
        (point) => -point.elbo,
        choose,
      ),
      ...(points.every((point) => point.total_variation) ? [awayFromPrior(points, choose)] : []),
    ];
    ui.curves.replaceChildren(...this.curves.map(({ figure }) => figure));
  }

  /** Another model. @param {number} index @param {boolean} [tell]  report it */
  choose(index, tell = true) {
    if (!this.sweep) return;
    this.from = this.shown ? { ...this.shown, since: performance.now() } : null;
    this.index = index;
    const point = this.sweep.points[index],
      { ui } = this,
      text = betaText(point.beta);
    ui.slider.value = String(index);
    ui.slider.setAttribute("aria-valuetext", `β = ${text}`);
    ui.beta.textContent = text;
    [...ui.stops.children].forEach((stop, k) => stop.classList.toggle("chosen", k === index));
    ui.facts.replaceChildren(
      ...[
        ["rate R, nats", number(point.rate, 1)],
        ["distortion D", number(point.distortion, 1)],
        ["ELBO = −(R + D)", number(point.elbo, 1)],
        ["active dimensions", `${point.active_units} of ${this.sweep.dim}`],
        ...(point.total_variation ? [["codes to prior, TV ≥", number(point.total_variation[0], 2)]] : []),
      ].map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
    );
    ui.remark.textContent = remark(point, this.sweep.dim);
    for (const curve of this.curves ?? []) curve.show(index);
    this.decodeAll(point);
    this.redraw();
    if (tell) this.tell();
  }

  /** @param {import("./sweep.js").Point} point */
  decodeAll(point) {
    const { samples } = this.ui,
      side = Math.ceil(Math.sqrt(this.sweep?.noise.length ?? 0));
    samples.width = samples.height = 28 * side;
    this.sweep?.noise.forEach((noise, k) =>
      paintGrey(
        pen(samples),
        decode(point.network, turnedBack(point, noise)),
        1,
        28 * (k % side),
        28 * Math.floor(k / side),
      ),
    );
    this.decodeOne();
  }

  decodeOne() {
    if (!this.sweep) return;
    const point = this.sweep.points[this.index];
    paintGrey(pen(this.ui.decoded), decode(point.network, turnedBack(point, this.at)), 1);
    this.ui.place.textContent = `x′ at (${this.at.map((value) => number(value)).join(", ")})`;
  }

  /** @param {number} x @param {number} y  turned coordinates */
  moveTo(x, y) {
    this.at = [x, y];
    this.decodeOne();
    this.redraw();
  }

  redraw() {
    this.frame ||= requestAnimationFrame((now) => {
      this.frame = 0;
      if (this.sweep && this.ui.stage.clientWidth) this.draw(this.sweep, now);
    });
  }

  /** @param {import("./sweep.js").Sweep} sweep @param {number} now ms */
  draw({ points }, now) {
    const { stage, dots, overlay } = this.ui,
      plane = points[this.index].plane;
    const width = stage.clientWidth,
      height = stage.clientHeight,
      ratio = pixelRatio();
    fitCanvas(dots, width, height);
    if (fitCanvas(overlay, width, height)) prepareOverlay(pen(overlay));
    let view = fit(boxOf(plane), width, height),
      { xs, ys } = plane;
    const share = this.from && !prefersStill() ? Math.min(1, (now - this.from.since) / GLIDE) : 1;
    if (this.from && share < 1) {
      const t = ease(share),
        { from } = this;
      const between = (/** @type {Float32Array} */ a, /** @type {Float32Array} */ b) =>
        a.map((value, i) => value + (b[i] - value) * t);
      [xs, ys] = [between(from.xs, xs), between(from.ys, ys)];
      const mixed = (/** @type {"cx" | "cy" | "scale"} */ key) => from.view[key] + (view[key] - from.view[key]) * t;
      view = { ...view, cx: mixed("cx"), cy: mixed("cy"), scale: mixed("scale") };
      this.redraw();
    } else this.from = null;
    this.shown = { xs, ys, view };
    const theme = readTheme(this.root, this.ui.card);
    drawPoints(pen(dots), view, xs, ys, /** @type {Uint8ClampedArray} */ (this.dots), ratio);
    const codes = /** @type {any} */ ({ dim: 2, logvar: null });
    const seen = { ...plane, u: [1, 0], v: [0, 1], centre: [0, 0] }; // z is given in the plane's own coordinates
    drawOverlay(
      pen(overlay),
      view,
      { plane: seen, codes, z: this.at, ends: null, hovered: -1, picked: -1, lasso: [] },
      theme,
      ratio,
    );
  }
}
