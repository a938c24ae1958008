// @ts-check
/**
 * Why the bound of one image is loose, as numbers with a bar: from L[q] of the encoder over L[q*] of the best diagonal
 * Gaussian to ln p(x); and the importance-weighted bound of k draws, climbing.
 *
 * @typedef {import("./desk.js").Measured} Measured
 * @typedef {import("./desk.js").Climb} Climb
 */
import { onResize } from "../draw/canvas.js";
import { h, svg } from "../draw/dom.js";
import { number, ticks } from "../draw/numbers.js";

export const KS = [1, 2, 5, 10, 20, 50, 100, 200, 500]; // of the slider
const TALL = 64, // of the bar
  [LEFT, RIGHT] = [8, 8],
  LEAST = 0.05, // nats that the bar spans at least
  UP = 76, // of the curve of bounds
  NARROW = 300; // pixels of either where there is no layout yet

export class Block {
  /** @param {() => void} onK  k is another */
  constructor(onK) {
    this.at = KS.indexOf(50);
    /** @type {Measured | null} */ this.measured = null;
    /** @type {Climb | null} */ this.climb = null;
    this.shift = 0; // nats of the likelihood's constant, which losses leave out
    this.status = h("span", { class: "label", role: "status" });
    this.numbers = h("div", { class: "numbers" });
    this.bar = svg("svg", { class: "bar", role: "img", "aria-label": "Not measured yet" });
    this.curve = svg("svg", { class: "climb", role: "img", "aria-label": "Not measured yet" });
    this.output = h("output");
    this.slider = h("input", {
      type: "range",
      min: "0",
      max: String(KS.length - 1),
      step: "1",
      value: String(this.at),
    });
    this.slider.setAttribute("aria-label", "Draws k of the importance-weighted bound");
    this.slider.title = "The dots on the plane are the draws, as large as their weights";
    this.slider.oninput = () => {
      this.at = Number(this.slider.value);
      this.draw();
      onK();
    };
    this.said = h("p", { class: "label", "aria-live": "polite" });
    this.endResizing = onResize(this.numbers, () => this.draw());
    this.element = h(
      "section",
      { class: "posterior", hidden: true, "aria-label": "Why the bound is loose" },
      h("div", { class: "head" }, h("h2", { textContent: "Why the bound is loose" }), this.status),
      this.numbers,
      h(
        "div",
        { class: "bounds" },
        this.bar,
        h("label", { class: "slider" }, h("span", { textContent: "k" }), this.slider, this.output),
        this.said,
        this.curve,
      ),
    );
  }

  stop() {
    this.endResizing();
  }

  get k() {
    return KS[this.at];
  }

  /** Another image is being measured; the numbers of the one before stay, dimmed. @param {string} text */
  wait(text) {
    this.status.textContent = text;
    this.element.dataset.stale = "";
  }

  /** @param {Measured} measured @param {Climb} climb @param {number} shift  nats */
  show(measured, climb, shift) {
    Object.assign(this, { measured, climb, shift });
    delete this.element.dataset.stale;
    const { inView } = measured;
    this.status.textContent =
      inView !== null && inView < 0.5
        ? `${number(100 * (1 - inView), 0)} % of p(z|x) lies outside this view: press the small map.`
        : "";
    this.draw();
  }

  draw() {
    const { measured, climb, shift, k } = this;
    this.output.textContent = String(k);
    this.slider.setAttribute("aria-valuetext", `k = ${k}`);
    if (!measured || !climb) return;
    const truth = measured.logEvidence + shift,
      best = measured.best + shift,
      bound = measured.elbo + shift,
      weighted = climb.bounds[k - 1] + shift;
    const known = Number.isFinite(truth);
    const row = (/** @type {string} */ kind, /** @type {string} */ name, /** @type {number} */ value) =>
      h(
        "div",
        { class: kind },
        h("b", { class: "key-number", textContent: Number.isFinite(value) ? number(value) : "n/a" }),
        h("span", { class: "key-label", textContent: name }),
      );
    this.numbers.replaceChildren(
      row("truth", "ln p(x), by the grid", truth),
      row("best", "ELBO of the best Gaussian q*", best),
      row("own", "ELBO of the encoder’s q", bound),
      row("gap", "approximation gap, nats", truth - best),
      row("gap", "amortization gap, nats", best - bound),
    );
    if (known) this.drawBar(truth, best, bound, weighted);
    this.drawClimb(truth);
    const some = climb.weights.subarray(0, k),
      sum = some.reduce((all, each) => all + each, 0),
      squares = some.reduce((all, each) => all + each * each, 0);
    const away = `${number(Math.abs(truth - weighted))} ${truth < weighted ? "above" : "below"} ln p(x)`,
      on = truth < weighted ? ", which it bounds on average" : "";
    this.said.textContent =
      `Bound of ${k} draw${k === 1 ? "" : "s"} from q: ${number(weighted)}${known ? `, ${away}${on}` : ""}. ` +
      `Effective sample size ${number((sum * sum) / squares, 1)}.`;
  }

  /** @param {number} truth @param {number} best @param {number} bound @param {number} weighted  nats */
  drawBar(truth, best, bound, weighted) {
    const wide = scaled(this.bar, TALL),
      low = Math.min(bound, weighted, truth - LEAST),
      high = Math.max(truth, weighted),
      x = (/** @type {number} */ nats) => LEFT + ((wide - LEFT - RIGHT) * (nats - low)) / (high - low);
    const part = (/** @type {string} */ kind, /** @type {number} */ from, /** @type {number} */ to, text = "") => {
      const [a, b] = [x(from), x(to)];
      const parts = [svg("rect", { class: kind, x: a, y: 20, width: Math.max(0, b - a), height: 14 })];
      if (b - a > 7 * text.length)
        parts.push(svg("text", { x: (a + b) / 2, y: 15, "text-anchor": "middle", class: kind }, text));
      return parts;
    };
    const digits = high - low < 0.4 ? 2 : high - low < 4 ? 1 : 0,
      axis = ticks([low, high], false, wide / 110).flatMap((nats) => [
        svg("line", { class: "grid", x1: x(nats), x2: x(nats), y1: 34, y2: 40 }),
        svg("text", { x: x(nats), y: 54, "text-anchor": "middle" }, number(nats, digits)),
      ]);
    this.bar.replaceChildren(
      ...axis,
      ...part("amortization", bound, best, "amortization gap"),
      ...part("approximation", best, truth, "approximation gap"),
      svg("line", { class: "truth", x1: x(truth), x2: x(truth), y1: 14, y2: 40 }),
      svg("circle", { class: "weighted", cx: x(weighted), cy: 27, r: 5 }),
    );
    const text = `From ELBO ${number(bound)} over ${number(best)} to ln p(x) ${number(truth)} nats`;
    this.bar.setAttribute("aria-label", text);
  }

  /** The bound over k, on a logarithmic axis. @param {number} truth  nats */
  drawClimb(truth) {
    const { climb, shift, k } = this;
    if (!climb) return;
    const across = scaled(this.curve, UP),
      bounds = Array.from(climb.bounds, (value) => value + shift),
      ends = Number.isFinite(truth) ? [truth] : [],
      low = Math.min(...bounds, ...ends),
      high = Math.max(...bounds, ...ends, low + LEAST);
    const x = (/** @type {number} */ draws) => 4 + ((across - 8) * Math.log(draws)) / Math.log(bounds.length),
      y = (/** @type {number} */ nats) => UP - 20 - ((UP - 28) * (nats - low)) / (high - low);
    this.curve.replaceChildren(
      ...ends.map((nats) => svg("line", { class: "truth", x1: 4, x2: across - 4, y1: y(nats), y2: y(nats) })),
      svg("path", { class: "curve", d: `M${bounds.map((nats, at) => `${x(at + 1)} ${y(nats)}`).join("L")}` }),
      svg("circle", { class: "weighted", cx: x(k), cy: y(bounds[k - 1]), r: 4.5 }),
      svg("text", { x: 4, y: UP - 4 }, "k = 1"),
      svg("text", { x: across - 4, y: UP - 4, "text-anchor": "end" }, String(bounds.length)),
    );
    this.curve.setAttribute("aria-label", `The bound over k; ${number(bounds[k - 1])} nats at k = ${k}`);
  }
}

/** A drawing in pixels of the screen, so that its type is as large on a phone. @param {SVGElement} drawing
 * @param {number} tall @returns {number} how wide it is */
function scaled(drawing, tall) {
  const wide = drawing.clientWidth || NARROW;
  drawing.setAttribute("viewBox", `0 0 ${wide} ${tall}`);
  return wide;
}
