// @ts-check
/** Images of 28 by 28 pixels on canvases: grey levels, a test image out of the sheet of all, or many as thumbnails. */
import { spaced, toScreen } from "../engine/geometry.js";
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

const GAP = 2; // CSS pixels between thumbnails

/**
 * Test images in place of dots: so many that no two overlap, more as one zooms. What was drawn is remembered, so that
 * what is pointed at is what is seen.
 */
export class Thumbnails {
  constructor() {
    /** @type {number[]} */ this.chosen = [];
    this.size = 0; // CSS pixels
    /** @type {unknown[]} */ this.of = [];
  }

  /** @param {CanvasRenderingContext2D} g @param {import("../engine/geometry.js").View} view @param {Float32Array} xs
   * @param {Float32Array} ys @param {Uint8ClampedArray} colors  [N * 4], transparent where an image is hidden
   * @param {ImageBitmap} sprite @param {number} size CSS pixels @param {number} ratio device pixels per CSS pixel */
  draw(g, view, xs, ys, colors, sprite, size, ratio) {
    const of = [xs, ys, colors, size, view.scale];
    if (of.some((part, k) => part !== this.of[k]))
      this.chosen = spaced(xs, ys, (size + GAP) / view.scale, (i) => colors[4 * i + 3] > 0);
    this.of = of;
    this.size = size;
    this.xs = xs;
    this.ys = ys;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, view.width, view.height);
    g.imageSmoothingEnabled = size * ratio < SIDE;
    g.lineWidth = size < SIDE ? 1 : 2;
    for (const i of this.chosen) {
      const [x, y] = toScreen(view, xs[i], ys[i]),
        [left, top] = [Math.round(x - size / 2), Math.round(y - size / 2)];
      if (left < -size || top < -size || left > view.width || top > view.height) continue;
      g.drawImage(sprite, SIDE * (i % A_ROW), SIDE * Math.floor(i / A_ROW), SIDE, SIDE, left, top, size, size);
      g.strokeStyle = `rgb(${colors[4 * i]}, ${colors[4 * i + 1]}, ${colors[4 * i + 2]})`;
      g.strokeRect(left, top, size, size);
    }
  }

  /** Dots are shown instead. */
  clear() {
    this.size = 0;
    this.chosen = [];
    this.of = [];
  }

  /** The image at a point of the plane. @param {import("../engine/geometry.js").View} view @param {number} x
   * @param {number} y  CSS pixels @returns {number} -1 for none */
  at(view, x, y) {
    const { xs, ys } = this;
    if (!xs || !ys) return -1;
    return (
      this.chosen.find((i) => {
        const [left, top] = toScreen(view, xs[i], ys[i]);
        return Math.max(Math.abs(left - x), Math.abs(top - y)) <= this.size / 2;
      }) ?? -1
    );
  }
}
