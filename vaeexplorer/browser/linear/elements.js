// @ts-check
/**
 * The elements of PCA beside a training, and what a visitor does to them; what they show is decided in linear_ae.js.
 *
 * @typedef {import("./film.js").Film} Film
 * @typedef {import("../charts/chart.js").Chart} Chart
 * @typedef {{film: Film | null, frame: number, way: number, near: number, playing: number, excessChart?: Chart,
 *            anglesChart?: Chart, play(): void, pause(): void, chooseWay(way: number): void,
 *            show(frame: number): void, go(frame: number): void,
 *            point(canvas: HTMLCanvasElement, event: PointerEvent): void, redraw(): void}} Page
 *   what the elements read and do; `playing` is 0 while nothing plays
 */
import { pen } from "../draw/canvas.js";
import { chartCanvas, valueAt } from "../charts/chart.js";
import { button, h, press, section } from "../draw/dom.js";
import { paintImage, tile } from "../draw/sprite.js";
import { Loading } from "../interact/loading.js";
import { imageAt } from "../engine/format.js";
import { visible } from "./charts.js";
import { nearestFrame } from "./film.js";

export const WAYS = ["raw", "svd", "qr"]; // as an address holds them
const WAY_NAMES = ["raw", "singular vectors", "QR-recovered"];

/** @param {HTMLElement} root @param {Page} page */
export function build(root, page) {
  const ways = WAY_NAMES.map((name, way) =>
    button(name, "Which axes of the decoder are drawn", () => page.chooseWay(way)),
  );
  const label = (/** @type {string} */ text) => h("p", { class: "label", textContent: text });
  const ui = {
    play: button("Play", "From here on, or again from the start", () =>
      page.playing ? page.go(page.frame) : page.play(),
    ),
    scrub: h("input", { type: "range", min: "0", step: "1", "aria-label": "Step of the training" }),
    step: h("output", { class: "said" }),
    error: h("output", { class: "key-number" }),
    errorLabel: h("span", { class: "key-label" }),
    angle: h("output", { class: "key-number" }),
    originalRow: h("div", { class: "image-row" }),
    bestRow: h("div", { class: "image-row" }),
    learnedRow: h("div", { class: "image-row" }),
    differenceRow: h("div", { class: "image-row" }),
    principalGrid: h("div", { class: "axes-grid" }),
    axesGrid: h("div", { class: "axes-grid" }),
    ways: h("fieldset", { class: "segments", role: "group", "aria-label": "Axes, three ways" }),
    excess: chartCanvas("Excess error over PCA's optimum, by step"),
    angles: chartCanvas("Principal angles, by step"),
    spectrum: chartCanvas("Eigenvalue spectrum"),
    correlation: h("canvas", { class: "correlation", role: "img" }),
    scatters: ["PCA scores", "Codes as learned", "Codes along the recovered axes"].map((name) =>
      h("canvas", { class: "scatter", role: "img", "aria-label": `${name} of 1,000 test images` }),
    ),
    thumbnail: tile(),
    nearText: h("span"),
    near: h("p", { class: "near-image", hidden: true }),
    legend: h("div", { class: "legend plain" }),
    message: h("p", { class: "message", role: "status" }),
    showWay: (/** @type {number} */ way) => ways.forEach((each, at) => press(each, at === way)),
    /** @type {HTMLCanvasElement[]} */ learned: [],
    /** @type {HTMLCanvasElement[]} */ difference: [],
    /** @type {{canvas: HTMLCanvasElement, text: HTMLElement}[]} */ axes: [],
  };
  ui.scrub.oninput = () => {
    page.pause();
    page.show(Number(ui.scrub.value));
  };
  ui.scrub.onchange = () => page.go(Number(ui.scrub.value));
  ui.ways.append(...ways);
  for (const [canvas, name] of /** @type {const} */ ([
    [ui.excess, "excessChart"],
    [ui.angles, "anglesChart"],
  ])) {
    const scrub = (/** @type {PointerEvent} */ event, /** @type {boolean} */ done) => {
      const shown = page[name];
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
  const player = h(
    "fieldset",
    { class: "player" },
    ui.play,
    button("‹", "One recorded step back", () => page.go(page.frame - 1)),
    button("›", "One recorded step forward", () => page.go(page.frame + 1)),
    ui.scrub,
    ui.step,
  );
  const head = (/** @type {...Node} */ ...parts) => h("div", { class: "head" }, ...parts);
  const angleLabel = h("span", { class: "key-label" }, "largest angle");
  const loading = new Loading(root, [player, ui.ways]);
  root.append(
    player,
    loading.element,
    ui.message,
    h(
      "div",
      { class: "watched" },
      section("Error", head(ui.error, ui.errorLabel), ui.excess),
      section("Subspace", head(ui.angle, angleLabel), ui.angles),
      section(
        "Images",
        label("x"),
        ui.originalRow,
        label("x′ of PCA"),
        ui.bestRow,
        label("x′ learned"),
        ui.learnedRow,
        label("difference × 2"),
        ui.differenceRow,
      ),
    ),
    h(
      "div",
      { class: "sides" },
      section("PCA's axes", label("grey: 0"), ui.principalGrid),
      section(
        "The decoder's axes",
        h("p", { class: "label way", title: "Below each: |cos| to PCA’s axis" }, ui.ways),
        ui.axesGrid,
      ),
    ),
    h(
      "div",
      { class: "charts two" },
      section("Spectrum", ui.spectrum),
      section("Code correlation", h("div", { class: "square" }, ui.correlation, label(""))),
    ),
    h(
      "div",
      { class: "scatters" },
      section("PCA scores", ui.scatters[0]),
      section("Codes z₁, z₂ as learned", ui.scatters[1]),
      section("Along the recovered axes", ui.scatters[2]),
    ),
    ui.near,
    ui.legend,
  );
  return { ...ui, loading };
}

/** @typedef {ReturnType<typeof build>} Ui */

/** Canvases for the images of a training; those that are the same at every step are painted.
 * @param {Ui} ui @param {Film} film */
export function fillImages(ui, film) {
  const named = (/** @type {string} */ name) => tile({ role: "img", "aria-label": name });
  const row = (/** @type {string} */ name) =>
    Array.from({ length: film.shown }, (_, at) => named(`${name}, image ${at + 1}`));
  const painted = (/** @type {HTMLCanvasElement[]} */ canvases, /** @type {Uint8Array} */ row) => {
    canvases.forEach((canvas, at) => paintImage(pen(canvas), imageAt(row, at), 255));
    return canvases;
  };
  ui.originalRow.replaceChildren(...painted(row("x"), film.originals));
  ui.bestRow.replaceChildren(...painted(row("PCA's x′"), film.best));
  ui.learnedRow.replaceChildren(...(ui.learned = row("the autoencoder's x′")));
  ui.differenceRow.replaceChildren(...(ui.difference = row("difference from PCA's x′")));
  const principal = Array.from({ length: film.axes }, (_, at) => named(`principal axis ${at + 1}`));
  painted(principal, film.principal);
  ui.principalGrid.replaceChildren(
    ...principal.map((canvas, at) => h("figure", {}, canvas, h("figcaption", { textContent: `u${at + 1}` }))),
  );
  ui.axes = Array.from({ length: film.axes }, (_, at) => ({
    canvas: named(`learned axis ${at + 1}`),
    text: h("figcaption"),
  }));
  ui.axesGrid.replaceChildren(...ui.axes.map((axis) => h("figure", {}, axis.canvas, axis.text)));
}
