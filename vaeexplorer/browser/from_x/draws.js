// @ts-check
/** Fifty draws from q(z|x), decoded: each image, and below it the image minus the mean of all. A click chooses one. */
import { pen } from "../draw/canvas.js";
import { h } from "../draw/dom.js";
import { paintDifference, paintImage } from "../draw/sprite.js";
import { DIGIT } from "../engine/format.js";
import { ARROWS } from "../interact/gestures.js";

export const DRAWS = 50;
const A_ROW = 25;
const ROWS = DRAWS / A_ROW;
const GAP = 4; // pixels between rows of pairs; between images there is one
const FULL = 0.6; // the difference that has its full colour

export class Draws {
  /** @param {(draw: number) => void} onPick */
  constructor(onPick) {
    this.canvas = h("canvas", { class: "cloud", role: "slider", tabIndex: 0 });
    const named = { label: `${DRAWS} draws from q(z|x), decoded`, valuemin: 1, valuemax: DRAWS, valuenow: 1 };
    for (const [name, value] of Object.entries(named)) this.canvas.setAttribute(`aria-${name}`, String(value));
    this.frame = h("i", { class: "mark", hidden: true });
    this.format = DIGIT;
    this.pitch = this.tall = 0; // from one image, or one row of pairs, to the next, in pixels
    this.resize(DIGIT);
    this.element = h("div", { class: "row" }, h("div", { class: "strip" }, this.canvas, this.frame));
    this.canvas.onclick = (/** @type {MouseEvent} */ { offsetX, offsetY }) => {
      const column = Math.min(A_ROW - 1, Math.floor((offsetX / this.canvas.clientWidth) * A_ROW));
      const at = Math.floor(((offsetY / this.canvas.clientHeight) * this.canvas.height) / this.tall);
      const row = Math.min(ROWS - 1, at);
      onPick(row * A_ROW + column);
    };
    this.canvas.onkeydown = (/** @type {KeyboardEvent} */ event) => {
      const at = Number(this.canvas.getAttribute("aria-valuenow")) - 1,
        step = ARROWS[event.key];
      const to = step ? at + step[0] - A_ROW * step[1] : { Home: 0, End: DRAWS - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      onPick(Math.min(DRAWS - 1, Math.max(0, to)));
    };
  }

  /** Images of another size. @param {import("../engine/format.js").Format} format */
  resize(format) {
    this.format = format;
    this.pitch = format.width + 1;
    this.tall = 2 * format.height + GAP;
    Object.assign(this.canvas, { width: A_ROW * this.pitch - 1, height: ROWS * this.tall - GAP });
  }

  /** @param {{image: Float32Array}[]} cloud  images in [0, 1] */
  paint(cloud) {
    const g = pen(this.canvas),
      { format } = this,
      mean = new Float32Array(format.size);
    for (const { image } of cloud) for (let p = 0; p < mean.length; p++) mean[p] += image[p] / cloud.length;
    cloud.forEach(({ image }, k) => {
      const [left, top] = [this.pitch * (k % A_ROW), this.tall * Math.floor(k / A_ROW)];
      paintImage(g, image, 1, left, top, format);
      paintDifference(g, image, mean, FULL, left, top + format.height, format);
    });
  }

  /** Frames the draw that z is. @param {number} draw  or -1 */
  mark(draw) {
    this.frame.hidden = draw < 0;
    if (draw < 0) return;
    this.canvas.setAttribute("aria-valuenow", String(draw + 1));
    const percent = (/** @type {number} */ part, /** @type {number} */ whole) => `${(100 * part) / whole}%`;
    const { format, canvas } = this;
    this.frame.style.left = percent(this.pitch * (draw % A_ROW), canvas.width);
    this.frame.style.top = percent(this.tall * Math.floor(draw / A_ROW), canvas.height);
    this.frame.style.width = percent(format.width, canvas.width);
    this.frame.style.height = percent(2 * format.height, canvas.height);
  }
}
