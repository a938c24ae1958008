// @ts-check
/**
 * The true posterior behind the encoder's ellipse: asked for while its switch is on, drawn when it has come. Of
 * networks with two latent dimensions and a posterior, whose weights are here.
 *
 * @typedef {{model: any, plane: import("./plane.js").PosteriorPlane, seed: number, near: boolean, truth: boolean,
 *            redraw(): void, tell(): void}} Asking
 */
import { fitCanvas, pen, pixelRatio } from "../draw/canvas.js";
import { button, h, press } from "../draw/dom.js";
import { readTheme } from "../draw/theme.js";
import { normal, repeatable, toLatent, toScreen } from "../engine/geometry.js";
import { Block, KS } from "../posterior/block.js";
import { TruePosterior } from "../posterior/posterior.js";

const SIDES = { wide: 128, narrow: 64 }, // cells of the grid; a phone has less memory
  NARROW = 760, // CSS pixels
  LEAST_REACH = 5, // beyond it lies a millionth of the prior
  STRONGEST = 0.8, // of the density
  [DOT, SPECK] = [12, 1.3]; // CSS pixels: radius of a draw that has all the weight, and of one that has none

export class Truth {
  /** @param {Asking} page */
  constructor(page) {
    this.page = page;
    this.asked = this.image = "";
    /** @type {ArrayBuffer | null} the network whose grid is laid */ this.ground = null;
    /** @type {import("../posterior/desk.js").Picture | null} */ this.picture = null;
    /** @type {import("../posterior/desk.js").Climb | null} */ this.climb = null;
    this.block = new Block(() => this.paint());
    this.toggle = button("True posterior", "Draw p(z|x) behind the encoder’s q(z|x)", () => {
      page.truth = !page.truth;
      page.redraw();
      page.tell();
    });
    this.toggle.classList.add("truth");
    this.source = new TruePosterior((answer) => this.take(answer));
  }

  /** A new model. @param {ArrayBuffer | null} bytes  its packed network */
  open(bytes) {
    const { network } = this.page.model;
    this.source.stop();
    this.asked = "";
    this.ground = this.picture = this.climb = null;
    this.bytes = network?.logvar && network.latentDim === 2 ? bytes : null;
    this.toggle.hidden = !this.bytes;
  }

  /** Whether it can be drawn, and is wanted. */
  get isOn() {
    return Boolean(this.bytes && this.page.truth);
  }

  /** Asks for what is in view, where that is another image or another view.
   * @param {Float32Array} x @param {import("./walk.js").Walk} walk */
  show(x, { mean, logvar }) {
    const { page, block } = this,
      { plane } = page,
      { view, shown } = plane;
    press(this.toggle, this.isOn);
    block.element.hidden = !this.isOn;
    if (!this.isOn || !this.bytes || !logvar || !view || !shown) {
      if (this.ground && !page.truth) this.open(this.bytes ?? null); // ends the worker: its grid is large
      return this.paint();
    }
    if (!this.ground) {
      const codes = /** @type {Float32Array} */ (page.model.codes.mean);
      const reach = Math.max(LEAST_REACH, codes.reduce((most, z) => Math.max(most, Math.abs(z)), 0) + 1);
      this.ground = this.bytes;
      this.source.use(this.bytes, innerWidth < NARROW ? SIDES.narrow : SIDES.wide, reach);
    }
    const box = page.near ? boxOf(view, shown) : null,
      image = [page.seed, ...mean, ...logvar].join(),
      asked = [image, box && [...box.low, ...box.high]].join();
    if (image !== this.image) this.climb = null; // draws of the image before
    this.image = image;
    if (asked !== this.asked) {
      this.asked = asked;
      const eps = Float64Array.from(normal(2 * KS[KS.length - 1], repeatable(page.seed)));
      block.wait("Measuring …");
      this.source.ask({ x: x.slice(), q: { mean, logvar }, eps, box });
    }
    this.paint();
  }

  /** @param {import("../posterior/desk.js").Answer} answer */
  take(answer) {
    const { block, page } = this;
    if ("laid" in answer) {
      if (answer.laid < 1) block.wait(`Decoding the plane: ${Math.round(100 * answer.laid)} %`);
    } else if ("error" in answer) block.wait(`It could not be measured: ${answer.error}`);
    else if ("picture" in answer) {
      this.picture = answer.picture;
      this.paint();
    } else {
      const { likelihood, pixelVariance } = page.model.network;
      const shift = likelihood === "gaussian" ? -392 * Math.log(2 * Math.PI * pixelVariance) : 0;
      this.climb = answer.climb;
      block.show(answer.measured, answer.climb, shift);
      this.paint();
    }
  }

  /** The density, and the draws as large as their weights. */
  paint() {
    const { page, picture, climb } = this,
      { truth, view, shown, stage } = page.plane;
    if (!view || !shown) return;
    fitCanvas(truth, view.width, view.height);
    const g = pen(truth),
      ratio = pixelRatio();
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, truth.width, truth.height);
    if (!this.isOn || !picture) return;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    const { low, high } = picture.box,
      theme = readTheme(stage),
      [left, bottom] = toScreen(view, low[shown[0]], low[shown[1]]),
      [right, top] = toScreen(view, high[shown[0]], high[shown[1]]);
    g.imageSmoothingEnabled = true;
    g.globalAlpha = STRONGEST;
    g.drawImage(tinted(picture, shown, theme.ink), left, top, right - left, bottom - top);
    g.globalAlpha = 1;
    if (!climb) return;
    const k = this.block.k,
      most = climb.weights.subarray(0, k).reduce((sum, weight) => sum + weight, 0);
    for (let draw = 0; draw < k; draw++) {
      const [x, y] = toScreen(view, climb.z[2 * draw + shown[0]], climb.z[2 * draw + shown[1]]);
      g.beginPath();
      g.arc(x, y, SPECK + (DOT - SPECK) * Math.sqrt(climb.weights[draw] / most), 0, 2 * Math.PI);
      g.fillStyle = theme.accent;
      g.globalAlpha = 0.55;
      g.fill();
      g.globalAlpha = 1;
      g.strokeStyle = theme.card;
      g.lineWidth = 1;
      g.stroke();
    }
  }

  stop() {
    this.block.stop();
    this.source.stop();
  }
}

/** What is in view. @param {import("../engine/geometry.js").View} view @param {[number, number]} shown
 * @returns {import("../posterior/desk.js").Box} */
function boxOf(view, shown) {
  const [left, top] = toLatent(view, 0, 0),
    [right, bottom] = toLatent(view, view.width, view.height);
  const box = { low: /** @type {[number, number]} */ ([0, 0]), high: /** @type {[number, number]} */ ([0, 0]) };
  [box.low[shown[0]], box.low[shown[1]]] = [left, bottom];
  [box.high[shown[0]], box.high[shown[1]]] = [right, top];
  return box;
}

/** The density as transparency of the ink. @param {import("../posterior/desk.js").Picture} picture
 * @param {[number, number]} shown  the dimensions across and up @param {number[]} ink */
function tinted({ side, density }, shown, ink) {
  const canvas = h("canvas", { width: side, height: side }),
    g = pen(canvas),
    image = g.createImageData(side, side);
  for (let row = 0, at = 0; row < side; row++)
    for (let column = 0; column < side; column++, at += 4) {
      const up = side - 1 - row;
      image.data.set(ink, at);
      image.data[at + 3] = density[shown[0] === 0 ? up * side + column : column * side + up];
    }
  g.putImageData(image, 0, 0);
  return canvas;
}
