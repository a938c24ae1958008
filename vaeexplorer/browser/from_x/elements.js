// @ts-check
/**
 * The elements of the walk from x to x', its table and its loss; what they show is decided in from_x.js.
 *
 * @typedef {{model: {codes: {count: number}} | null, near: boolean,
 *            eps: number[], pad: {canvas: HTMLCanvasElement, clear(): void}, choose(image: number): void, tell(): void,
 *            redraw(): void, read(file: Blob | undefined): void, resample(zero?: boolean): void}} Page
 *   what the elements read and do; `model` is null until it is loaded
 */
import { button, h, section } from "../draw/dom.js";
import { coordinate, number } from "../draw/numbers.js";
import { tile } from "../draw/sprite.js";
import { axisName } from "../engine/projections.js";

export const MOST = 8; // dimensions with a slider of their own
const REACH = 3; // standard deviations of eps

/** @param {HTMLElement} root @param {Page} page */
export function build(root, page) {
  const small = (/** @type {string} */ label) => tile({ class: "decoded", role: "img", "aria-label": label });
  const ui = {
    root,
    x: small("x, the image that goes in"),
    decoded: small("x′, the image that comes out"),
    plain: small("x′ of the autoencoder"),
    plane: h("canvas", { class: "posterior", role: "img", "aria-label": "The posterior among the test codes" }),
    cloud: h("canvas", {
      width: 25 * 29 - 1,
      height: 57,
      class: "cloud",
      role: "img",
      "aria-label": "Fifty images decoded from draws of the posterior",
    }),
    number: h("input", { type: "number", min: "0", step: "1", "aria-label": "Number of a test image" }),
    file: h("input", { type: "file", accept: "image/*", hidden: true }),
    source: h("span", { "aria-live": "polite" }),
    sliders: h("div", { class: "sliders" }),
    table: h("table", {}),
    loss: h("div", { class: "loss", "aria-live": "polite" }),
    z: h("p", { class: "label" }),
    plainText: h("p", { class: "label" }),
    plainBox: h("section", { class: "plain" }),
    near: button("", "The posterior from near by, or among all codes"),
    path: h("fieldset", { class: "path" }),
    message: h("p", { class: "message", role: "status" }),
  };
  const act = (/** @type {string} */ text, /** @type {string} */ title, /** @type {() => void} */ what) =>
    button(text, title, () => page.model && what());
  const pick = (/** @type {number} */ image) => {
    page.choose(image);
    page.tell();
  };
  ui.number.onchange = () => {
    const image = Number(ui.number.value),
      count = page.model?.codes.count ?? 0;
    if (Number.isInteger(image) && ui.number.value !== "" && image >= 0 && image < count) pick(image);
    else ui.message.textContent = `Test images are numbered 0 to ${count - 1}.`;
  };
  ui.near.onclick = () => {
    page.near = !page.near;
    page.redraw();
    page.tell();
  };
  ui.file.onchange = () => page.read(ui.file.files[0]);
  ui.plainBox.append(h("h4", { textContent: "The autoencoder beside it" }), ui.plain, ui.plainText);
  ui.path.append(
    section(
      "x",
      ui.x,
      h("p", { class: "label" }, ui.source),
      h(
        "div",
        { class: "buttons" },
        ui.number,
        act("Random", "A random test image", () => pick(Math.floor(Math.random() * (page.model?.codes.count ?? 1)))),
        act("File…", "A picture of your own", () => ui.file.click()),
        ui.file,
      ),
      h("p", { class: "label", textContent: "or draw:" }),
      page.pad.canvas,
      h(
        "div",
        { class: "buttons" },
        act("Clear", "An empty pad", () => page.pad.clear()),
      ),
    ),
    section("q(z | x)", ui.plane, h("div", { class: "buttons" }, ui.near), ui.z, ui.table),
    section(
      "ε",
      h(
        "div",
        { class: "noise" },
        h("p", { class: "label", textContent: "z = μ + σ · ε" }),
        ui.sliders,
        h(
          "div",
          { class: "buttons" },
          act("Resample", "Draw ε from N(0, I) again", () => page.resample()),
          act("ε = 0", "The posterior's mean", () => page.resample(true)),
        ),
      ),
    ),
    section("x′ = d(z)", ui.decoded, ui.loss),
  );
  root.append(
    ui.path,
    h("section", { class: "draws" }, h("h4", { textContent: "Fifty draws from q(z | x), decoded" }), ui.cloud),
    ui.plainBox,
    ui.message,
  );
  return ui;
}

/** One slider of eps for each of the most informative dimensions.
 * @param {HTMLElement} box @param {number[]} order  dimensions @param {Page} page
 * @returns {{dimension: number, input: HTMLInputElement, output: HTMLOutputElement, row: HTMLElement}[]} */
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

/** @param {HTMLElement} table @param {number[]} order  dimensions @param {number[]} steps  of all dimensions
 * @param {Pick<import("./walk.js").Walk, "mean" | "sigma" | "z">} walk @param {number[]} eps
 * @param {number[] | null} kl  of each dimension, nats */
export function fillTable(table, order, steps, { mean, sigma, z }, eps, kl) {
  const row = (/** @type {string} */ tag, /** @type {string[]} */ ...cells) =>
    h("tr", {}, ...cells.map((cell) => h(tag, { textContent: cell })));
  const head = sigma ? row("th", "", "μ", "σ", "ε", "z", "KL") : row("th", "", "z");
  const rows = order.map((j) => {
    const [at, spread] = [coordinate(z[j], steps[j]), sigma && coordinate(sigma[j], steps[j] / 10)];
    return spread && kl
      ? row("td", axisName(j), coordinate(mean[j], steps[j]), spread, number(eps[j]), at, number(kl[j]))
      : row("td", axisName(j), at);
  });
  table.replaceChildren(head, ...rows);
}

/** The loss as a formula with numbers in it. @param {HTMLElement} box
 * @param {import("../engine/network.js").Network | null} network  null: likelihood and beta are not known
 * @param {number} error @param {number[] | null} kl  of each dimension, nats */
export function fillLoss(box, network, error, kl) {
  const variance = network?.pixelVariance ?? 0;
  const formulas = {
    gaussian: variance === 0.5 ? "|x − x′|²" : `|x − x′|² / (2 · ${number(variance)})`,
    "gaussian-learned": "|x − x′|² / (2σₓ²) + 392 ln 2πσₓ²",
    bernoulli: "−Σ [x ln x′ + (1 − x) ln(1 − x′)]",
    "continuous-bernoulli": "−Σ [x ln λ + (1 − x) ln(1 − λ) + ln C(λ)]",
  };
  const line = (/** @type {string} */ name, /** @type {string} */ formula, /** @type {number} */ value) =>
    h(
      "div",
      { class: "term" },
      h("span", { textContent: name }),
      h("code", { textContent: formula }),
      h("b", { textContent: number(value, 2) }),
    );
  const total = kl ? kl.reduce((sum, value) => sum + value, 0) : 0;
  const parts = network
    ? [line("reconstruction", formulas[network.likelihood], error)]
    : [line("squared error", "|x − x′|²", error)];
  if (kl) parts.push(line("KL", "½ Σ (μ² + σ² − 1 − ln σ²)", total));
  if (kl && network)
    parts.push(
      line("loss", `${number(error, 2)} + ${network.beta} · ${number(total, 2)}`, error + network.beta * total),
    );
  const note = network ? "nats, for this image and this ε" : `for this image${kl ? " and this ε; KL in nats" : ""}`;
  box.replaceChildren(...parts, h("p", { class: "label", textContent: note }));
}
