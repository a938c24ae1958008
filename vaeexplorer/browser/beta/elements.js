// @ts-check
/**
 * The elements of the beta dial, and what a visitor does to them; what they show is decided in dial.js.
 *
 * @typedef {{at: [number, number], shown: {view: import("../engine/geometry.js").View} | null,
 *            choose(index: number, tell?: boolean): void, moveTo(x: number, y: number): void, tell(): void}} Dial
 *   what the elements read and do
 */
import { h } from "../draw/dom.js";
import { ARROWS, FINGER, listen } from "../interact/gestures.js";
import { tile } from "../draw/sprite.js";
import { Loading } from "../interact/loading.js";
import { toLatent, toScreen } from "../engine/geometry.js";

const STEP = 0.1; // of an arrow key, latent units

/** @param {HTMLElement} root  emptied and filled @param {Dial} dial */
export function build(root, dial) {
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
    dots: tile({ class: "layer" }),
    overlay: tile({ class: "layer" }),
    axis: h("div", { class: "axis across" }),
    decoded: tile({
      class: "decoded",
      role: "img",
      "aria-label": "What the decoder draws at the chosen point",
    }),
    place: h("figcaption", {}),
    samples: tile({
      class: "samples",
      role: "img",
      "aria-label": "Images decoded from samples of the prior, from the same noise for every β",
    }),
    curves: h("div", { class: "curves" }),
    stage: h("div", {
      class: "stage",
      tabIndex: 0,
      role: "application",
      "aria-label": "Plane of codes: drag, or use the arrow keys, to decode a point",
    }),
    card: h("div", { class: "plane" }),
  };
  ui.stage.append(ui.dots, ui.overlay, ui.axis);
  ui.card.append(ui.stage, ui.legend);
  listenTo(ui.stage, dial);
  const dialBox = h(
    "fieldset",
    { class: "dial" },
    h("label", {}, "β ", ui.beta),
    h("div", { class: "track" }, slider, ui.stops),
  );
  const loading = new Loading(root, [dialBox]);
  ui.stage.append(loading.element);
  root.replaceChildren(
    dialBox,
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
  return { ...ui, loading };
}

/** @param {HTMLElement} stage @param {Dial} dial */
function listenTo(stage, dial) {
  const move = (/** @type {import("../interact/gestures.js").At} */ { x, y }) => {
    if (dial.shown) dial.moveTo(...toLatent(dial.shown.view, x, y));
  };
  /** @type {[number, number]} */ let before = dial.at;
  listen(stage, {
    start: (at) => {
      before = dial.at;
      move(at);
    },
    move,
    end: () => dial.tell(),
    cancel: () => dial.moveTo(...before),
    hover: () => {},
    holds: (at) => {
      const [x, y] = dial.shown ? toScreen(dial.shown.view, ...dial.at) : [NaN, NaN];
      return Math.hypot(x - at.x, y - at.y) < FINGER;
    },
  });
  stage.onkeydown = (event) => {
    const by = ARROWS[event.key];
    if (!by) return;
    event.preventDefault();
    const step = event.shiftKey ? STEP / 10 : STEP;
    dial.moveTo(dial.at[0] + step * by[0], dial.at[1] + step * by[1]);
  };
  stage.onkeyup = (event) => {
    if (ARROWS[event.key]) dial.tell();
  };
}
