// @ts-check
/** Images of 28 by 28 pixels on canvases: grey levels, a test image out of the sheet of all, or many as thumbnails. */
import { spaced, toScreen } from "../engine/geometry.js";
import { PIXELS, SIDE, imageAt } from "../engine/network.js";
import { h } from "./dom.js";
import { pen } from "./canvas.js";

const A_ROW = 100; // test images side by side in the sheet

/** A canvas for one image. @param {Record<string, any>} [properties] @returns {HTMLCanvasElement} */
export const tile = (properties = {}) => h("canvas", { width: SIDE, height: SIDE, ...properties });

/** Reused: a drag paints hundreds of images a second. @type {ImageData | undefined} */
let data;

/** @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} pixels  [784] grey levels @param {number} white
 *   the level of white, 255 or 1 @param {number} [x] @param {number} [y] */
export function paintGrey(context, pixels, white, x = 0, y = 0) {
  data ??= new ImageData(SIDE, SIDE);
  const words = new Uint32Array(data.data.buffer);
  for (let p = 0; p < PIXELS; p++) {
    const grey = ((pixels[p] * 255) / white + 0.5) | 0;
    words[p] = 0xff000000 | (grey << 16) | (grey << 8) | grey;
  }
  context.putImageData(data, x, y);
}

/** What is brighter in one of two images, and what in the other; a colour-blind eye tells them apart. */
const BRIGHTER = [255, 169, 14],
  DARKER = [86, 166, 240];

/** x - y: orange where x is brighter, blue where y is.
 * @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} x  [784] grey levels in [0, 1]
 * @param {ArrayLike<number>} y  the same @param {number} full  the difference that has its full colour
 * @param {number} [left] @param {number} [top] */
export function paintDifference(context, x, y, full, left = 0, top = 0) {
  data ??= new ImageData(SIDE, SIDE);
  for (let p = 0; p < PIXELS; p++) {
    const difference = x[p] - y[p],
      [r, g, b] = difference > 0 ? BRIGHTER : DARKER,
      share = Math.min(1, Math.abs(difference) / full);
    data.data.set([r * share, g * share, b * share, 255], 4 * p);
  }
  context.putImageData(data, left, top);
}

/** @param {HTMLCanvasElement} canvas @param {ImageBitmap | null} sprite  the sheet; null until it is loaded
 * @param {number} index */
export function paintTestImage(canvas, sprite, index) {
  const context = pen(canvas);
  context.clearRect(0, 0, SIDE, SIDE);
  if (!sprite) return;
  const [left, top] = [SIDE * (index % A_ROW), SIDE * Math.floor(index / A_ROW)];
  context.drawImage(sprite, left, top, SIDE, SIDE, 0, 0, SIDE, SIDE);
}

/** Room for the frames of two thumbnails side by side, CSS pixels. @param {number} size  of the images */
const gapAt = (size) => (size < SIDE ? 2 : 4);

/** @typedef {{xs: Float32Array, ys: Float32Array}} Places */
/** @typedef {ImageBitmap | HTMLCanvasElement} Sheet  a hundred images in a row */

/**
 * Test images in place of dots: so many that no two overlap, more as one zooms. What was drawn is remembered, so that
 * what is pointed at is what is seen.
 */
export class Thumbnails {
  constructor() {
    /** @type {number[]} */ this.chosen = [];
    this.size = 0; // CSS pixels; 0 while dots are shown instead
    /** @type {Places} */ this.places = { xs: new Float32Array(), ys: new Float32Array() };
    /** @type {unknown[]} */ this.of = [];
  }

  /** Draws them, unless dots are to be shown: without a size, or while the sheet is on its way.
   * @param {CanvasRenderingContext2D} g @param {import("../engine/geometry.js").View} view
   * @param {Places} home  where they come to rest, which decides which are chosen
   * @param {Uint8ClampedArray} colors  [N * 4], transparent where an image is hidden
   * @param {Sheet | null | undefined} sheet @param {number} size CSS pixels
   * @param {number} ratio device pixels per CSS pixel @param {Places} [places]  where they are now
   * @returns {boolean} whether images are drawn */
  draw(g, view, home, colors, sheet, size, ratio, places = home) {
    const { xs, ys } = home,
      of = [xs, ys, colors, size, view.scale];
    if (!size || !sheet) {
      this.size = 0;
      this.chosen = [];
      this.of = [];
      return false;
    }
    if (of.some((part, k) => part !== this.of[k]))
      this.chosen = spaced(xs, ys, (size + gapAt(size)) / view.scale, (i) => colors[4 * i + 3] > 0);
    Object.assign(this, { of, size, places });
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, view.width, view.height);
    g.imageSmoothingEnabled = size * ratio < SIDE;
    const edge = gapAt(size) / 2,
      framed = size + 2 * edge;
    let color = -1;
    for (const [i, left, top] of this.placed(view)) {
      const own = (colors[4 * i] << 16) | (colors[4 * i + 1] << 8) | colors[4 * i + 2];
      if (own !== color) g.fillStyle = `#${(color = own).toString(16).padStart(6, "0")}`;
      g.fillRect(left - edge, top - edge, framed, framed);
      g.drawImage(sheet, SIDE * (i % A_ROW), SIDE * Math.floor(i / A_ROW), SIDE, SIDE, left, top, size, size);
    }
    return true;
  }

  /** What is in view: an image's number, and where its corner lies in CSS pixels.
   * @param {import("../engine/geometry.js").View} view @returns {Generator<[number, number, number]>} */
  *placed(view) {
    const { size, places } = this;
    for (const i of this.chosen) {
      const [x, y] = toScreen(view, places.xs[i], places.ys[i]),
        [left, top] = [Math.round(x - size / 2), Math.round(y - size / 2)];
      if (left > -size && top > -size && left < view.width && top < view.height) yield [i, left, top];
    }
  }

  /** The image at a point of the plane. @param {import("../engine/geometry.js").View} view @param {number} x
   * @param {number} y  CSS pixels @returns {number} -1 for none */
  at(view, x, y) {
    const { xs, ys } = this.places;
    return (
      this.chosen.find((i) => {
        const [left, top] = toScreen(view, xs[i], ys[i]);
        return Math.max(Math.abs(left - x), Math.abs(top - y)) <= this.size / 2;
      }) ?? -1
    );
  }
}

/** A sheet of images. @param {Uint8Array} pixels  [N * 784] grey levels @returns {HTMLCanvasElement} */
export function sheetOf(pixels) {
  const count = pixels.length / PIXELS,
    sheet = h("canvas", { width: SIDE * Math.min(count, A_ROW), height: SIDE * Math.ceil(count / A_ROW) });
  for (let i = 0; i < count; i++)
    paintGrey(pen(sheet), imageAt(pixels, i), 255, SIDE * (i % A_ROW), SIDE * Math.floor(i / A_ROW));
  return sheet;
}
