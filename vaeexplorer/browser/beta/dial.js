// @ts-check
/**
 * The beta dial: one slider over the models of a sweep. Moving it changes the plane of codes, the decoded prior samples
 * and the marks on the curves. Everything is decoded in the browser; beta is reported when the slider is released.
 *
 * @typedef {import("../engine/codes.js").Classes & {url: string, sprite?: string}} Given
 * @typedef {import("../interact/links.js").Texts} Texts
 *   what a link holds: beta, the point or the sample that is decoded, and the classes that are hidden
 */
import { Latest, fetchOnce } from "../engine/fetch.js";
import { onResize, pen } from "../draw/canvas.js";
import { complain, h } from "../draw/dom.js";
import { ImageSize } from "../interact/image_size.js";
import { Sheet } from "../interact/sheet.js";
import { filterLegend } from "../interact/legend.js";
import { number } from "../draw/numbers.js";
import { formatLinks, parseLinks } from "../interact/links.js";
import { paintImage } from "../draw/sprite.js";
import { dotColors } from "../engine/codes.js";
import { SIDE, decode } from "../engine/network.js";
import { cascade } from "./cascade.js";
import { againstBeta, awayFromPrior, betaText, elboOverBeta, rateDistortion } from "./charts.js";
import { build } from "./elements.js";
import { PlaneOfCodes, REACH } from "./plane.js";
import { beyond, outside, remark, turnedBack, unpackSweep } from "./sweep.js";

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
    /** Where x' is decoded, in turned coordinates; the others are 0. @type {[number, number]} */ this.at = [0, 0];
    this.sample = -1; // the one that is decoded in its place
    this.hovered = -1; // the sample under the pointer
    /** @type {Set<number>} classes */ this.hidden = new Set();
    this.frame = 0;
    this.images = new ImageSize(
      () => this.showImages(),
      () => this.tell(),
    );
    this.ui = build(root, this);
    this.sheet = new Sheet(this.ui.message, () => this.redraw());
    this.plane = new PlaneOfCodes(root, this.ui, this.images, this.sheet);
    this.endResizing = onResize(this.ui.stage, () => this.redraw());
  }

  stop() {
    this.latest.stop();
    this.ui.loading.end(false);
    this.sheet.stop();
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
    this.ui.message.textContent = "";
    this.ui.loading.end(true);
    this.plane.leave(false);
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
    const { values, wrong } = parseLinks(this.address.keys, this.texts, 0, (name, value) => {
      if (name === "hidden") return Math.max(-1, ...value) < (this.given?.classes.length ?? 0);
      return name !== "sample" || value[0] < (this.sweep?.noise.length ?? 0);
    });
    this.at = values.at;
    this.sample = values.sample?.[0] ?? -1;
    this.hidden.clear();
    for (const label of values.hidden) this.hidden.add(label);
    this.showHidden?.();
    this.color();
    this.images.px = values.images;
    this.showImages();
    this.choose(Math.max(0, this.sweep?.points.findIndex(({ beta }) => beta === values.beta) ?? 0));
    this.ui.message.textContent = wrong;
  }

  /** A gesture is over. */
  tell() {
    const beta = this.sweep?.points[this.index].beta;
    const point = this.sample < 0 ? { at: this.at } : { sample: [this.sample] };
    const hidden = [...this.hidden].sort((a, b) => a - b),
      images = this.images.px;
    // where models on their way open too
    this.texts = formatLinks(this.address.keys, { beta, hidden, images, ...point });
    this.report(this.texts);
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
    this.showHidden = filterLegend(ui.legend, given, this.hidden, () => {
      this.color();
      this.tell();
    });
    ui.stage.title = dim > 2 ? `Two of ${dim} dimensions, rotated to vary most` : "Rotated to match the other β values";
    const main = [rateDistortion(points, choose), elboOverBeta(points, choose)];
    const rest = [
      againstBeta(points, "Dimensions in use", "active units", (point) => point.active_units, choose, {
        most: 2,
        digits: 0,
      }),
      ...(points.every((point) => point.total_variation) ? [awayFromPrior(points, choose)] : []),
      cascade(points, "KL of each dimension", "nats", ({ kl }) => kl, choose),
      ...(points.every((point) => point.effects)
        ? [cascade(points, "Effect of each dimension on x′", "squared error", ({ effects }) => effects ?? [], choose)]
        : []),
    ];
    this.curves = [...main, ...rest];
    ui.curves.replaceChildren(...main.map(({ figure }) => figure));
    ui.more.replaceChildren(...rest.map(({ figure }) => figure));
  }

  /** Images in place of dots; their sheet is fetched once they are asked for. */
  showImages() {
    if (this.images.px && this.given?.sprite) this.sheet.load(this.given.sprite);
    this.redraw();
  }

  /** Which dots are seen. */
  color() {
    const { sweep, given } = this;
    if (!sweep || !given) return;
    const { labels } = sweep;
    this.dots = dotColors({ count: labels.length, labels }, "class", given.colors, this.hidden);
    this.redraw();
  }

  /** Another model. @param {number} index @param {boolean} [tell]  report it */
  choose(index, tell = true) {
    if (!this.sweep) return;
    this.plane.leave(true);
    this.index = index;
    const point = this.sweep.points[index],
      { ui } = this,
      text = betaText(point.beta);
    ui.slider.value = String(index);
    ui.slider.setAttribute("aria-valuetext", `β = ${text}`);
    ui.beta.textContent = text;
    [...ui.stops.children].forEach((stop, k) => stop.classList.toggle("chosen", k === index));
    const figures = [point.rate, point.distortion, point.elbo];
    figures.forEach((figure, k) => (ui.figures[k].textContent = number(figure, 1)));
    ui.facts.replaceChildren(
      ...[
        ["active dimensions", `${point.active_units} of ${this.sweep.dim}`],
        ...(point.total_variation ? [["codes against prior, TV ≥", number(point.total_variation[0], 2)]] : []),
      ].map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
    );
    ui.share.textContent = `${number(100 * outside(point.plane, 3), 1)} %`;
    const unseen = beyond(point.plane, REACH);
    ui.unseen.hidden = !unseen;
    ui.unseen.textContent = `${number(100 * unseen, 1)} % lie outside this view`;
    ui.remark.textContent = remark(point);
    for (const curve of this.curves ?? []) curve.show(index);
    this.decodeAll(point);
    this.redraw();
    if (tell) this.tell();
  }

  /** @param {import("./sweep.js").Point} point */
  decodeAll(point) {
    const { samples } = this.ui,
      side = this.samplesAcross;
    samples.width = samples.height = SIDE * side;
    this.sweep?.noise.forEach((noise, k) =>
      paintImage(
        pen(samples),
        decode(point.network, turnedBack(point, noise)),
        1,
        SIDE * (k % side),
        SIDE * Math.floor(k / side),
      ),
    );
    this.decodeOne();
  }

  /** Samples in a row, and rows of them. */
  get samplesAcross() {
    return Math.ceil(Math.sqrt(this.sweep?.noise.length ?? 0));
  }

  /** The point that is decoded, in turned coordinates: two of them, or all of a sample. @returns {number[]} */
  get z() {
    return this.sweep?.noise[this.sample] ?? this.at;
  }

  decodeOne() {
    if (!this.sweep) return;
    const { ui, sample, hovered, samplesAcross } = this,
      point = this.sweep.points[this.index];
    paintImage(pen(ui.decoded), decode(point.network, turnedBack(point, this.z)), 1);
    const [x, y] = this.z.map((value) => number(value));
    ui.place.textContent = `z = (${x}, ${y}${this.z.length > 2 ? ", …" : ""})`;
    for (const [mark, k] of /** @type {[HTMLElement, number][]} */ ([
      [ui.chosen, sample],
      [ui.pointed, hovered],
    ])) {
      mark.hidden = k < 0;
      mark.style.cssText =
        `--size: ${100 / samplesAcross}%; left: ${(100 * (k % samplesAcross)) / samplesAcross}%; ` +
        `top: ${(100 * Math.floor(k / samplesAcross)) / samplesAcross}%`;
    }
  }

  /** @param {number} x @param {number} y  turned coordinates */
  moveTo(x, y) {
    this.at = [x, y];
    this.sample = -1;
    this.decodeOne();
    this.redraw();
  }

  /** Decodes a sample, whose z the plane shows. @param {number} k */
  chooseSample(k) {
    const noise = this.sweep?.noise[k];
    if (!noise) return;
    this.at = [noise[0], noise[1]];
    this.sample = k;
    this.decodeOne();
    this.redraw();
    this.tell();
  }

  /** @param {number} k  the sample under the pointer, or -1 */
  pointAt(k) {
    if (k === this.hovered) return;
    this.hovered = this.sweep?.noise[k] ? k : -1;
    this.decodeOne();
    this.redraw();
  }

  redraw() {
    this.frame ||= requestAnimationFrame((now) => {
      this.frame = 0;
      const { sweep, dots, plane, z, hovered } = this;
      if (!sweep || !dots || !this.ui.stage.clientWidth) return;
      if (plane.draw(sweep.points[this.index], dots, z, sweep.noise[hovered], now)) this.redraw();
    });
  }
}
