// @ts-check
/** The decoded manifold behind the dots: one small image at every cell of the visible region. */
import { pen } from "./canvas.js";
import { h } from "./dom.js";
import { DIGIT, planesOf } from "../engine/format.js";
import { toLatent, toScreen } from "../engine/geometry.js";
import { movedTo } from "../engine/projections.js";

const FINEST = 56; // pixels of an image on the canvas, which a screen full of larger ones would make huge

export class Manifold {
  /** @param {number} [cell]  CSS pixels of an image @param {number} [strength]  of the ink: dots stay in front */
  constructor(cell = 31, strength = 0.2) {
    this.cell = cell;
    this.strength = strength;
    this.format = DIGIT;
    /** What is shown. @type {{canvas: HTMLCanvasElement, box: number[]} | null} */
    this.shown = null;
    /** What is being decoded. @type {{canvas: HTMLCanvasElement, box: number[], columns: number} | null} */
    this.coming = null;
  }

  /** The codes to decode for a view, row by row from the top: z moved within its plane.
   * @param {import("../engine/projections.js").Plane} plane @param {ArrayLike<number>} z
   * @param {import("../engine/geometry.js").View} view */
  plan(plane, z, view) {
    const step = this.cell / view.scale; // cells lie on a lattice of latent space, so that panning does not shift them
    const [left, top] = toLatent(view, 0, 0),
      [right, bottom] = toLatent(view, view.width, view.height);
    const x0 = Math.floor(left / step),
      x1 = Math.ceil(right / step),
      y0 = Math.floor(bottom / step),
      y1 = Math.ceil(top / step);
    const columns = x1 - x0,
      rows = y1 - y0,
      dim = z.length;
    const zs = new Float32Array(columns * rows * dim);
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        zs.set(movedTo(plane, z, (x0 + c + 0.5) * step, (y1 - r - 0.5) * step), (r * columns + c) * dim);
    const side = this.side,
      canvas = h("canvas", { width: side * columns, height: side * rows });
    this.coming = { canvas, box: [x0 * step, x1 * step, y0 * step, y1 * step], columns };
    return zs;
  }

  /** Pixels of a cell on the canvas. */
  get side() {
    return Math.min(FINEST, Math.max(this.format.width, this.format.height));
  }

  /** @param {number} start @param {Uint8Array} pixels  of the images, in `format` @param {boolean} done
   * @param {number[]} ink RGB, in which grey images are drawn */
  receive(start, pixels, done, ink) {
    if (!this.coming) return;
    const { width, height, channels, size } = this.format,
      planes = planesOf(this.format),
      { side } = this,
      scale = side / Math.max(width, height),
      [across, down] = [scale * width, scale * height];
    const context = pen(this.coming.canvas),
      one = h("canvas", { width, height }),
      tile = context.createImageData(width, height),
      data = tile.data;
    for (let i = 0; i * size < pixels.length; i++) {
      for (let p = 0; p < width * height; p++) {
        const from = i * size + p;
        for (let c = 0; c < 3; c++) data[4 * p + c] = channels === 3 ? pixels[from + planes[c]] : ink[c];
        data[4 * p + 3] = this.strength * (channels === 3 ? 255 : pixels[from]);
      }
      const at = start + i,
        [left, top] = [side * (at % this.coming.columns), side * Math.floor(at / this.coming.columns)];
      if (scale === 1 && width === height) context.putImageData(tile, left, top);
      else {
        pen(one).putImageData(tile, 0, 0);
        context.drawImage(one, left + (side - across) / 2, top + (side - down) / 2, across, down);
      }
    }
    if (done || !this.shown) this.shown = this.coming;
  }

  /** What is shown, for a file of the plane. @returns {import("../files/plane_picture.js").Behind | null} */
  get picture() {
    return this.shown && { canvas: this.shown.canvas, box: this.shown.box, opacity: 1, isSmooth: true };
  }

  /** @param {CanvasRenderingContext2D} context @param {import("../engine/geometry.js").View} view
   * @param {number} ratio */
  draw(context, view, ratio) {
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, view.width, view.height);
    if (!this.shown) return;
    const [x0, x1, y0, y1] = this.shown.box;
    const [left, top] = toScreen(view, x0, y1),
      [right, bottom] = toScreen(view, x1, y0);
    context.drawImage(this.shown.canvas, left, top, right - left, bottom - top);
  }

  clear() {
    this.shown = this.coming = null;
  }
}
