// @ts-check
/** Images on canvases: numbers, a test image out of the sheet of all, or many as thumbnails. A canvas for one image has
 * the size of the image. */
import { spaced, toScreen } from "../engine/geometry.js";
import { DIGIT, imageAt, planesOf } from "../engine/format.js";
import { h } from "./dom.js";
import { pen } from "./canvas.js";

const A_ROW = 100; // test images side by side in the sheet

/** @typedef {import("../engine/format.js").Format} Format */

/** A canvas for one image. @param {Record<string, any>} [properties] @param {Format} [format]
 * @returns {HTMLCanvasElement} */
export const tile = (properties = {}, { width, height } = DIGIT) => h("canvas", { width, height, ...properties });

/** Canvases of one image each for images of another size; they are emptied.
 * @param {HTMLCanvasElement[]} tiles @param {Format} format */
export function sizeTiles(tiles, { width, height }) {
  for (const each of tiles) if (each.width !== width || each.height !== height) Object.assign(each, { width, height });
}

/** Reused: a drag paints hundreds of images a second. @type {ImageData | undefined} */
let data;

/** @param {Format} format @returns {ImageData} */
function pixelsOf({ width, height }) {
  if (data?.width !== width || data.height !== height) data = new ImageData(width, height);
  return data;
}

/** @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} image  (engine/format.js) @param {number} white
 *   the level of white, 255 or 1 @param {number} [x] @param {number} [y] @param {Format} [format] */
export function paintImage(context, image, white, x = 0, y = 0, format = DIGIT) {
  const pixels = pixelsOf(format),
    words = new Uint32Array(pixels.data.buffer),
    [red, green, blue] = planesOf(format),
    scale = 255 / white;
  for (let p = 0; p < words.length; p++) {
    const r = (image[red + p] * scale + 0.5) | 0,
      g = (image[green + p] * scale + 0.5) | 0,
      b = (image[blue + p] * scale + 0.5) | 0;
    words[p] = 0xff000000 | (b << 16) | (g << 8) | r;
  }
  context.putImageData(pixels, x, y);
}

/** The image on a canvas, in [0, 1]. @param {HTMLCanvasElement} canvas @param {Format} format @param {number} [x]
 * @returns {Float32Array} */
export function readImage(canvas, format, x = 0) {
  const { width, height, channels, size } = format,
    { data } = pen(canvas).getImageData(x, 0, width, height),
    area = width * height;
  return Float32Array.from(
    { length: size },
    (_, at) => data[4 * (at % area) + (channels === 3 ? Math.floor(at / area) : 0)] / 255,
  );
}

/** All images of a sheet, a row of it at a time. @param {ImageBitmap} sprite @param {number} count
 * @param {Format} format @returns {Uint8Array} [N * size] */
export function readSheet(sprite, count, format) {
  const { width, height, channels, size } = format,
    images = new Uint8Array(count * size),
    strip = pen(h("canvas", { width: A_ROW * width, height })),
    area = width * height;
  for (let first = 0; first < count; first += A_ROW) {
    strip.drawImage(sprite, 0, -(first / A_ROW) * height);
    const { data } = strip.getImageData(0, 0, A_ROW * width, height);
    for (let k = 0; k < Math.min(A_ROW, count - first); k++)
      for (let p = 0; p < area; p++) {
        const from = 4 * (Math.floor(p / width) * A_ROW * width + k * width + (p % width));
        for (let c = 0; c < channels; c++) images[(first + k) * size + c * area + p] = data[from + c];
      }
  }
  return images;
}

/** What is brighter in one of two images, and what in the other; a colour-blind eye tells them apart. */
const BRIGHTER = [255, 169, 14],
  DARKER = [86, 166, 240];

/** x - y: orange where x is brighter, blue where y is; of colours their mean.
 * @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} x  in [0, 1]
 * @param {ArrayLike<number>} y  the same @param {number} full  the difference that has its full colour
 * @param {number} [left] @param {number} [top] @param {Format} [format] */
export function paintDifference(context, x, y, full, left = 0, top = 0, format = DIGIT) {
  const { data } = pixelsOf(format),
    planes = planesOf(format);
  for (let p = 0; 4 * p < data.length; p++) {
    const difference = planes.reduce((sum, from) => sum + x[from + p] - y[from + p], 0) / 3,
      [r, g, b] = difference > 0 ? BRIGHTER : DARKER,
      share = Math.min(1, Math.abs(difference) / full);
    data.set([r * share, g * share, b * share, 255], 4 * p);
  }
  context.putImageData(pixelsOf(format), left, top);
}

/** @param {HTMLCanvasElement} canvas @param {ImageBitmap | null} sprite  the sheet; null until it is loaded
 * @param {number} index */
export function paintTestImage(canvas, sprite, index) {
  const context = pen(canvas),
    { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  if (!sprite) return;
  const [left, top] = [width * (index % A_ROW), height * Math.floor(index / A_ROW)];
  context.drawImage(sprite, left, top, width, height, 0, 0, width, height);
}

/** Room for the frames of two thumbnails side by side, CSS pixels. @param {number} size  of the images */
const gapAt = (size) => (size < 28 ? 2 : 4);

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
    this.format = DIGIT; // of the images
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
    const { width, height } = this.format,
      longer = Math.max(width, height),
      [across, down] = [(size * width) / longer, (size * height) / longer],
      edge = gapAt(size) / 2;
    g.imageSmoothingEnabled = size * ratio < longer;
    let color = -1;
    for (const [i, x, y] of this.placed(view)) {
      const own = (colors[4 * i] << 16) | (colors[4 * i + 1] << 8) | colors[4 * i + 2],
        [left, top] = [x + (size - across) / 2, y + (size - down) / 2],
        [column, row] = [i % A_ROW, Math.floor(i / A_ROW)];
      if (own !== color) g.fillStyle = `#${(color = own).toString(16).padStart(6, "0")}`;
      g.fillRect(left - edge, top - edge, across + 2 * edge, down + 2 * edge);
      g.drawImage(sheet, width * column, height * row, width, height, left, top, across, down);
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
  const { width, height, size } = DIGIT,
    count = pixels.length / size,
    sheet = h("canvas", { width: width * Math.min(count, A_ROW), height: height * Math.ceil(count / A_ROW) });
  for (let i = 0; i < count; i++)
    paintImage(pen(sheet), imageAt(pixels, i), 255, width * (i % A_ROW), height * Math.floor(i / A_ROW));
  return sheet;
}
