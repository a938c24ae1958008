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

/** @param {HTMLCanvasElement} canvas @param {ImageBitmap | null} sprite  the sheet; null until it is loaded
 * @param {number} index */
export function paintTestImage(canvas, sprite, index) {
  const context = pen(canvas);
  context.clearRect(0, 0, SIDE, SIDE);
  if (!sprite) return;
  const [left, top] = [SIDE * (index % A_ROW), SIDE * Math.floor(index / A_ROW)];
  context.drawImage(sprite, left, top, SIDE, SIDE, 0, 0, SIDE, SIDE);
}
