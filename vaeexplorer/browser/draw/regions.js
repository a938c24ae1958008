// @ts-check
/**
 * Two maps over a plane: a classifier's answers to the decoded images, and how unlike training images these are. Both
 * were measured by the server, and come as one file.
 *
 * @typedef {{rows: number, columns: number, x: [number, number], y: [number, number], label: string,
 *            confidence: string, distance: string, low: number, high: number, far: number}} Sent
 *   label, confidence, distance: bytes in base64, the top row first; confidence of 255, distance from low to high;
 *   far: what most reconstructions of test images stay below
 * @typedef {{label: number, confidence: number, isFar: boolean}} Answer
 * @typedef {"images" | "classifier" | "unlike"} Behind  what lies behind the dots; images: no map
 */
import { viridis } from "../engine/codes.js";
import { fetchOnce } from "../engine/fetch.js";
import { toScreen } from "../engine/geometry.js";
import { pen } from "./canvas.js";
import { h } from "./dom.js";
import { number } from "./numbers.js";

const OPACITY = { classifier: 0.6, unlike: 0.8 };
const UNSURE = 0.3; // a confidence at which a colour has faded

/** @param {string} text  base64 */
const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** @param {string} color  #rrggbb */
const rgb = (color) => [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));

/** @param {ArrayBuffer} bytes */
const read = (bytes) => new Regions(JSON.parse(new TextDecoder().decode(bytes)));

export class Regions {
  /** @param {Sent} sent */
  constructor(sent) {
    this.sent = sent;
    this.label = bytesOf(sent.label);
    this.confidence = bytesOf(sent.confidence);
    this.distance = bytesOf(sent.distance);
  }

  /** Of a cell. @param {number} i @returns {Answer} */
  cell(i) {
    const { low, high, far } = this.sent;
    return {
      label: this.label[i],
      confidence: this.confidence[i] / 255,
      isFar: low + ((high - low) * this.distance[i]) / 255 > far,
    };
  }

  /** What the classifier says at a point; null off the map. @param {ArrayLike<number>} z */
  at(z) {
    const [x, y] = [z[0], z[1]],
      { rows, columns, x: across, y: up } = this.sent;
    const column = Math.floor((columns * (x - across[0])) / (across[1] - across[0])),
      row = Math.floor((rows * (up[1] - y)) / (up[1] - up[0]));
    return column >= 0 && row >= 0 && column < columns && row < rows ? this.cell(row * columns + column) : null;
  }

  /** RGBA of a cell. @param {number} i @param {number[][]} colors  of classes @param {Behind} kind */
  pixel(i, colors, kind) {
    if (kind === "unlike") return [...viridis(this.distance[i] / 255), 255];
    const { label, confidence, isFar } = this.cell(i),
      share = Math.max(0, (confidence - UNSURE) / (1 - UNSURE));
    const speck = isFar && ((i % this.sent.columns) + Math.floor(i / this.sent.columns)) % 2;
    return [...colors[label % colors.length], speck ? 0 : 255 * share];
  }

  /** @param {string[]} colors  of classes @param {Behind} kind @returns {HTMLCanvasElement} */
  paint(colors, kind) {
    const { rows, columns } = this.sent,
      canvas = h("canvas", { width: columns, height: rows }),
      image = pen(canvas).createImageData(columns, rows),
      palette = colors.map(rgb);
    for (let i = 0; i < rows * columns; i++) image.data.set(this.pixel(i, palette, kind), 4 * i);
    pen(canvas).putImageData(image, 0, 0);
    return canvas;
  }
}

/** The maps of the space that is shown, fetched when one is chosen first. */
export class Maps {
  /** @param {(trouble: string) => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {Behind} */ this.kind = "images";
    /** @type {string | null | undefined} null: none were measured; undefined: there can be none */ this.url =
      undefined;
    /** @type {Regions | null} */ this.regions = null;
    /** @type {HTMLCanvasElement | null} */ this.canvas = null;
    /** @type {string[]} */ this.colors = [];
  }

  /** @param {string | null | undefined} url @param {Behind} kind @param {string[]} colors  of classes */
  choose(url, kind, colors) {
    if (url === this.url && kind === this.kind) return;
    if (url !== this.url) this.regions = null;
    Object.assign(this, { url, kind, colors, canvas: null });
    if (!url || kind === "images" || this.regions) return;
    fetchOnce(url, read).then(
      (regions) => {
        if (this.url !== url) return;
        this.regions = regions;
        this.onChange("");
      },
      (error) => this.url === url && this.onChange(`The maps could not be loaded. ${error.message}`),
    );
  }

  /** Whether a map lies behind the dots. */
  get isShown() {
    return this.kind !== "images" && this.regions !== null;
  }

  /** The classifier, where its map is shown. */
  get classifier() {
    return this.kind === "classifier" ? this.regions : null;
  }

  /** What the colours say, in words. */
  get words() {
    if (this.kind === "images" || this.url === undefined) return "";
    if (!this.url) return "The classifier was not put to this plane yet.";
    if (!this.regions) return "";
    const { low, high, far } = this.regions.sent;
    return this.kind === "unlike"
      ? `From ${number(low, 1)} (dark) to ${number(high, 1)} (bright): how far d(z) is, over the pixels, from the ` +
          `nearest training image. 95 % of reconstructions stay below ${number(far, 1)}.`
      : "A classifier's answer, paler where less sure. Crisp borders breed false confidence where no image was ever " +
          "seen (speckled).";
  }

  /** The map that is shown, as an image with its place. @returns {import("./canvas.js").Behind | null} */
  get picture() {
    if (!this.regions || this.kind === "images") return null;
    this.canvas ??= this.regions.paint(this.colors, this.kind);
    const { x, y } = this.regions.sent;
    return {
      ...{ canvas: this.canvas, box: [...x, ...y] },
      ...{ opacity: OPACITY[this.kind], isSmooth: this.kind === "unlike" },
    };
  }

  /** @param {CanvasRenderingContext2D} g @param {import("../engine/geometry.js").View} view @param {number} ratio */
  draw(g, view, ratio) {
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, view.width, view.height);
    const { picture } = this;
    if (!picture) return;
    const [x0, x1, y0, y1] = picture.box,
      [left, top] = toScreen(view, x0, y1),
      [right, bottom] = toScreen(view, x1, y0);
    g.globalAlpha = picture.opacity;
    g.imageSmoothingEnabled = picture.isSmooth;
    g.drawImage(picture.canvas, left, top, right - left, bottom - top);
    g.globalAlpha = 1;
  }
}
