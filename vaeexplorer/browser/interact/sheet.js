// @ts-check
/** The sheet of test images of a page; a failure is said, with a way to try again. */
import { complain } from "../draw/dom.js";
import { Latest, loadSprite } from "../engine/fetch.js";

export class Sheet {
  /** @param {HTMLElement} message  where a failure is said @param {() => void} arrived */
  constructor(message, arrived) {
    this.message = message;
    this.arrived = arrived;
    this.latest = new Latest();
    /** @type {ImageBitmap | null} null until it is here */ this.image = null;
    this.url = "";
  }

  stop() {
    this.latest.stop();
  }

  /** @param {string} sprite  its address */
  load(sprite) {
    if (sprite === this.url) return;
    this.url = sprite;
    this.image = null;
    this.latest.ask(
      () => loadSprite({ sprite }),
      (image) => {
        this.image = image;
        this.arrived();
      },
      (error) => {
        this.url = "";
        complain(this.message, `The test images could not be loaded. ${error.message}`, () => {
          this.message.textContent = "";
          this.load(sprite);
        });
      },
    );
  }
}
