// @ts-check
/**
 * The linear VAE: the closed form follows the sliders; the trained one is measured when they are released.
 *
 * @typedef {{variance: number, beta: number, k: number, kl: number[], d: number[], elbo: number,
 *            test: number}} Measured
 * @typedef {{of: string, values: number[], test: number[], spectrum: number, k: number, best: number,
 *            measured: Measured}} Told
 *   values: eigenvalues of the training images; test: second moments of the test images along the same axes; spectrum:
 *   how many eigenvalues to show at the most; best: the pixel variance of greatest likelihood
 */
import { onResize } from "../draw/canvas.js";
import { chartCanvas, drawChart } from "../charts/chart.js";
import { button, h, section } from "../draw/dom.js";
import { number } from "../draw/numbers.js";
import { formatLinks, parseLinks } from "../interact/links.js";
import { readTheme } from "../draw/theme.js";
import { optimum } from "./ppca.js";

export class LinearVAE {
  /** @param {HTMLElement} root @param {import("../interact/address.js").Address} address */
  constructor(root, address) {
    this.root = root;
    this.address = address;
    /** @type {(texts: import("../interact/links.js").Texts) => void} */ this.report = () => {};
    /** @type {Told | null} */ this.told = null;
    this.variance = this.beta = 1;
    this.drawing = 0;
    this.ui = build(root, this);
    this.endResizing = onResize(root, () => this.redraw());
  }

  stop() {
    cancelAnimationFrame(this.drawing);
    this.endResizing();
    this.root.remove();
  }

  /** @param {Told} told
   * @param {import("../interact/links.js").Texts} texts  where to open; used where `of` is another */
  update(told, texts) {
    const isOther = this.told?.of !== told.of;
    this.told = told;
    if (isOther) this.follow(texts);
    this.redraw();
  }

  /** The address is another. @param {import("../interact/links.js").Texts} texts */
  follow(texts) {
    const { values, wrong } = parseLinks(this.address.keys, texts, 0);
    this.variance = values.s2 ?? this.told?.best;
    this.beta = values.beta;
    this.ui.message.textContent = wrong;
    this.tell();
    this.redraw();
  }

  tell() {
    const s2 = this.variance === this.told?.best ? null : this.variance;
    this.report(formatLinks(this.address.keys, { s2, beta: this.beta }));
  }

  /** @param {number} variance @param {number} beta @param {boolean} done whether the visitor let go */
  choose(variance, beta, done) {
    this.variance = variance;
    this.beta = beta;
    this.redraw();
    if (done) this.tell();
  }

  redraw() {
    this.drawing ||= requestAnimationFrame(() => {
      this.drawing = 0;
      if (this.told) this.draw(this.told);
    });
  }

  /** @param {Told} told */
  draw({ values, test, spectrum, k, best, measured }) {
    const { ui, variance, beta } = this,
      floor = beta * variance;
    const exact = optimum(values, k, variance, beta),
      onTest = optimum(values, k, variance, beta, test);
    const same = (/** @type {number} */ a, /** @type {number} */ b) => Math.abs(a - b) <= 1e-5 * Math.abs(b);
    const fresh = same(measured.variance, variance) && same(measured.beta, beta) && measured.k === k;
    ui.variance.value = String(Math.log(variance));
    ui.beta.value = String(Math.log(beta));
    ui.varianceText.textContent = variance < 0.1 ? variance.toPrecision(4) : number(variance, 3);
    ui.betaText.textContent = number(beta);
    ui.best.title = `${best.toPrecision(6)}: the mean of the eigenvalues that are left out`;
    const all = values.filter((value) => value > floor).length;
    ui.said.textContent =
      `${exact.active} of ${k} dimensions on, ${k - exact.active} collapsed; ` +
      `${all} eigenvalues in all stand above βσₓ² = ${floor.toPrecision(4)}`;
    const row = (/** @type {string} */ name, /** @type {string} */ closed, /** @type {string} */ trained) =>
      h("tr", {}, h("th", { textContent: name }), h("td", { textContent: closed }), h("td", { textContent: trained }));
    const trained = (/** @type {number} */ value) => (fresh ? number(value, 4) : "…");
    const total = (/** @type {number[]} */ nats) => nats.reduce((a, b) => a + b, 0);
    ui.table.replaceChildren(
      row("nats per image", "closed form", "trained"),
      row("ELBO, training images", number(exact.elbo, 4), trained(measured.elbo)),
      row("log-likelihood, training images", number(exact.likelihood, 4), ""),
      row("ELBO, test images", number(onTest.elbo, 4), trained(measured.test)),
      row("log-likelihood, test images", number(onTest.likelihood, 4), ""),
      row("KL", number(total(exact.kl), 4), trained(total(measured.kl))),
    );
    ui.gap.textContent =
      Math.abs(exact.elbo - exact.likelihood) < 1e-6 * Math.abs(exact.likelihood)
        ? "With β = 1 the bound is tight: the ELBO is the log-likelihood."
        : `With β = ${number(beta)} the bound is loose by ${number(exact.likelihood - exact.elbo, 4)} nats.`;
    const { accent: color, text: ink } = readTheme(this.root);
    const dims = exact.kl.map((_, j) => j + 1),
      shown = Math.min(spectrum, Math.max(20, Math.ceil(1.6 * k), Math.min(all + 3, 60)));
    const bars = /** @type {const} */ ("bars"),
      dots = /** @type {const} */ ("dots"),
      on = exact.active;
    const xs = Array.from({ length: shown }, (_, j) => j + 1),
      low = Math.min(values[shown - 1], floor) * 0.6;
    drawChart(ui.spectrum, {
      x: [0.3, shown + 0.7],
      y: [low, Math.max(values[0], floor) * 1.8],
      logY: true,
      series: [
        { color, kind: bars, xs: xs.slice(0, on), ys: values.slice(0, on) },
        { color: ink, kind: bars, xs: xs.slice(on), ys: values.slice(on, shown), alpha: 0.25 },
      ],
      rules: [{ y: floor, name: "βσₓ²" }],
      xName: "principal axis j",
      yName: "eigenvalue λⱼ; full colour: on",
    });
    const perDimension = (
      /** @type {HTMLCanvasElement} */ canvas,
      /** @type {number[]} */ ys,
      /** @type {number[]} */ found,
      /** @type {[number, number]} */ y,
      /** @type {boolean} */ logY,
      /** @type {string} */ yName,
    ) =>
      drawChart(canvas, {
        x: [0.3, Math.max(k, 4) + 0.7],
        y,
        logY,
        xName: "dimension",
        yName,
        series: [
          { color, kind: bars, xs: dims, ys, alpha: 0.45 },
          ...(fresh ? [{ color: ink, kind: dots, xs: dims, ys: found }] : []),
        ],
      });
    perDimension(
      ui.kl,
      exact.kl,
      measured.kl,
      [0, Math.max(0.5, 1.1 * exact.kl[0])],
      false,
      "KL, nats; bars: predicted, dots: measured",
    );
    perDimension(
      ui.d,
      exact.d,
      measured.d,
      [0.5 * Math.min(...exact.d), 1.3],
      true,
      "posterior variance; bars: predicted, dots: measured",
    );
  }
}

/** @param {HTMLElement} root @param {LinearVAE} page */
function build(root, page) {
  const slider = (/** @type {string} */ name) => h("input", { type: "range", step: "0.001", "aria-label": name });
  const choice = (/** @type {string} */ text, /** @type {() => number} */ value) =>
    button(text, "", () => page.told && page.choose(value(), page.beta, true));
  const ui = {
    variance: slider("Pixel variance"),
    beta: slider("beta"),
    varianceText: h("output"),
    betaText: h("output"),
    best: choice("best", () => page.told?.best ?? 1),
    said: h("p", { class: "said", role: "status" }),
    message: h("p", { class: "message", role: "status" }),
    spectrum: chartCanvas("Eigenvalues and the threshold of collapse"),
    kl: chartCanvas("KL of each dimension, predicted and measured"),
    d: chartCanvas("Posterior variance of each dimension, predicted and measured"),
    table: h("table", {}),
    gap: h("p", { class: "label" }),
  };
  const move = (/** @type {boolean} */ done) => () =>
    page.choose(
      Number(Math.exp(Number(ui.variance.value)).toPrecision(6)),
      Math.abs(Number(ui.beta.value)) < 0.02 ? 1 : Number(Math.exp(Number(ui.beta.value)).toPrecision(6)),
      done,
    );
  for (const { name, limits } of page.address.keys) {
    const [min, max] = limits.map((limit) => String(Math.log(limit)));
    Object.assign(name === "s2" ? ui.variance : ui.beta, { min, max });
  }
  for (const input of [ui.variance, ui.beta]) {
    input.oninput = move(false);
    input.onchange = move(true);
  }
  root.append(
    h(
      "div",
      { class: "vae-controls" },
      h("label", { class: "slider" }, h("span", { textContent: "σₓ²" }), ui.variance, ui.varianceText),
      h("label", { class: "slider" }, h("span", { textContent: "β" }), ui.beta, ui.betaText),
      h(
        "div",
        { class: "buttons" },
        h("span", { class: "label", textContent: "σₓ²:" }),
        ui.best,
        choice("½, the lecture's loss", () => 0.5),
        choice("1", () => 1),
      ),
    ),
    ui.message,
    ui.said,
    h(
      "div",
      { class: "charts three" },
      section("Above the line a dimension is active", ui.spectrum),
      section("What each dimension says", ui.kl),
      section("How sure it is", ui.d),
    ),
    ui.table,
    ui.gap,
  );
  return ui;
}
