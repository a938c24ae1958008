// @ts-check
/**
 * A slider and a traversal for each dimension: the most informative first, or those that change the image most, or as
 * the network has them.
 *
 * @typedef {import("../engine/summary.js").Summary} Summary
 * @typedef {{ui: import("./elements.js").Ui, space: {name: string, effects?: number[] | null} | null,
 *            model: {codes: import("../engine/codes.js").Codes, summary: Summary} | null, z: number[],
 *            link: import("./url.js").Link, strips?: Strips, showSliders?: (z: ArrayLike<number>) => void,
 *            go(z: number[]): void, goAndTell(z: number[]): void, tell(): void, redraw(what: {z: boolean}): void}} Plane
 *   effects: mean squared change of the image where a dimension is replaced by its mean, [D]
 */
import { h } from "../draw/dom.js";
import { number } from "../draw/numbers.js";
import { buildSliders, fillSelect } from "./elements.js";
import { Strips } from "./strips.js";

/** Dimensions in the order that is asked for. @param {number[]} order  the most informative first
 * @param {number[] | null | undefined} effects @param {string} by */
export function sorted(order, effects, by) {
  if (by === "effect" && effects) return order.slice().sort((a, b) => effects[b] - effects[a]);
  return by === "index" ? order.slice().sort((a, b) => a - b) : order;
}

/** @param {Plane} plane */
export function buildRows(plane) {
  const { model, space, ui, link } = plane;
  if (!model || !space) return;
  const { effects } = space,
    { order, meanKl } = model.summary;
  const summary = { ...model.summary, order: sorted(order, effects, link.order) };
  plane.strips = new Strips(
    ui.strips,
    ui.path,
    summary,
    space.name,
    (z) => plane.goAndTell(z),
    () => plane.redraw({ z: true }),
  );
  const note = (/** @type {number} */ dimension) =>
    link.order === "effect" && effects ? number(effects[dimension]) : meanKl ? `${number(meanKl[dimension])} nats` : "";
  plane.showSliders = buildSliders(
    ui,
    summary,
    order.length > 2 ? note : () => "",
    (dimension, value) => plane.go(plane.z.map((old, j) => (j === dimension ? value : old))),
    () => plane.tell(),
  );
  if (order.length > 2) ui.sliders.prepend(choice(plane, meanKl !== null));
}

/** @param {Plane} plane @param {boolean} isVae */
function choice(plane, isVae) {
  const select = h("select", { "aria-label": "Order of the dimensions" });
  const options = /** @type {[string, string][]} */ ([
    ["KL", isVae ? "by KL" : "by variance"],
    ...(plane.space?.effects ? [["effect", "by effect on the image"]] : []),
    ["index", "by index"],
  ]);
  fillSelect(select, options, plane.link.order);
  select.onchange = () => {
    plane.link.order = select.value;
    buildRows(plane);
    plane.redraw({ z: true });
    plane.tell();
  };
  return h("div", { class: "order" }, select);
}
