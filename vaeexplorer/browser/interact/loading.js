// @ts-check
/** What a visitor sees while files come: that they come, and how far; controls that do not work yet are off. */
import { h } from "../draw/dom.js";
import { progressOf } from "../engine/fetch.js";

const PATIENCE = 250; // ms before anything is said, and between two updates

export class Loading {
  /** @param {HTMLElement} root  is marked as busy @param {HTMLFieldSetElement[]} controls  off until something is shown
   */
  constructor(root, controls) {
    this.root = root;
    this.controls = controls;
    this.bar = h("progress", { max: 1 });
    this.text = h("span");
    this.element = h("div", { class: "loading", hidden: true }, this.bar, this.text);
    this.isEmpty = true;
    this.enable();
  }

  /** @param {string} name  of what is loaded @param {(string | undefined)[]} urls  of its files */
  begin(name, urls) {
    clearInterval(this.timer);
    this.root.setAttribute("aria-busy", "true");
    this.bar.setAttribute("aria-label", `Loading ${name}`);
    this.timer = setInterval(() => {
      const { got, total } = progressOf(urls);
      this.element.hidden = false;
      if (total) this.bar.value = Math.min(1, got / total);
      else this.bar.removeAttribute("value");
      const come = total ? `${megabytes(got)} of ${megabytes(total)}` : megabytes(got);
      this.text.textContent = `Loading ${name}: ${come} MB`;
    }, PATIENCE);
  }

  /** @param {boolean} isShown  whether it is there now; otherwise loading has failed */
  end(isShown) {
    clearInterval(this.timer);
    this.root.setAttribute("aria-busy", "false");
    this.element.hidden = true;
    if (isShown) this.isEmpty = false;
    this.enable();
  }

  enable() {
    this.root.dataset.empty = String(this.isEmpty);
    for (const each of this.controls) each.disabled = this.isEmpty;
  }
}

/** @param {number} bytes */
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
