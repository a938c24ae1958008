// @ts-check
/** Images of 28 by 28 pixels on canvases: grey levels, or one test image out of the sheet of all. */
import { PIXELS, SIDE } from "../engine/network.js";
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
