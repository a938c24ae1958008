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
    /** What was shown before: painted anew where many a second follow. @type {HTMLCanvasElement | null} */
    this.before = null;
    /** @type {ImageData | null} */ this.pixels = null;
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
    const [width, height] = [this.side * columns, this.side * rows],
      isLike = this.before?.width === width && this.before.height === height,
      canvas = isLike && this.before ? this.before : h("canvas", { width, height });
    this.before = null;
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
    const { width, height } = this.format,
      { canvas, columns } = this.coming,
      { side } = this,
      count = pixels.length / this.format.size,
      context = pen(canvas);
    const corner = (/** @type {number} */ i) => [
      side * ((start + i) % columns),
      side * Math.floor((start + i) / columns),
    ];
    if (side === width && side === height) {
      const whole = this.imageOf(canvas.width, canvas.height);
      for (let i = 0; i < count; i++) {
        const [left, top] = corner(i);
        this.write(whole, top * canvas.width + left, pixels, i, ink);
      }
      context.putImageData(whole, 0, 0); // at once: hundreds of small ones take longer than what they show
    } else {
      const scale = side / Math.max(width, height),
        [across, down] = [scale * width, scale * height],
        one = h("canvas", { width, height }),
        tile = context.createImageData(width, height);
      for (let i = 0; i < count; i++) {
        const [left, top] = corner(i);
        this.write(tile, 0, pixels, i, ink);
        pen(one).putImageData(tile, 0, 0);
        context.drawImage(one, left + (side - across) / 2, top + (side - down) / 2, across, down);
      }
    }
    if (!done && this.shown) return;
    if (this.shown && this.shown !== this.coming) this.before = this.shown.canvas;
    this.shown = this.coming;
  }

  /** Pixels of the canvas that comes, of which a part may have been written. @param {number} width
   * @param {number} height @returns {ImageData} */
  imageOf(width, height) {
    if (this.pixels?.width !== width || this.pixels.height !== height) this.pixels = new ImageData(width, height);
    return this.pixels;
  }

  /** Image number i of those given, from a pixel on. @param {ImageData} target @param {number} corner
   * @param {Uint8Array} pixels @param {number} i @param {number[]} ink */
  write(target, corner, pixels, i, [r, g, b]) {
    const { width, height, channels, size } = this.format,
      [red, green, blue] = planesOf(this.format),
      words = new Uint32Array(target.data.buffer),
      { strength } = this,
      grey = r | (g << 8) | (b << 16),
      opaque = (strength * 255 + 0.5) << 24;
    for (let row = 0, from = i * size; row < height; row++)
      for (let to = corner + row * target.width, end = to + width; to < end; to++, from++)
        words[to] =
          channels === 3
            ? opaque | (pixels[from + blue] << 16) | (pixels[from + green] << 8) | pixels[from + red]
            : grey | ((strength * pixels[from] + 0.5) << 24);
  }

  /** What is shown, for a file of the plane. @returns {import("./canvas.js").Behind | null} */
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
    this.shown = this.coming = this.before = null;
  }
}
