// @ts-check
/**
 * From x to x': an image, its posterior, a draw from it, and what the decoder makes of that, with the loss in this
 * image's own numbers. All of it runs here, or on the server where the model has no weights to send; what was chosen is
 * reported, so that a link can hold it.
 *
 * @typedef {{name: string, classes: string[], colors: string[], urls: import("../engine/fetch.js").Urls,
 *            plain: {name: string, url: string} | null}} Space
 *   plain: the autoencoder of the same network and reconstruction term, to stand beside the VAE
 */
import { loadCodes, loadNetwork, loadSprite, paintTestImage } from "../engine/fetch.js";
import { complain, h, number, paintGrey, pen } from "../draw/dom.js";
import { Pad, fromFile } from "./drawing.js";
import { build, buildSliders, fillLoss, fillTable, MOST } from "./elements.js";
import { fit, normal, repeatable, toScreen } from "../engine/geometry.js";
import { Latest } from "../engine/latest.js";
import { decode, encode } from "../engine/network.js";
import { gaussianKl, squaredError } from "./losses.js";
import { axisName } from "../engine/projections.js";
import { column, dotColors, drawPoints } from "../draw/dots.js";
import { summarize } from "../engine/summary.js";
import { walkHere, walkThere } from "./walk.js";
import { formatWalk, parseWalk, rounded } from "./url.js";

const DRAWS = 50; // of the cloud
const SEED = 20; // of the noise that the page opens with

export class FromX {
  /** @param {HTMLElement} root @param {(texts: Record<string, string>) => void} report  gets what a link holds */
  constructor(root, report) {
    this.root = root;
    this.report = report;
    /** @type {Space | null} what is shown or on its way; null once that has failed */ this.space = null;
    this.latest = new Latest();
    this.files = new Latest();
    /** @type {any} what was fetched for a space: network, plain, codes, sprite, summary */ this.model = null;
    /** @type {Float32Array | null} */ this.x = null;
    /** @type {number[]} */ this.eps = [];
    /** @type {number[][]} */ this.cloud = [];
    this.image = -1; // number of the test image, or -1 for a drawing or a file
    this.near = false; // whether the plane shows the posterior from near by
    this.frame = 0;
    /** @type {ReturnType<typeof buildSliders>} */ this.sliders = [];
    /** @type {HTMLCanvasElement | null} the test codes */ this.backdrop = null;
    this.backdropKey = "";
    this.asking = this.stale = this.troubled = false; // of the server
    this.pad = new Pad(
      (image) => image && this.take(rounded(image), -1),
      () => this.tell(),
    );
    this.ui = build(root, this);
    this.resizing = new ResizeObserver(() => this.redraw());
    this.resizing.observe(this.ui.plane);
  }

  stop() {
    this.latest.stop();
    this.files.stop();
    this.space = this.model = null;
    cancelAnimationFrame(this.frame);
    this.resizing.disconnect();
    this.root.remove();
  }

  /** @param {Space} space @param {Record<string, string>} texts  where to open; used when the space is another */
  update(space, texts) {
    if (JSON.stringify(space) === JSON.stringify(this.space)) return this.redraw(); // the theme may be another
    this.space = space;
    this.latest.ask(
      () =>
        Promise.all([
          loadNetwork(space.urls),
          loadCodes(space.urls),
          loadSprite(space.urls),
          space.plain && loadNetwork({ ...space.urls, network: space.plain.url }),
        ]),
      ([own, codes, sprite, plain]) => {
        const summary = summarize(codes, space.classes.length);
        this.model = { space, network: own && own.network, codes, sprite, summary, plain: plain?.network };
        this.open(texts);
      },
      (error) => this.fail(space, texts, error),
    );
  }

  /** The last good picture stays. @param {Space} space @param {Record<string, string>} texts @param {Error} error */
  fail(space, texts, error) {
    this.space = null;
    const text = `The network of ${space.name} could not be opened. ${error.message}`;
    complain(this.ui.message, text, () => this.update(space, texts));
  }

  /** @param {Record<string, string>} texts */
  open(texts) {
    const { codes, space } = this.model,
      { image, eps, drawing } = parseWalk(texts, codes.dim, codes.count);
    this.dotColors = dotColors(codes, "class", space.colors, new Set());
    this.sliders = buildSliders(this);
    this.drawNoise(repeatable(SEED));
    if (eps) this.eps = eps;
    if (drawing) this.take(drawing, -1);
    else this.choose(image);
  }

  /** A test image. @param {number} image */
  choose(image) {
    const canvas = h("canvas", { width: 28, height: 28 });
    paintTestImage(canvas, this.model.sprite, image);
    const { data } = pen(canvas).getImageData(0, 0, 28, 28);
    this.ui.number.value = String(image);
    this.pad.clear();
    this.take(
      Float32Array.from({ length: 784 }, (_, p) => data[4 * p] / 255),
      image,
    );
  }

  /** Any image. @param {Float32Array} x  [784] in [0, 1] @param {number} image */
  take(x, image) {
    this.files.stop(); // a picture that is still being read was chosen before
    this.x = x;
    this.image = image;
    if (this.space) this.ui.message.textContent = "";
    this.redraw();
  }

  /** @param {Blob | undefined} file */
  read(file) {
    if (!file) return;
    this.files.ask(
      () => fromFile(file),
      (image) => {
        this.take(rounded(image), -1);
        this.tell();
      },
      (error) => {
        this.ui.message.textContent = error.message;
      },
    );
  }

  /** Noise of z, to the two digits that are shown, and of the cloud around it. @param {() => number} [uniform] */
  drawNoise(uniform) {
    const { dim } = this.model.codes;
    this.eps = normal(dim, uniform).map((e) => Math.round(100 * e) / 100);
    this.cloud = Array.from({ length: DRAWS }, () => normal(dim, uniform));
  }

  /** @param {boolean} [zero] */
  resample(zero = false) {
    this.drawNoise();
    if (zero) this.eps.fill(0);
    this.redraw();
    this.tell();
  }

  /** Something was chosen. */
  tell() {
    if (this.model && this.x) this.report(formatWalk({ image: this.image, eps: this.eps, x: this.x }));
  }

  redraw() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.model || !this.x) return;
      if (this.model.network) this.draw(this.x, walkHere(this.model.network, this.x, this.eps, this.cloud));
      else this.ask();
    });
  }

  /** The same on the server: one request at a time, and what has changed meanwhile is asked for next. */
  async ask() {
    this.stale = true;
    while (this.stale && !this.asking && this.x && this.model?.space.urls.remote) {
      const { x, model } = this,
        { space } = model;
      // A message of another model, shown or on its way, is not written over.
      const say = (/** @type {string} */ text) => this.space === space && (this.ui.message.textContent = text);
      this.asking = true;
      this.stale = false;
      try {
        const walk = await walkThere(space.urls.remote, x, this.eps, this.cloud);
        if (this.model === model && this.x === x) {
          if (this.troubled) say("");
          this.troubled = false;
          this.draw(x, walk);
        }
      } catch (error) {
        say(/** @type {Error} */ (error).message);
        this.troubled = true;
      }
      this.asking = false;
    }
  }

  /** @param {Float32Array} x @param {import("./walk.js").Walk} walk */
  draw(x, { mean, logvar, sigma, z, image, error, cloud }) {
    const { network, plain, codes, space } = this.model,
      { ui } = this;
    paintGrey(pen(ui.x), x, 1);
    paintGrey(pen(ui.decoded), image, 1);
    ui.root.dataset.kind = sigma ? "vae" : "ae";
    ui.near.textContent = this.near ? "All codes" : "Zoom in";
    ui.near.hidden = !sigma;
    if (this.image < 0) ui.number.value = "";
    ui.source.textContent =
      this.image < 0 ? "your image" : `${space.classes[codes.labels[this.image]]} · test #${this.image}`;
    this.drawPlane(
      mean,
      sigma,
      z,
      cloud.map((drawn) => drawn.z),
    );
    cloud.forEach((drawn, k) => paintGrey(pen(ui.cloud), drawn.image, 1, 29 * (k % 25), 29 * Math.floor(k / 25)));
    for (const { dimension, input, output, row } of this.sliders) {
      input.value = String(this.eps[dimension]);
      output.textContent = number(this.eps[dimension]);
      row.title = sigma ? `${axisName(dimension)}: μ ${number(mean[dimension])}, σ ${number(sigma[dimension], 3)}` : "";
    }
    const order = this.model.summary.order.slice(0, MOST),
      kl = logvar ? gaussianKl(mean, logvar) : null;
    fillTable(ui.table, order, mean, sigma, this.eps, z, kl);
    fillLoss(ui.loss, network, error, kl);
    ui.z.textContent = sigma
      ? "A distribution: every draw is another z."
      : "One point, no cloud: the code is z itself.";
    if (plain) {
      const code = encode(plain, x).mean,
        answer = decode(plain, code);
      paintGrey(pen(ui.plain), answer, 1);
      ui.plainText.textContent = `One point, no cloud: z = (${code
        .slice(0, 4)
        .map((value) => number(value))
        .join(
          ", ",
        )}${code.length > 4 ? ", …" : ""}). |x − x′|² = ${number(squaredError(x, answer), 1)}; here, by way of q(z|x): ${number(squaredError(x, image), 1)}.`;
    }
    ui.plainBox.hidden = !plain;
  }

  /** The posterior among the test codes, in the two most informative dimensions. @param {number[]} mean
   * @param {number[] | null} sigma @param {number[]} z @param {number[][]} cloud */
  drawPlane(mean, sigma, z, cloud) {
    const { codes, summary } = this.model,
      canvas = this.ui.plane,
      ratio = devicePixelRatio || 1;
    const [j, k] = summary.order.length > 1 ? summary.order : [0, 0];
    const size = canvas.clientWidth;
    if (!size) return;
    if (canvas.width !== Math.round(size * ratio)) canvas.width = canvas.height = Math.round(size * ratio);
    const side = (/** @type {number} */ d) => summary.walk[d];
    const reach = sigma ? 4 * Math.max(sigma[j], sigma[k]) : 0;
    const box = /** @type {{low: [number, number], high: [number, number]}} */ (
      this.near && sigma
        ? { low: [mean[j] - reach, mean[k] - reach], high: [mean[j] + reach, mean[k] + reach] }
        : {
            low: [j, k].map((d) => Math.min(1.1 * side(d)[0], mean[d] - reach)),
            high: [j, k].map((d) => Math.max(1.1 * side(d)[1], mean[d] + reach)),
          }
    );
    const view = fit(box, size, size);
    const g = pen(canvas),
      style = getComputedStyle(this.root);
    /** @type {string} */
    const key = [this.model.space.name, canvas.width, style.color, view.cx, view.cy, view.scale].join();
    if (!this.backdrop || this.backdropKey !== key) {
      this.backdropKey = key;
      this.backdrop = /** @type {HTMLCanvasElement} */ (h("canvas", { width: canvas.width, height: canvas.height }));
      drawPoints(
        pen(this.backdrop),
        view,
        column(codes, j),
        column(codes, k),
        /** @type {any} */ (this.dotColors),
        ratio,
      );
    }
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, canvas.width, canvas.height);
    g.globalAlpha = 0.3;
    g.drawImage(this.backdrop, 0, 0);
    g.globalAlpha = 1;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    const accent = style.caretColor,
      [x, y] = toScreen(view, mean[j], mean[k]);
    g.strokeStyle = g.fillStyle = accent;
    if (sigma)
      for (const times of [1, 2]) {
        g.beginPath();
        g.ellipse(
          x,
          y,
          Math.max(1, times * sigma[j] * view.scale),
          Math.max(1, times * sigma[k] * view.scale),
          0,
          0,
          2 * Math.PI,
        );
        g.lineWidth = 1.4;
        g.stroke();
      }
    for (const draw of cloud) {
      g.beginPath();
      g.arc(...toScreen(view, draw[j], draw[k]), 1.6, 0, 2 * Math.PI);
      g.fill();
    }
    g.beginPath();
    g.arc(...toScreen(view, z[j], z[k]), 6, 0, 2 * Math.PI);
    g.lineWidth = 2.5;
    g.stroke();
    canvas.setAttribute(
      "aria-label",
      `The posterior at ${axisName(j)} ${number(mean[j])}, ${axisName(k)} ${number(mean[k])} among the test codes`,
    );
  }
}
