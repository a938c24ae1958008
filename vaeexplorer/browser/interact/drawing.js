// @ts-check
/** A drawing, and a picture from a file, made into an image like those of the data sets. */
import { pen } from "../draw/canvas.js";
import { h, positionIn } from "../draw/dom.js";
import { readImage, tile } from "../draw/sprite.js";
import { isDigit } from "../engine/format.js";
import { SIDE } from "../engine/network.js";

const BOX = 20; // MNIST scales a digit to fit 20 x 20 and puts its centre of mass in the middle of 28 x 28 ...
const MIDDLE = 14.5; // ... rounded to whole pixels: over the 10,000 test images it lies 14.0 to 15.0 from either edge
const FINE = 4; // samples a pixel and direction

/** As MNIST was made (LeCun et al. 1998): fitted into 20 x 20, aspect kept, and centred by mass.
 * @param {ArrayLike<number>} ink  [side * side], 0 is paper, 1 is ink @param {number} side
 * @returns {Float32Array | null} [784] in [0, 1]; null where nothing was drawn */
export function centred(ink, side) {
  let left = side,
    right = -1,
    top = side,
    bottom = -1,
    mass = 0,
    cx = 0,
    cy = 0;
  for (let y = 0, p = 0; y < side; y++)
    for (let x = 0; x < side; x++, p++) {
      if (ink[p] < 0.05) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      mass += ink[p];
      cx += ink[p] * (x + 0.5);
      cy += ink[p] * (y + 0.5);
    }
  if (!mass) return null;
  const scale = Math.max(right - left + 1, bottom - top + 1) / BOX; // source pixels per target pixel
  const image = new Float32Array(SIDE * SIDE);
  for (let v = 0; v < SIDE; v++)
    for (let u = 0; u < SIDE; u++) {
      let sum = 0;
      for (let b = 0; b < FINE; b++)
        for (let a = 0; a < FINE; a++) {
          const x = Math.floor(cx / mass + (u + (a + 0.5) / FINE - MIDDLE) * scale);
          const y = Math.floor(cy / mass + (v + (b + 0.5) / FINE - MIDDLE) * scale);
          if (x >= 0 && x < side && y >= 0 && y < side) sum += ink[y * side + x];
        }
      image[v * SIDE + u] = sum / FINE ** 2;
    }
  return image;
}

/** The background is black in both data sets: a picture with a light border is inverted.
 * @param {ArrayLike<number>} image  [784] @returns {Float32Array} */
export function onBlack(image) {
  let rim = 0;
  for (let k = 0; k < SIDE; k++)
    rim += image[k] + image[(SIDE - 1) * SIDE + k] + image[k * SIDE] + image[k * SIDE + SIDE - 1];
  return Float32Array.from(image, (value) => (rim / (4 * SIDE) > 0.5 ? 1 - value : value));
}

/** A picture file as an image like those of the data sets, or of a model of one's own.
 * @param {Blob} file @param {import("../engine/format.js").Format} format @returns {Promise<Float32Array>} in [0, 1] */
export async function fromFile(file, format) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    throw new Error("This file is not a picture that the browser can read: try a PNG.");
  }
  const canvas = tile({}, format),
    context = pen(canvas),
    scale = Math.min(format.width / picture.width, format.height / picture.height);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, format.width, format.height); // behind what is transparent
  context.imageSmoothingQuality = "high";
  const [width, height] = [scale * picture.width, scale * picture.height];
  context.drawImage(picture, (format.width - width) / 2, (format.height - height) / 2, width, height);
  const colored = readImage(canvas, { ...format, channels: 3, size: 3 * format.width * format.height });
  if (format.channels === 3) return colored;
  const [red, green, blue] = [0, 1, 2].map((plane) => plane * format.size);
  const grey = Float32Array.from(
    { length: format.size },
    (_, p) => 0.299 * colored[red + p] + 0.587 * colored[green + p] + 0.114 * colored[blue + p],
  );
  return isDigit(format) ? onBlack(grey) : grey;
}

const SEEN = 1200; // ms after a stroke in which the pad shows what was drawn, and not yet the image made of it

/** A pad to draw on with a brush like MNIST's strokes. It lies over the image, and is seen while it is drawn on. */
export class Pad {
  /** @param {(image: Float32Array | null) => void} onChange  at every move of a stroke
   * @param {() => void} onEnd  of a stroke */
  constructor(onChange, onEnd) {
    const side = 280;
    this.canvas = h("canvas", { width: side, height: side, class: "pad", role: "img", "aria-label": "Draw here" });
    const context = /** @type {CanvasRenderingContext2D} */ (
      this.canvas.getContext("2d", { willReadFrequently: true })
    );
    const hide = () => this.canvas.classList.toggle("drawing", false);
    this.clear = () => {
      context.fillStyle = "#000";
      context.fillRect(0, 0, side, side);
      hide();
    };
    this.clear();
    context.lineWidth = 22;
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = "#fff";
    /** @type {[number, number] | null} */ let last = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */ let fading;
    /** @param {PointerEvent} event @returns {[number, number]} */
    const at = (event) => {
      const { x, y } = positionIn(this.canvas, event),
        { width, height } = this.canvas.getBoundingClientRect();
      return [(x / width) * side, (y / height) * side];
    };
    const stroke = (/** @type {PointerEvent} */ event) => {
      if (!last) return;
      const next = at(event);
      context.beginPath();
      context.moveTo(...last);
      context.lineTo(...next);
      context.stroke();
      last = next;
      const { data } = context.getImageData(0, 0, side, side);
      onChange(
        centred(
          Float32Array.from({ length: side * side }, (_, p) => data[4 * p] / 255),
          side,
        ),
      );
    };
    this.canvas.onpointerdown = (/** @type {PointerEvent} */ event) => {
      this.canvas.setPointerCapture(event.pointerId);
      clearTimeout(fading);
      this.canvas.classList.toggle("drawing", true);
      last = at(event);
      stroke(event);
    };
    this.canvas.onpointermove = stroke;
    this.canvas.onpointerup = this.canvas.onpointercancel = () => {
      if (!last) return;
      last = null;
      fading = setTimeout(hide, SEEN);
      onEnd();
    };
  }
}
