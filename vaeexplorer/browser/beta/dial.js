// @ts-check
/**
 * The beta dial: one slider over the models of a sweep. Moving it moves the plane of codes, the decoded prior samples and
 * the markers on the curves. Everything is decoded here; beta is reported once the slider rests.
 *
 * @typedef {{url: string, classes: string[], colors: string[], beta: number}} Given  beta: where to open
 */
import { fetchOnce } from "../engine/fetch.js";
import { againstBeta, betaText, rateDistortion } from "./charts.js";
import { complain, h, number, paintGrey, pen } from "../draw/dom.js";
import { fit, toLatent } from "../engine/geometry.js";
import { Latest } from "../engine/latest.js";
import { decode } from "../engine/network.js";
import { drawOverlay, prepareOverlay } from "../draw/overlay.js";
import { boxOf } from "../engine/projections.js";
import { dotColors, drawPoints } from "../draw/dots.js";
import { remark, turnedBack, unpackSweep } from "./sweep.js";

const GLIDE = 260; // ms in which the dots move to where another model puts them
const STEP = 0.1; // of an arrow key, latent units

export class BetaDial {
  /** @param {HTMLElement} root @param {(beta: number) => void} report */
  constructor(root, report) {
    this.root = root;
    this.report = report;
    /** @type {Given | null} what is shown or on its way */ this.given = null;
    this.latest = new Latest();
    /** @type {import("./sweep.js").Sweep | null} */ this.sweep = null;
    this.index = 0;
    /** Where x' is decoded, in turned coordinates. @type {[number, number]} */ this.at = [0, 0];
    this.frame = 0;
    /** Where the dots are now. @type {{xs: Float32Array, ys: Float32Array, view: import("../engine/geometry.js").View} | null} */
    this.shown = null;
    /** Where they glide from. @type {{since: number, xs: Float32Array, ys: Float32Array, view: import("../engine/geometry.js").View} | null} */ this.from =
      null;
    this.ui = build(root, this);
    this.resizing = new ResizeObserver(() => this.redraw());
    this.resizing.observe(this.ui.stage);
  }

  stop() {
    this.latest.stop();
    cancelAnimationFrame(this.frame);
    this.resizing.disconnect();
  }

  /** @param {Given} given */
  update(given) {
    if (this.given?.url === given.url) return this.redraw(); // the theme may be another
    this.given = given;
    this.latest.ask(
      () => fetchOnce(given.url, unpackSweep),
      (sweep) => this.open(given, sweep),
      (error) => {
        this.given = null;
        complain(this.ui.message, `The models could not be loaded. ${error.message}`, () => this.update(given));
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
    this.from = this.shown = null;
    this.furnish(given, sweep);
    const wanted = sweep.points.findIndex(({ beta }) => beta === given.beta);
    this.choose(wanted < 0 ? sweep.points.findIndex(({ beta }) => beta === 1) : wanted, false);
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
    ui.legend.replaceChildren(
      ...given.classes.map((name, k) => h("span", {}, h("i", { style: `background:${given.colors[k]}` }), name)),
    );
    ui.axis.textContent = dim > 2 ? `two of ${dim} dimensions, turned to vary most` : "both dimensions, turned alike";
    this.curves = [
      rateDistortion(points, choose),
      againstBeta(points, "Dimensions in use", "active units", (point) => point.active_units, true, choose),
      againstBeta(
        points,
        "R + D = −ELBO: what β = 1 asks to be least",
        "nats per image",
        (point) => -point.elbo,
        false,
        choose,
      ),
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
      ].map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
    );
    ui.remark.textContent = remark(point, this.sweep.dim);
    for (const curve of this.curves ?? []) curve.show(index);
    this.decodeAll(point);
    this.redraw();
    if (tell) this.report(point.beta);
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
      ratio = Math.min(2, devicePixelRatio || 1);
    for (const canvas of [dots, overlay])
      if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
        if (canvas === overlay) prepareOverlay(pen(overlay));
      }
    let view = fit(boxOf(plane), width, height),
      { xs, ys } = plane;
    const share = this.from && !still() ? Math.min(1, (now - this.from.since) / GLIDE) : 1;
    if (this.from && share < 1) {
      const t = share * share * (3 - 2 * share),
        { from } = this;
      const between = (/** @type {Float32Array} */ a, /** @type {Float32Array} */ b) =>
        a.map((value, i) => value + (b[i] - value) * t);
      [xs, ys] = [between(from.xs, xs), between(from.ys, ys)];
      const mixed = (/** @type {"cx" | "cy" | "scale"} */ key) => from.view[key] + (view[key] - from.view[key]) * t;
      view = { ...view, cx: mixed("cx"), cy: mixed("cy"), scale: mixed("scale") };
      this.redraw();
    } else this.from = null;
    this.shown = { xs, ys, view };
    const style = getComputedStyle(this.root);
    const theme = {
      text: style.color,
      accent: style.caretColor,
      card: getComputedStyle(this.ui.card).backgroundColor,
      ink: [0, 0, 0],
    };
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

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @param {HTMLElement} root @param {BetaDial} dial */
function build(root, dial) {
  const canvas = (/** @type {string} */ name, side = 28) => h("canvas", { class: name, width: side, height: side });
  const slider = h("input", {
    type: "range",
    min: "0",
    max: "11",
    step: "1",
    "aria-label": "β, the weight of the KL term",
    oninput: () => dial.choose(Number(slider.value), false),
    onchange: () => dial.choose(Number(slider.value)),
  });
  const ui = {
    slider,
    beta: h("output", { class: "beta" }),
    stops: h("div", { class: "stops" }),
    remark: h("p", { class: "remark", role: "status" }),
    message: h("p", { class: "message", role: "alert" }),
    facts: h("dl", { class: "facts" }),
    legend: h("div", { class: "legend" }),
    dots: canvas("layer"),
    overlay: canvas("layer"),
    axis: h("div", { class: "axis across" }),
    decoded: canvas("decoded"),
    place: h("figcaption", {}),
    samples: canvas("samples"),
    curves: h("div", { class: "curves" }),
    stage: h("div", {
      class: "stage",
      tabIndex: 0,
      role: "application",
      "aria-label": "Plane of codes: drag, or use the arrow keys, to decode a point",
    }),
    card: h("div", { class: "plane" }),
  };
  ui.decoded.setAttribute("role", "img");
  ui.decoded.setAttribute("aria-label", "What the decoder draws at the chosen point");
  ui.samples.setAttribute("role", "img");
  ui.samples.setAttribute("aria-label", "Images decoded from samples of the prior, from the same noise for every β");
  ui.stage.append(ui.dots, ui.overlay, ui.axis);
  ui.card.append(ui.stage, ui.legend);
  listenTo(ui.stage, dial);
  root.replaceChildren(
    h("div", { class: "dial" }, h("label", {}, "β ", ui.beta), h("div", { class: "track" }, slider, ui.stops)),
    ui.remark,
    ui.message,
    h(
      "div",
      { class: "panes" },
      ui.card,
      h(
        "div",
        { class: "pictures" },
        h(
          "figure",
          { class: "prior" },
          h("figcaption", {}, "z from the prior N(0, I), the same noise for every β"),
          ui.samples,
        ),
        h("div", { class: "one" }, h("figure", {}, ui.place, ui.decoded), ui.facts),
      ),
      ui.curves,
    ),
  );
  return ui;
}

/** @param {HTMLElement} stage @param {BetaDial} dial */
function listenTo(stage, dial) {
  const move = (/** @type {PointerEvent} */ event) => {
    const box = stage.getBoundingClientRect();
    if (dial.shown) dial.moveTo(...toLatent(dial.shown.view, event.clientX - box.left, event.clientY - box.top));
  };
  stage.onpointerdown = (event) => {
    stage.setPointerCapture(event.pointerId);
    move(event);
  };
  stage.onpointermove = (event) => {
    if (stage.hasPointerCapture(event.pointerId)) move(event);
  };
  stage.onkeydown = (event) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!by) return;
    event.preventDefault();
    const step = event.shiftKey ? STEP / 10 : STEP;
    dial.moveTo(dial.at[0] + step * by[0], dial.at[1] + step * by[1]);
  };
}
