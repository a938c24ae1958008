// @ts-check
/** The two test images, A and B, on either side of the ways between them. */
import { h } from "../draw/dom.js";
import { paintTestImage, sizeTiles, tile } from "../draw/sprite.js";
import { formatOf } from "../engine/format.js";

export class Ends {
  constructor() {
    this.thumbnails = [0, 1].map(() => tile({ class: "tile", role: "img" }));
    this.captions = [0, 1].map(() => h("span"));
    this.elements = this.thumbnails.map((canvas, k) =>
      h("div", { class: "end" }, h("b", { textContent: "AB"[k] }), canvas, this.captions[k]),
    );
  }

  /** Other images. @param {import("../engine/format.js").Shape} shape @returns {HTMLElement[]} the elements */
  open(shape) {
    sizeTiles(this.thumbnails, formatOf(shape));
    return this.elements;
  }

  /** @param {[number, number]} indices @param {ImageBitmap | null} sprite
   * @param {(index: number) => string} describe @param {boolean} isBrief  whether a number is enough */
  show(indices, sprite, describe, isBrief) {
    for (const [k, index] of indices.entries()) {
      paintTestImage(this.thumbnails[k], sprite, index);
      this.thumbnails[k].setAttribute("aria-label", `${"AB"[k]}: ${describe(index)}`);
      this.captions[k].textContent = isBrief ? `#${index}` : describe(index);
    }
  }
}
