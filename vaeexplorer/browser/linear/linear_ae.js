// @ts-check
/**
 * PCA on the left, an autoencoder being trained on the right: a film of about forty recorded steps, to play, step and
 * scrub. The step at which the visitor stops is reported, and how the axes are taken.
 *
 * @typedef {import("../engine/codes.js").Classes & {film: string, sprite: string}} Told  addresses of film and sprite
 * @typedef {import("../interact/links.js").Texts} Texts
 *   what a link holds: where to stop, else the film is played; the axes
 */
import { Latest, fetchOnce } from "../engine/fetch.js";
import { fitCanvas, onResize, pen, pixelRatio } from "../draw/canvas.js";
import { drawChart } from "../charts/chart.js";
import { complain, legend, positionIn, prefersStill } from "../draw/dom.js";
import { drawPoints } from "../draw/dots.js";
import { number } from "../draw/numbers.js";
import { ring } from "../draw/overlay.js";
import { Thumbnails, paintImage, paintTestImage } from "../draw/sprite.js";
import { readTheme } from "../draw/theme.js";
import { ImageSize } from "../interact/image_size.js";
import { Sheet } from "../interact/sheet.js";
import { formatLinks, parseLinks } from "../interact/links.js";
import { dotColors } from "../engine/codes.js";
import { NearestInPlane, fit, toLatent, toScreen } from "../engine/geometry.js";
import { imageAt } from "../engine/format.js";
import { anglesChart, degrees, drawCorrelation, excessChart, spectrumChart, spread, words } from "./charts.js";
import { WAYS, build, fillImages } from "./elements.js";
import { coordinate, nearestFrame, unpackFilm } from "./film.js";

const SECONDS = 6; // a whole film
const TOUCH = 14; // CSS pixels from a point that still touch it

export class LinearAE {
  /** @param {HTMLElement} root @param {import("../interact/address.js").Address} address */
  constructor(root, address) {
    this.root = root;
    this.address = address;
    /** @type {(texts: Texts) => void} */ this.report = () => {};
    /** @type {Texts} where to open */ this.texts = {};
    this.url = ""; // of the film that is shown or on its way
    this.latest = new Latest();
    /** @type {import("./film.js").Film | null} */ this.film = null;
    this.frame = 0;
    this.way = 0;
    this.near = -1; // the point under the pointer
    this.playing = 0;
    this.drawing = 0;
    this.images = new ImageSize(
      () => this.redraw(),
      () => this.tell(this.frame),
    );
    this.ui = build(root, this);
    this.sheet = new Sheet(this.ui.message, () => this.redraw());
    this.endResizing = onResize(root, () => this.redraw());
  }

  stop() {
    this.latest.stop();
    this.sheet.stop();
    this.ui.loading.end(false);
    cancelAnimationFrame(this.playing);
    cancelAnimationFrame(this.drawing);
    this.endResizing();
    this.root.remove();
  }

  /** @param {Told} told @param {Texts} texts  where to open; used when the film is another */
  update(told, texts) {
    if (told.film === this.url) return this.redraw(); // the theme may be another
    this.url = told.film;
    this.ui.loading.begin("the training", [told.film]);
    this.texts = texts;
    this.latest.ask(
      () => fetchOnce(told.film, unpackFilm),
      (film) => this.open(told, film),
      (error) => {
        this.url = "";
        this.ui.loading.end(false);
        complain(this.ui.message, `The training could not be opened. ${error.message}`, () =>
          this.update(told, this.texts),
        );
      },
    );
  }

  /** @param {Told} told @param {import("./film.js").Film} film */
  open(told, film) {
    this.film = film;
    this.shownUrl = told.film;
    this.classes = told.classes;
    this.colors = dotColors(
      /** @type {any} */ ({ count: film.points, labels: film.labels }),
      "class",
      told.colors,
      new Set(),
    );
    this.ui.message.textContent = "";
    this.ui.loading.end(true);
    this.ui.scrub.max = String(film.steps.length - 1);
    this.root.dataset.k = String(film.k);
    fillImages(this.ui, film);
    this.ui.legend.replaceChildren(...legend(told), this.images.element);
    this.openLink();
    this.sheet.load(told.sprite);
  }

  /** The address is another, of the same film. @param {Texts} texts */
  follow(texts) {
    this.texts = texts;
    if (this.shownUrl === this.url) this.openLink();
  }

  /** Shows what the link holds. */
  openLink() {
    const { film } = this;
    if (!film) return;
    const { values, wrong } = parseLinks(this.address.keys, this.texts, 0);
    this.chooseWay(WAYS.indexOf(values.way), false);
    this.images.px = values.images;
    this.pause();
    const last = film.steps.length - 1;
    if (values.step === null && !prefersStill()) this.play(0);
    else {
      this.show(values.step === null ? last : nearestFrame(film.steps, values.step));
      this.tell(this.frame);
    }
    this.ui.message.textContent = wrong;
  }

  /** How the axes are taken. @param {number} way @param {boolean} [tells] */
  chooseWay(way, tells = true) {
    this.way = way;
    this.ui.showWay(way);
    this.redraw();
    if (tells) this.tell(this.playing ? Infinity : this.frame);
  }

  /** @param {number} frame  at which the film is stopped; the last one is where it stops by itself */
  tell(frame) {
    if (this.shownUrl !== this.url) return; // the step is another training's
    const step = this.film?.steps.slice(0, -1)[frame] ?? null;
    this.report(formatLinks(this.address.keys, { step, way: WAYS[this.way], images: this.images.px }));
  }

  /** @param {number} [from] */
  play(from = this.film && this.frame >= this.film.steps.length - 1 ? 0 : this.frame) {
    this.pause();
    if (!this.film) return;
    const last = this.film.steps.length - 1,
      began = performance.now() - (from / last) * 1000 * SECONDS;
    const run = (/** @type {number} */ now) => {
      const frame = Math.min(last, Math.max(0, Math.floor(((now - began) / 1000 / SECONDS) * last)));
      if (frame !== this.frame) this.show(frame);
      this.playing = frame < last ? requestAnimationFrame(run) : 0;
      if (!this.playing) this.show(last);
    };
    this.show(from);
    this.tell(last);
    this.playing = requestAnimationFrame(run);
    this.ui.play.textContent = "Pause";
  }

  pause() {
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    this.ui.play.textContent = "Play";
  }

  /** Stops at a frame that the visitor chose, and reports its step. @param {number} frame */
  go(frame) {
    if (!this.film) return;
    this.pause();
    this.show(Math.min(this.film.steps.length - 1, Math.max(0, frame)));
    this.tell(this.frame);
  }

  /** @param {number} frame */
  show(frame) {
    this.frame = frame;
    this.redraw();
  }

  redraw() {
    this.drawing ||= requestAnimationFrame(() => {
      this.drawing = 0;
      if (this.film) this.draw(this.film);
    });
  }

  /** @param {import("./film.js").Film} film */
  draw(film) {
    const { ui, frame } = this,
      { shown, axes, steps } = film;
    if (!this.playing) ui.play.textContent = "Play";
    ui.scrub.value = String(frame);
    const excess = film.error[frame] / film.optimum - 1,
      angle = film.angles[frame].at(-1) ?? 0;
    const [now, last] = [steps[frame], steps[steps.length - 1]].map((step) => step.toLocaleString("en"));
    ui.step.textContent = `step ${now} of ${last}`;
    ui.error.textContent = number(film.error[frame], 4);
    const above = words(excess);
    ui.errorLabel.textContent = film.predicted === null ? above : `predicted ${number(film.predicted, 4)}`;
    ui.errorLabel.title = `|x − x′|², ${above}`;
    ui.angle.textContent = degrees(angle);
    for (let at = 0; at < shown; at++) {
      const learned = imageAt(film.reconstructions, frame * shown + at),
        best = imageAt(film.best, at);
      paintImage(pen(ui.learned[at]), learned, 255);
      paintImage(
        pen(ui.difference[at]),
        learned.map((value, p) => Math.min(255, 2 * Math.abs(value - best[p]))),
        255,
      );
    }
    for (let at = 0; at < axes; at++) {
      paintImage(pen(ui.axes[at].canvas), imageAt(film.learned, (frame * 3 + this.way) * axes + at), 255);
      ui.axes[at].text.textContent = number(film.cosines[frame][this.way][at]);
    }
    const { accent } = readTheme(this.root);
    drawChart(ui.excess, (this.excessChart = excessChart(film, frame, accent)));
    drawChart(ui.angles, (this.anglesChart = anglesChart(film, frame, accent)));
    drawChart(ui.spectrum, spectrumChart(film, accent));
    drawCorrelation(ui.correlation, film, frame);
    const home = [film.scores, 0, spread(film.scores, film.points, 0)];
    this.scatter(ui.scatters[0], film.scores, 0, /** @type {number} */ (home[2]));
    this.scatter(ui.scatters[1], film.codes, frame, spread(film.codes, film.points, frame));
    this.scatter(ui.scatters[2], film.rotated, frame, /** @type {number} */ (home[2]));
    this.drawNear(film);
  }

  /** @param {HTMLCanvasElement} canvas @param {Float32Array} pairs @param {number} frame @param {number} reach */
  scatter(canvas, pairs, frame, reach) {
    const film = /** @type {import("./film.js").Film} */ (this.film),
      size = canvas.clientWidth,
      ratio = pixelRatio();
    if (!size) return;
    fitCanvas(canvas, size, size);
    const xs = coordinate(pairs, film.points, frame, 0),
      ys = coordinate(pairs, film.points, frame, 1),
      g = pen(canvas);
    const view = fit({ low: [-reach, -reach], high: [reach, reach] }, size, size);
    const thumbnails = views.get(canvas)?.thumbnails ?? new Thumbnails(),
      colors = /** @type {Uint8ClampedArray} */ (this.colors);
    if (!thumbnails.draw(g, view, { xs, ys }, colors, this.sheet.image, this.images.px, ratio))
      drawPoints(g, view, xs, ys, colors, ratio);
    views.set(canvas, { view, xs, ys, thumbnails });
    if (this.near < 0) return;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    ring(g, toScreen(view, xs[this.near], ys[this.near]), 7, 2.5, readTheme(this.root).accent);
    g.setTransform(1, 0, 0, 1, 0, 0);
  }

  /** @param {HTMLCanvasElement} canvas @param {PointerEvent} event */
  point(canvas, event) {
    const shown = views.get(canvas),
      at = positionIn(canvas, event);
    if (!shown) return;
    const [x, y] = toLatent(shown.view, at.x, at.y);
    const seen = shown.thumbnails.at(shown.view, at.x, at.y),
      near = seen >= 0 ? seen : new NearestInPlane(shown.xs, shown.ys).find(x, y, TOUCH / shown.view.scale);
    if (near === this.near) return;
    this.near = near;
    this.redraw();
  }

  /** @param {import("./film.js").Film} film */
  drawNear(film) {
    const { ui, near } = this;
    ui.near.hidden = near < 0;
    if (near < 0) return;
    paintTestImage(ui.thumbnail, this.sheet.image, near);
    ui.nearText.textContent = `${this.classes?.[film.labels[near]]} · test #${near}`;
  }
}

/** What each scatter plot shows, for the pointer.
 * @type {WeakMap<object, {view: import("../engine/geometry.js").View, xs: Float32Array, ys: Float32Array,
 *                         thumbnails: Thumbnails}>} */
const views = new WeakMap();
