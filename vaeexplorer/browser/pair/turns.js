// @ts-check
/**
 * Which pair is shown, by turns: one that looks bad in one space, one in the other, one at random; and how typical it
 * is.
 *
 * @typedef {{pairs: {pair: [number, number] | null, worse: number | null}[], shares: [number, number], count: number}}
 *   Start
 *   pairs: in turn; pair: chosen, or null for a random one; worse: the space whose midpoint is the farther one from the
 *   training images; shares: of so many (count) random pairs those in which it is the first's, and the second's
 */
import { h } from "../draw/dom.js";
import { number } from "../draw/numbers.js";

export class Turns {
  constructor() {
    /** @type {Start} */ this.start = { pairs: [], shares: [0, 0], count: 0 };
    this.at = 0;
    /** @type {[number, number] | null} the pair that was drawn last */ this.random = null;
    this.figure = h("output", { class: "key-number" });
    this.text = h("span", { class: "key-label" });
    this.element = h("div", { class: "typical", role: "status" }, this.figure, this.text);
  }

  /** @param {Start} [start]  none where nothing was measured of the spaces */
  open(start = { pairs: [], shares: [0, 0], count: 0 }) {
    this.start = start;
    this.at = 0;
  }

  /** The pair that a page shows by itself. @returns {[number, number]} */
  get first() {
    return this.start.pairs[0]?.pair ?? [1, 0];
  }

  /** @param {import("../engine/codes.js").Codes} codes  of the images @returns {[number, number]} */
  next(codes) {
    const { pairs } = this.start;
    this.at = (this.at + 1) % Math.max(1, pairs.length);
    const pair = pairs[this.at]?.pair;
    this.random = pair ? null : ofTwoClasses(codes);
    return pair ?? /** @type {[number, number]} */ (this.random);
  }

  /** Says how typical a pair is. @param {[number, number]} pair @param {string[]} kinds  of the spaces */
  tell([a, b], kinds) {
    const { pairs, shares, count } = this.start;
    const isRandom = this.random?.[0] === a && this.random[1] === b;
    const chosen = pairs.find(({ pair }) => pair && pair[0] === a && pair[1] === b);
    const worse = chosen?.worse ?? pairs[0]?.worse ?? 1;
    this.figure.textContent = count ? `${number(100 * shares[worse], 0)} %` : "";
    const about = chosen?.worse === null || chosen?.worse === undefined ? (isRandom ? "random" : "yours") : "chosen";
    this.text.textContent = count ? `of random pairs are worse in the ${kinds[worse]}; here: ${about}.` : "";
    this.element.title =
      `Of ${count.toLocaleString("en")} random pairs of images of two classes: those whose midpoint the ` +
      `${kinds[worse]} decodes to an image farther from all training images.`;
  }
}

/** Two test images of different classes.
 * @param {import("../engine/codes.js").Codes} codes @returns {[number, number]} */
function ofTwoClasses({ count, labels }) {
  const draw = () => Math.floor(Math.random() * count),
    a = draw();
  let b = draw();
  for (let i = 0; i < 100 && labels[a] === labels[b]; i++) b = draw();
  return [a, b];
}
