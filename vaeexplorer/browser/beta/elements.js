// @ts-check
/**
 * The elements of the beta dial, and what a visitor does to them; what they show is decided in dial.js.
 *
 * @typedef {{at: [number, number], sample: number, plane: import("./plane.js").PlaneOfCodes,
 *            samplesAcross: number, choose(index: number, tell?: boolean): void, moveTo(x: number, y: number): void,
 *            images: import("../interact/image_size.js").ImageSize,
 *            chooseSample(k: number): void, pointAt(k: number): void, tell(): void}} Dial
 *   what the elements read and do
 */
import { h, positionIn } from "../draw/dom.js";
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
  const names = [
    ["Rate R", "E KL[q(z | x) ‖ N(0, I)]"],
    ["Distortion D", "−E ln p(x | z)"],
    ["ELBO", "−(R + D)"],
  ];
  const ui = {
    slider,
    beta: h("output", { class: "beta" }),
    stops: h("div", { class: "stops" }),
    remark: h("p", { class: "remark", role: "status" }),
    message: h("p", { class: "message", role: "alert" }),
    figures: names.map(() => h("output", { class: "key-number" })),
    facts: h("dl", { class: "facts" }),
    legend: h("div", { class: "filter", role: "group", "aria-label": "Classes shown" }),
    dots: tile({ class: "layer" }),
    overlay: tile({ class: "layer" }),
    unseen: h("div", { class: "axis unseen", hidden: true }),
    decoded: tile({
      class: "decoded",
      role: "img",
      "aria-label": "What the decoder draws at the chosen point",
    }),
    place: h("p", { class: "z" }),
    share: h("output", { class: "key-number" }),
    samples: tile({ class: "samples" }),
    chosen: h("i", { class: "mark", hidden: true }),
    pointed: h("i", { class: "mark pointed", hidden: true }),
    grid: h("div", {
      class: "grid-of-samples",
      tabIndex: 0,
      role: "application",
      "aria-label":
        "Images decoded from 36 samples of the prior, the same for every β: click one, or use the arrow keys",
    }),
    curves: h("div", { class: "curves" }),
    more: h("div", { class: "curves more" }),
    stage: h("div", {
      class: "stage",
      tabIndex: 0,
      role: "application",
      "aria-label": "Plane of codes: drag, or use the arrow keys, to decode a point",
    }),
    card: h("div", { class: "plane" }),
  };
  ui.stage.append(ui.dots, ui.overlay, ui.unseen);
  ui.card.append(h("div", { class: "window" }, ui.stage, dial.images.element), ui.legend);
  ui.grid.append(ui.samples, ui.pointed, ui.chosen);
  listenTo(ui.stage, dial);
  listenToSamples(ui.grid, dial);
  const dialBox = h(
    "fieldset",
    { class: "dial" },
    h("label", {}, "β = ", ui.beta),
    h("div", { class: "track" }, slider, ui.stops),
  );
  const loading = new Loading(root, [dialBox]);
  ui.stage.append(loading.element);
  const figures = names.map(([name, formula], k) =>
    h("div", {}, h("div", {}, h("b", {}, name), h("small", {}, formula)), ui.figures[k]),
  );
  const outside = h("small", {}, "of codes outside 3σ; N(0, I): 1.1\u00a0%");
  root.replaceChildren(
    dialBox,
    ui.message,
    h(
      "div",
      { class: "panes" },
      h(
        "div",
        { class: "left" },
        ui.card,
        h(
          "div",
          { class: "one" },
          ui.decoded,
          h("div", {}, h("h2", {}, "x′ = d(z)"), ui.place, h("p", { class: "share" }, ui.share, outside), ui.remark),
        ),
      ),
      h(
        "div",
        { class: "middle" },
        h("h2", { title: "The same 36 z for every β" }, "Samples, z ~ N(0, I)"),
        ui.grid,

        h("div", { class: "figures" }, h("small", {}, "nats per image"), ...figures, ui.facts),
      ),
      ui.curves,
    ),
    ui.more,
  );
  return { ...ui, loading };
}

/** @param {HTMLElement} grid @param {Dial} dial */
function listenToSamples(grid, dial) {
  const at = (/** @type {PointerEvent} */ event) => {
    const { x, y } = positionIn(grid, event),
      across = dial.samplesAcross;
    const [column, row] = [x / grid.clientWidth, y / grid.clientHeight].map((share) => Math.floor(share * across));
    return column >= 0 && column < across && row >= 0 && row < across ? row * across + column : -1;
  };
  grid.onclick = (event) => dial.chooseSample(at(/** @type {PointerEvent} */ (event)));
  grid.onpointermove = (event) => dial.pointAt(at(event));
  grid.onpointerleave = () => dial.pointAt(-1);
  grid.onkeydown = (event) => {
    const by = ARROWS[event.key];
    if (!by) return;
    event.preventDefault();
    const [column, row] = [dial.sample % dial.samplesAcross, Math.floor(dial.sample / dial.samplesAcross)];
    const inside = (/** @type {number} */ value) => Math.min(dial.samplesAcross - 1, Math.max(0, value));
    dial.chooseSample(dial.sample < 0 ? 0 : inside(row - by[1]) * dial.samplesAcross + inside(column + by[0]));
  };
}

/** @param {HTMLElement} stage @param {Dial} dial */
function listenTo(stage, dial) {
  const move = (/** @type {import("../interact/gestures.js").At} */ { x, y }) => {
    if (dial.plane.view) dial.moveTo(...toLatent(dial.plane.view, x, y));
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
      const [x, y] = dial.plane.view ? toScreen(dial.plane.view, ...dial.at) : [NaN, NaN];
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
