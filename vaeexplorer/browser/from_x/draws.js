// @ts-check
/** Fifty draws from q(z|x), decoded: each image, and below it the image minus the mean of all. A click chooses one. */
import { pen } from "../draw/canvas.js";
import { h } from "../draw/dom.js";
import { paintDifference, paintGrey } from "../draw/sprite.js";
import { PIXELS, SIDE } from "../engine/network.js";
import { ARROWS } from "../interact/gestures.js";

export const DRAWS = 50;
const A_ROW = 25;
const PITCH = SIDE + 1; // from one image to the next, in pixels
const TALL = 2 * SIDE + 4; // from one row of pairs to the next
const FULL = 0.6; // the difference that has its full colour
const [WIDTH, HEIGHT] = [A_ROW * PITCH - 1, (DRAWS / A_ROW) * TALL - 4];

export class Draws {
  /** @param {(draw: number) => void} onPick */
  constructor(onPick) {
    this.canvas = h("canvas", { width: WIDTH, height: HEIGHT, class: "cloud", role: "slider", tabIndex: 0 });
    const named = { label: `${DRAWS} draws from q(z|x), decoded`, valuemin: 1, valuemax: DRAWS, valuenow: 1 };
    for (const [name, value] of Object.entries(named)) this.canvas.setAttribute(`aria-${name}`, String(value));
    this.frame = h("i", { class: "mark", hidden: true });
    this.element = h("div", { class: "row" }, h("div", { class: "strip" }, this.canvas, this.frame));
    this.canvas.onclick = (/** @type {MouseEvent} */ { offsetX, offsetY }) => {
      const column = Math.min(A_ROW - 1, Math.floor((offsetX / this.canvas.clientWidth) * A_ROW));
      const row = Math.min(DRAWS / A_ROW - 1, Math.floor(((offsetY / this.canvas.clientHeight) * HEIGHT) / TALL));
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

  /** @param {{image: Float32Array}[]} cloud  images [784] in [0, 1] */
  paint(cloud) {
    const g = pen(this.canvas),
      mean = new Float32Array(PIXELS);
    for (const { image } of cloud) for (let p = 0; p < PIXELS; p++) mean[p] += image[p] / cloud.length;
    cloud.forEach(({ image }, k) => {
      const [left, top] = [PITCH * (k % A_ROW), TALL * Math.floor(k / A_ROW)];
      paintGrey(g, image, 1, left, top);
      paintDifference(g, image, mean, FULL, left, top + SIDE);
    });
  }

  /** Frames the draw that z is. @param {number} draw  or -1 */
  mark(draw) {
    this.frame.hidden = draw < 0;
    if (draw < 0) return;
    this.canvas.setAttribute("aria-valuenow", String(draw + 1));
    const percent = (/** @type {number} */ part, /** @type {number} */ whole) => `${(100 * part) / whole}%`;
    this.frame.style.left = percent(PITCH * (draw % A_ROW), WIDTH);
    this.frame.style.top = percent(TALL * Math.floor(draw / A_ROW), HEIGHT);
    this.frame.style.width = percent(SIDE, WIDTH);
    this.frame.style.height = percent(2 * SIDE, HEIGHT);
  }
}
