// @ts-check
/** A slider for the size of test images in place of dots; at its left end they are dots. */
import { h } from "../draw/dom.js";

const LARGEST = 56; // CSS pixels

export class ImageSize {
  /** @param {() => void} change  another size @param {() => void} [settle]  the slider was released */
  constructor(change = () => {}, settle = () => {}) {
    this.change = change;
    this.settle = settle;
    const label = "Size of images in place of dots";
    this.input = h("input", { type: "range", min: 0, max: LARGEST, step: 7, value: 0, "aria-label": label });
    this.text = h("output");
    this.element = h(
      "label",
      { class: "images", title: "Images in place of dots" },
      h("i"),
      this.input,
      h("i"),
      this.text,
    );
    this.input.oninput = () => {
      this.px = Number(this.input.value);
      this.change();
    };
    this.input.onchange = () => this.settle();
    this.size = 0;
  }

  /** CSS pixels; 0: dots. */
  get px() {
    return this.size;
  }

  set px(size) {
    this.size = size;
    this.input.value = String(size);
    this.text.textContent = size ? `${size} px` : "";
  }
}
