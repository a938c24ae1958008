// @ts-check
/**
 * PCA on the left, an autoencoder being trained on the right: a film of some forty kept steps, played, stepped and
 * scrubbed here. Only the step at which the visitor stops is reported.
 *
 * @typedef {{film: string, sprite: string, classes: string[], colors: string[], step: number | null}} Told
 */
import { fetchOnce, loadSprite, paintTestImage } from "../engine/fetch.js";
import { drawChart, valueAt } from "../draw/chart.js";
import { complain, h, number, paintGrey, pen } from "../draw/dom.js";
import { coordinate, image, nearestFrame, unpackFilm } from "./film.js";
import { NearestInPlane, fit, toLatent } from "../engine/geometry.js";
import { Latest } from "../engine/latest.js";
import { anglesChart, drawCorrelation, excessChart, spectrumChart, spread, visible, degrees, words } from "./charts.js";
import { dotColors, drawPoints } from "../draw/dots.js";

const SECONDS = 6; // a whole film
const WAYS = ["raw columns", "singular vectors", "QR-recovered"];

export class LinearAE {
  /** @param {HTMLElement} root @param {(step: number | null) => void} report */
  constructor(root, report) {
    this.root = root;
    this.report = report;
    this.url = ""; // of the film that is shown or on its way
    this.latest = new Latest();
    /** @type {import("./film.js").Film | null} */ this.film = null;
    /** @type {ImageBitmap | null} */ this.sprite = null;
    this.frame = 0;
    this.way = 0;
    this.near = -1; // the point under the pointer
    this.playing = 0;
    this.drawing = 0;
    this.ui = build(root, this);
    this.resizing = new ResizeObserver(() => this.redraw());
    this.resizing.observe(root);
  }

  stop() {
    this.latest.stop();
    cancelAnimationFrame(this.playing);
    cancelAnimationFrame(this.drawing);
    this.resizing.disconnect();
    this.root.remove();
  }

  /** @param {Told} told */
  update(told) {
    if (told.film === this.url) return this.redraw(); // the theme may be another
    const first = this.url === "" && !this.film;
    this.url = told.film;
    this.latest.ask(
      () => fetchOnce(told.film, unpackFilm),
      (film) => this.open(told, film, first),
      (error) => {
        this.url = "";
        complain(this.ui.message, `The training could not be opened. ${error.message}`, () => this.update(told));
      },
    );
  }

  /** @param {Told} told @param {import("./film.js").Film} film @param {boolean} first whether none was shown before */
  open(told, film, first) {
    this.film = film;
    this.classes = told.classes;
    this.colors = dotColors(
      /** @type {any} */ ({ count: film.points, labels: film.labels }),
      "class",
      told.colors,
      new Set(),
    );
    this.ui.message.textContent = "";
    this.ui.scrub.max = String(film.steps.length - 1);
    this.root.dataset.k = String(film.k);
    fillImages(this.ui, film);
    fillLegend(this.ui.legend, told);
    if (first && told.step !== null) this.show(nearestFrame(film.steps, told.step));
    else if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.show(film.steps.length - 1);
    else this.play(0);
    if (!first) this.report(null); // the step was another training's
    loadSprite(/** @type {any} */ ({ sprite: told.sprite })).then(
      (sprite) => this.film === film && (this.sprite = sprite),
      () => {},
    );
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
    this.playing = requestAnimationFrame(run);
    this.ui.play.textContent = "Pause";
  }

  pause() {
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    this.ui.play.textContent = "Play";
  }

  /** By hand: stop there, and say so. @param {number} frame */
  go(frame) {
    if (!this.film) return;
    this.pause();
    this.show(Math.min(this.film.steps.length - 1, Math.max(0, frame)));
    this.report(this.frame === this.film.steps.length - 1 ? null : this.film.steps[this.frame]);
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
    ui.said.textContent = `step ${steps[frame].toLocaleString("en")}: error ${number(film.error[frame], 4)}, ${words(excess)}; largest angle ${degrees(angle)}`;
    for (let at = 0; at < shown; at++) {
      const learned = image(film.reconstructions, frame * shown + at),
        best = image(film.best, at);
      paintGrey(pen(ui.learned[at]), learned, 255);
      paintGrey(
        pen(ui.difference[at]),
        learned.map((value, p) => Math.min(255, 2 * Math.abs(value - best[p]))),
        255,
      );
    }
    for (let at = 0; at < axes; at++) {
      paintGrey(pen(ui.axes[at].canvas), image(film.learned, (frame * 3 + this.way) * axes + at), 255);
      ui.axes[at].text.textContent = number(film.cosines[frame][this.way][at]);
    }
    const style = getComputedStyle(this.root),
      accent = style.caretColor;
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
      ratio = devicePixelRatio || 1;
    if (!size) return;
    if (canvas.width !== Math.round(size * ratio)) canvas.width = canvas.height = Math.round(size * ratio);
    const xs = coordinate(pairs, film.points, frame, 0),
      ys = coordinate(pairs, film.points, frame, 1),
      g = pen(canvas);
    const view = fit({ low: [-reach, -reach], high: [reach, reach] }, size, size);
    drawPoints(g, view, xs, ys, /** @type {any} */ (this.colors), ratio);
    views.set(canvas, { view, xs, ys });
    if (this.near < 0) return;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.strokeStyle = getComputedStyle(this.root).caretColor;
    g.lineWidth = 2.5;
    g.beginPath();
    g.arc(
      size / 2 + (xs[this.near] - view.cx) * view.scale,
      size / 2 - (ys[this.near] - view.cy) * view.scale,
      7,
      0,
      2 * Math.PI,
    );
    g.stroke();
    g.setTransform(1, 0, 0, 1, 0, 0);
  }

  /** @param {HTMLCanvasElement} canvas @param {PointerEvent} event */
  point(canvas, event) {
    const found = views.get(canvas),
      box = canvas.getBoundingClientRect();
    if (!found) return;
    const [x, y] = toLatent(found.view, event.clientX - box.left, event.clientY - box.top);
    const near = new NearestInPlane(found.xs, found.ys).find(x, y, 14 / found.view.scale);
    if (near === this.near) return;
    this.near = near;
    this.redraw();
  }

  /** @param {import("./film.js").Film} film */
  drawNear(film) {
    const { ui, near } = this;
    ui.near.hidden = near < 0;
    if (near < 0) return;
    paintTestImage(ui.thumbnail, this.sprite, near);
    ui.nearText.textContent = `${this.classes?.[film.labels[near]]} · test #${near}`;
  }
}

/** What each scatter shows, for the pointer. @type {WeakMap<object, {view: import("../engine/geometry.js").View, xs: Float32Array, ys: Float32Array}>} */
const views = new WeakMap();

/** The images that no step changes. @param {any} ui @param {import("./film.js").Film} film */
function fillImages(ui, film) {
  const tile = (/** @type {string} */ name) => h("canvas", { width: 28, height: 28, role: "img", "aria-label": name });
  const row = (/** @type {string} */ name) =>
    Array.from({ length: film.shown }, (_, at) => tile(`${name}, image ${at + 1}`));
  const painted = (/** @type {HTMLCanvasElement[]} */ canvases, /** @type {Uint8Array} */ row) => {
    canvases.forEach((canvas, at) => paintGrey(pen(canvas), image(row, at), 255));
    return canvases;
  };
  ui.originalRow.replaceChildren(...painted(row("x"), film.originals));
  ui.bestRow.replaceChildren(...painted(row("PCA's x′"), film.best));
  ui.learnedRow.replaceChildren(...(ui.learned = row("the autoencoder's x′")));
  ui.differenceRow.replaceChildren(...(ui.difference = row("difference from PCA's x′")));
  const principal = Array.from({ length: film.axes }, (_, at) => tile(`principal axis ${at + 1}`));
  painted(principal, film.principal);
  ui.principalGrid.replaceChildren(
    ...principal.map((canvas, at) => h("figure", {}, canvas, h("figcaption", { textContent: `u${at + 1}` }))),
  );
  ui.axes = Array.from({ length: film.axes }, (_, at) => ({
    canvas: tile(`learned axis ${at + 1}`),
    text: h("figcaption"),
  }));
  ui.axesGrid.replaceChildren(...ui.axes.map((/** @type {any} */ axis) => h("figure", {}, axis.canvas, axis.text)));
}

/** @param {HTMLElement} box @param {Told} told */
function fillLegend(box, told) {
  box.replaceChildren(
    ...told.classes.map((name, label) => h("span", {}, h("i", { style: `background: ${told.colors[label]}` }), name)),
  );
}

/** @param {HTMLElement} root @param {LinearAE} page */
function build(root, page) {
  const chart = (/** @type {string} */ name) => h("canvas", { class: "chart", role: "img", "aria-label": name });
  const button = (/** @type {string} */ text, /** @type {string} */ title, /** @type {() => void} */ act) =>
    h("button", { type: "button", textContent: text, title, onclick: act });
  const box = (/** @type {string} */ title, /** @type {Node[]} */ ...content) =>
    h("section", {}, h("h4", { textContent: title }), ...content);
  const label = (/** @type {string} */ text) => h("p", { class: "label", textContent: text });
  const ui = {
    play: button("Play", "From here on, or again from the start", () =>
      page.playing ? page.go(page.frame) : page.play(),
    ),
    scrub: h("input", { type: "range", min: "0", step: "1", "aria-label": "Step of the training" }),
    said: h("output", { class: "said" }),
    originalRow: h("div", { class: "images" }),
    bestRow: h("div", { class: "images" }),
    learnedRow: h("div", { class: "images" }),
    differenceRow: h("div", { class: "images" }),
    principalGrid: h("div", { class: "axes-grid" }),
    axesGrid: h("div", { class: "axes-grid" }),
    ways: h("div", { class: "segments", role: "group", "aria-label": "Axes, three ways" }),
    excess: chart("Excess error over PCA's optimum, by step"),
    angles: chart("Principal angles, by step"),
    spectrum: chart("Eigenvalue spectrum"),
    correlation: h("canvas", { class: "correlation", role: "img" }),
    scatters: ["PCA scores", "Codes as learned", "Codes along the recovered axes"].map((name) =>
      h("canvas", { class: "scatter", role: "img", "aria-label": `${name} of 1,000 test images` }),
    ),
    thumbnail: h("canvas", { width: 28, height: 28 }),
    nearText: h("span"),
    near: h("p", { class: "near-image", hidden: true }),
    legend: h("div", { class: "legend plain" }),
    message: h("p", { class: "message", role: "status" }),
    /** @type {HTMLCanvasElement[]} */ learned: [],
    /** @type {HTMLCanvasElement[]} */ difference: [],
    /** @type {{canvas: HTMLCanvasElement, text: HTMLElement}[]} */ axes: [],
  };
  ui.scrub.oninput = () => {
    page.pause();
    page.show(Number(ui.scrub.value));
  };
  ui.scrub.onchange = () => page.go(Number(ui.scrub.value));
  const ways = WAYS.map((name, way) =>
    button(name, "Which axes of the decoder are drawn", () => {
      page.way = way;
      ways.forEach((each, at) => each.setAttribute("aria-pressed", String(at === way)));
      page.redraw();
    }),
  );
  ways[0].setAttribute("aria-pressed", "true");
  ui.ways.append(...ways);
  for (const [canvas, name] of /** @type {const} */ ([
    [ui.excess, "excessChart"],
    [ui.angles, "anglesChart"],
  ])) {
    const scrub = (/** @type {PointerEvent} */ event, /** @type {boolean} */ done) => {
      const shown = /** @type {any} */ (page)[name];
      if (!page.film || !shown) return;
      const logs = page.film.steps.map((step) => Math.log(visible(step)));
      const frame = nearestFrame(logs, Math.log(valueAt(canvas, shown, event)));
      page.pause();
      if (done) page.go(frame);
      else page.show(frame);
    };
    canvas.onpointerdown = (/** @type {PointerEvent} */ event) => {
      canvas.setPointerCapture(event.pointerId);
      scrub(event, false);
    };
    canvas.onpointermove = (/** @type {PointerEvent} */ event) => event.buttons && scrub(event, false);
    canvas.onpointerup = (/** @type {PointerEvent} */ event) => scrub(event, true);
  }
  for (const canvas of ui.scatters) {
    canvas.onpointermove = canvas.onpointerdown = (/** @type {PointerEvent} */ event) => page.point(canvas, event);
    canvas.onpointerleave = () => {
      page.near = -1;
      page.redraw();
    };
  }
  ui.near.append(ui.thumbnail, ui.nearText);
  root.append(
    h(
      "div",
      { class: "player" },
      ui.play,
      button("‹", "One kept step back", () => page.go(page.frame - 1)),
      button("›", "One kept step on", () => page.go(page.frame + 1)),
      ui.scrub,
      ui.said,
    ),
    ui.message,
    h(
      "div",
      { class: "sides" },
      box(
        "PCA",
        label("x, test images"),
        ui.originalRow,
        label("x′ from k axes"),
        ui.bestRow,
        label("principal axes, grey is 0"),
        ui.principalGrid,
      ),
      box(
        "The autoencoder",
        label("x′ at this step"),
        ui.learnedRow,
        label("difference from PCA's x′, doubled"),
        ui.differenceRow,
        h("p", { class: "label way" }, "decoder axes, with |cos| to PCA's: ", ui.ways),
        ui.axesGrid,
      ),
    ),
    h(
      "div",
      { class: "charts" },
      box("The error falls to PCA's", ui.excess),
      box("The subspace turns into PCA's", ui.angles),
      box("What k axes leave out", ui.spectrum),
      box("Codes stay correlated", h("div", { class: "square" }, ui.correlation, label(""))),
    ),
    h(
      "div",
      { class: "scatters" },
      box("PCA scores", ui.scatters[0]),
      box("Codes z₁, z₂ as learned", ui.scatters[1]),
      box("Along the recovered axes", ui.scatters[2]),
    ),
    ui.near,
    ui.legend,
  );
  return ui;
}
