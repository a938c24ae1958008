// @ts-check
/**
 * What is drawn behind the dots: its buttons, and the scale below the planes.
 *
 * @typedef {import("./field.js").Kind} Kind
 */
import { button, h, press } from "../draw/dom.js";
import { number } from "../draw/numbers.js";
import { VIRIDIS_CSS } from "../engine/codes.js";

const FIELDS = /** @type {[Kind, string, string][]} */ ([
  ["none", "Classes", "Dots coloured by class, no field"],
  ["nearest", "Unlike training images", "How far the decoded image is from its nearest training image"],
  ["cycle", "Re-encoding", "How far from z the decoded image is encoded again"],
  [
    "magnification",
    "Magnification",
    "How much the decoder stretches latent space, with ellipses of equal image change",
  ],
]);

/** @type {[string, string][]} */
export const KEYS = [
  ["← → ↑ ↓", "another image for A, with Shift for B"],
  ["+, −, 0", "zoom in, out, and show everything"],
  ["?", "this table"],
];

export class Kinds {
  /** @param {(kind: Kind) => void} choose */
  constructor(choose) {
    this.buttons = FIELDS.map(([kind, text, title]) => button(text, title, () => choose(kind)));
    this.element = h("div", { class: "segments", role: "group", "aria-label": "Behind the dots" }, ...this.buttons);
    this.scale = h("div", { class: "scale", hidden: true });
    this.show("none");
  }

  /** @param {Kind} kind */
  show(kind) {
    this.buttons.forEach((choice, k) => press(choice, FIELDS[k][0] === kind));
    if (kind === "none") this.scale.hidden = true;
  }

  /** @param {import("./field.js").Fields} fields  that are shown */
  measure({ kind, low, high, unit }) {
    const title = FIELDS.find(([each]) => each === kind)?.[1] ?? "";
    const bar = h("i", { style: `background: ${VIRIDIS_CSS}` });
    const text = h("span", { textContent: `${title}, ${unit}:` });
    this.scale.replaceChildren(text, ` ${number(low, 1)} `, bar, ` ${number(high, 1)}`);
    this.scale.hidden = false;
  }
}
