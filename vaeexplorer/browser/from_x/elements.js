// @ts-check
/**
 * The elements of the walk from x to x'; what they show is decided in from_x.js.
 *
 * @typedef {{model: {codes: {count: number}} | null, eps: number[],
 *            pad: {canvas: HTMLCanvasElement, clear(): void}, plane: {element: HTMLElement},
 *            draws: {element: HTMLElement},
 *            behind: {block: {element: HTMLElement}, toggle: HTMLElement},
 *            choose(image: number): void, empty(): void, tell(): void, redraw(): void,
 *            read(file: Blob | undefined): void, resample(zero?: boolean): void}} Page
 *   what the elements read and do; `model` is null until it is loaded
 */
import { button, h } from "../draw/dom.js";
import { tile } from "../draw/sprite.js";
import { axisName } from "../engine/projections.js";

export const MOST = 8; // dimensions with a slider of their own
const REACH = 3; // standard deviations of eps

const swatches = (/** @type {string} */ one, /** @type {string} */ other) => [
  h("i", { class: "swatch brighter" }),
  one,
  h("i", { class: "swatch darker" }),
  other,
];

/** @param {HTMLElement} root @param {Page} page */
export function build(root, page) {
  const image = (/** @type {string} */ label) => tile({ class: "decoded", role: "img", "aria-label": label });
  const ui = {
    root,
    x: image("x, the image that goes in"),
    decoded: image("x′, the image that comes out"),
    difference: image("x − x′"),
    number: h("input", { type: "number", min: "0", step: "1", "aria-label": "Number of a test image" }),
    file: h("input", { type: "file", accept: "image/*", hidden: true }),
    source: h("small", { "aria-live": "polite" }),
    encoder: h("div", { class: "sketch-box encoder" }),
    decoder: h("div", { class: "sketch-box decoder" }),
    where: h("h2", { textContent: "q(z|x)" }),
    whereHead: h("div", { class: "head" }),
    legend: h("div", { class: "legend" }),
    densities: h("div", { class: "rows", tabIndex: 0, role: "group", "aria-label": "KL of each dimension" }),
    sliders: h("div", { class: "sliders" }),
    loss: h("section", { class: "loss", "aria-label": "The loss of this image", "aria-live": "polite" }),
    z: h("div", { class: "z" }),
    path: h("fieldset", { class: "path" }),
    message: h("p", { class: "message", role: "status" }),
  };
  const act = (/** @type {string} */ text, /** @type {string} */ title, /** @type {() => void} */ what) =>
    button(text, title, () => page.model && what());
  const pick = (/** @type {number} */ at) => {
    page.choose(at);
    page.tell();
  };
  ui.number.onchange = () => {
    const at = Number(ui.number.value),
      count = page.model?.codes.count ?? 0;
    if (Number.isInteger(at) && ui.number.value !== "" && at >= 0 && at < count) pick(at);
    else ui.message.textContent = `Test images are numbered 0 to ${count - 1}.`;
  };
  ui.file.onchange = () => page.read(ui.file.files[0]);
  const head = (/** @type {string} */ title, /** @type {Node[]} */ ...more) =>
    h("div", { class: "head" }, h("h2", { textContent: title }), ...more);
  const quiet = (/** @type {(Node | string)[]} */ ...content) => h("p", { class: "label" }, ...content);
  const clear = act("Clear", "An empty image to draw on", () => page.empty());
  clear.classList.add("clear");
  ui.path.append(
    h(
      "section",
      { class: "in" },
      head("x", ui.source),
      h("div", { class: "drawn" }, ui.x, page.pad.canvas),
      quiet("Draw on it, or pick:"),
    ),
    ui.encoder,
    h(
      "div",
      { class: "buttons tools" },
      ui.number,
      act("Random", "A random test image", () => pick(Math.floor(Math.random() * (page.model?.codes.count ?? 1)))),
      act("File…", "A picture of your own", () => ui.file.click()),
      clear,
      ui.file,
    ),
    h("section", { class: "where" }, ui.whereHead, page.plane.element),
    h(
      "section",
      { class: "densities" },
      h("div", { class: "head" }, quiet("q(zⱼ|x) over N(0, 1)"), quiet("KL, nats")),
      ui.densities,
    ),
    h(
      "section",
      { class: "noise", "aria-label": "z = μ + σ · ε" },
      ui.sliders,
      h(
        "div",
        { class: "buttons" },
        act("Resample", "Draw ε from N(0, I) again", () => page.resample()),
        act("ε = 0", "The posterior's mean", () => page.resample(true)),
      ),
    ),
    ui.decoder,
    h("section", { class: "out" }, head("x′ = d(z)"), ui.decoded, ui.z),
    h("section", { class: "difference" }, head("x − x′"), ui.difference, quiet("only in", ...swatches("x", "x′"))),
    ui.loss,
    page.behind.block.element,
    h(
      "section",
      { class: "draws" },
      head(
        "Fifty draws from q(z|x), decoded",
        quiet("below each: minus their mean,", ...swatches("brighter", "darker")),
      ),
      page.draws.element,
    ),
  );
  for (const part of Array.from(ui.path.children)) part.style.gridArea = part.className.split(" ").at(-1);
  root.append(ui.path, ui.message);
  ui.whereHead.append(ui.where, page.behind.toggle);
  ui.legend.style.gridArea = "legend";
  return ui;
}

/** One slider of eps for each of the most informative dimensions.
 * @param {HTMLElement} box @param {number[]} order  dimensions @param {Page} page
 * @returns {{dimension: number, input: HTMLInputElement, output: HTMLOutputElement}[]} */
export function buildSliders(box, order, page) {
  const sliders = order.slice(0, MOST).map((dimension) => {
    const output = h("output"),
      name = `ε${axisName(dimension).slice(1)}`;
    const input = h("input", {
      type: "range",
      min: String(-REACH),
      max: String(REACH),
      step: "0.01",
      "aria-label": name,
      style: "--zero: 50%",
    });
    input.oninput = () => {
      page.eps[dimension] = Number(input.value);
      page.redraw();
    };
    input.onchange = () => page.tell();
    const row = h("label", { class: "slider" }, h("span", { textContent: name }), input, output);
    return { dimension, input, output, row };
  });
  box.replaceChildren(...sliders.map(({ row }) => row));
  return sliders;
}
