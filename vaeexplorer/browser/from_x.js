// @ts-check
/**
 * From x to x': an image, its posterior, a draw from it, and what the decoder makes of that, with the loss in this
 * image's own numbers. All of it runs here; only the number of the chosen test image is reported.
 *
 * @typedef {{name: string, classes: string[], colors: string[], urls: import("./assets.js").Urls,
 *            plain: {name: string, url: string} | null}} Space
 *   plain: the autoencoder of the same network and reconstruction term, to stand beside the VAE
 */
import { loadCodes, loadNetwork, loadSprite, paintTestImage } from "./assets.js";
import { h, number, paintGrey, pen } from "./dom.js";
import { Pad, fromFile } from "./drawing.js";
import { build, buildSliders, fillLoss, fillTable, MOST } from "./from_x_panel.js";
import { fit, normal, toScreen } from "./geometry.js";
import { decode, encode, parameter } from "./network.js";
import { gaussianKl, reconstruction, squaredError } from "./objectives.js";
import { axisName } from "./planes.js";
import { column, dotColors, drawPoints } from "./points.js";
import { summarize } from "./summary.js";

const DRAWS = 50; // of the cloud

export class FromX {
  /** @param {HTMLElement} root @param {(image: number) => void} report */
  constructor(root, report) {
    this.root = root;
    this.report = report;
    /** @type {Space | null} */ this.space = null;
    /** @type {any} what was fetched for the space: network, plain, codes, sprite, summary */ this.model = null;
    /** @type {Float32Array | null} */ this.x = null;
    /** @type {number[]} */ this.eps = [];
    /** @type {number[][]} */ this.cloud = [];
    this.image = -1; // number of the test image, or -1 for a drawing or a file
    this.near = false; // whether the plane shows the posterior from near by
    this.frame = 0;
    /** @type {ReturnType<typeof buildSliders>} */ this.sliders = [];
    /** @type {HTMLCanvasElement | null} the test codes */ this.backdrop = null;
    this.backdropKey = "";
    this.pad = new Pad((image) => image && this.take(image, -1));
    this.ui = build(root, this);
    this.resizing = new ResizeObserver(() => this.redraw());
    this.resizing.observe(this.ui.plane);
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.resizing.disconnect();
    this.root.remove();
  }

  /** @param {Space} space @param {number} image */
  async update(space, image) {
    if (JSON.stringify(space) === JSON.stringify(this.space)) {
      if (image !== this.image && image >= 0 && this.model) this.choose(image);
      return this.redraw(); // the theme may be another
    }
    this.space = space;
    try {
      const plain = space.plain && loadNetwork({ ...space.urls, network: space.plain.url });
      const [{ network }, codes, sprite] = await Promise.all([loadNetwork(space.urls), loadCodes(space.urls), loadSprite(space.urls)]);
      const summary = summarize(codes, space.classes.length);
      const loaded = { network, codes, sprite, summary, plain: plain ? (await plain).network : null };
      if (this.space !== space) return; // another run was chosen meanwhile
      this.model = loaded;
      this.dotColors = dotColors(codes, "class", space.colors, new Set());
      this.ui.message.textContent = "";
      this.sliders = buildSliders(this);
      this.resample();
      this.choose(image >= 0 && image < codes.count ? image : 0, false);
    } catch (error) {
      this.ui.message.textContent = `The model could not be opened. ${/** @type {Error} */ (error).message}`;
    }
  }

  /** A test image. @param {number} image @param {boolean} [tell] */
  choose(image, tell = true) {
    const canvas = h("canvas", { width: 28, height: 28 });
    paintTestImage(canvas, this.model.sprite, image);
    const { data } = pen(canvas).getImageData(0, 0, 28, 28);
    this.ui.number.value = String(image);
    this.pad.clear();
    this.take(Float32Array.from({ length: 784 }, (_, p) => data[4 * p] / 255), image);
    if (tell) this.report(image);
  }

  /** Any image. @param {Float32Array} x  [784] in [0, 1] @param {number} image */
  take(x, image) {
    this.x = x;
    this.image = image;
    this.redraw();
  }

  /** @param {Blob | undefined} file */
  async open(file) {
    if (!file) return;
    try {
      this.take(await fromFile(file), -1);
      this.ui.message.textContent = "";
    } catch (error) {
      this.ui.message.textContent = /** @type {Error} */ (error).message;
    }
  }

  /** New noise: of z, and of the cloud around it. @param {boolean} [zero] */
  resample(zero = false) {
    const { latentDim } = this.model.network;
    this.eps = zero ? new Array(latentDim).fill(0) : normal(latentDim);
    this.cloud = Array.from({ length: DRAWS }, () => normal(latentDim));
    this.redraw();
  }

  redraw() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (this.model && this.x) this.draw(this.x);
    });
  }

  /** @param {Float32Array} x */
  draw(x) {
    const { network, plain, codes } = this.model, { ui } = this, space = /** @type {Space} */ (this.space);
    const { mean, logvar } = encode(network, x);
    const sigma = logvar && logvar.map((/** @type {number} */ l) => Math.exp(l / 2));
    const at = (/** @type {number[]} */ eps) => mean.map((/** @type {number} */ m, /** @type {number} */ j) => (sigma ? m + sigma[j] * eps[j] : m));
    const z = at(this.eps);
    paintGrey(pen(ui.x), x, 1);
    const error = reconstruction(x, parameter(network, z), network);
    const image = decode(network, z), squared = squaredError(x, image);
    paintGrey(pen(ui.decoded), image, 1);
    ui.root.dataset.kind = sigma ? "vae" : "ae";
    ui.near.textContent = this.near ? "All codes" : "Zoom in";
    ui.near.hidden = !sigma;
    if (this.image < 0) ui.number.value = "";
    ui.source.textContent = this.image < 0 ? "your image" : `${space.classes[codes.labels[this.image]]} · test #${this.image}`;
    this.drawPlane(mean, sigma, z, sigma ? this.cloud.map(at) : []);
    if (sigma) this.cloud.forEach((eps, k) => paintGrey(pen(ui.cloud), decode(network, at(eps)), 1, 29 * (k % 25), 29 * Math.floor(k / 25)));
    for (const { dimension, input, output, row } of this.sliders) {
      input.value = String(this.eps[dimension]);
      output.textContent = number(this.eps[dimension]);
      row.title = sigma ? `${axisName(dimension)}: μ ${number(mean[dimension])}, σ ${number(sigma[dimension], 3)}` : "";
    }
    const order = this.model.summary.order.slice(0, MOST), kl = logvar ? gaussianKl(mean, logvar) : null;
    fillTable(ui.table, order, mean, sigma, this.eps, z, kl);
    fillLoss(ui.loss, network, error, kl);
    ui.z.textContent = sigma ? "A distribution: every draw is another z." : "One point, no cloud: the code is z itself.";
    if (plain) {
      const code = encode(plain, x).mean, answer = decode(plain, code);
      paintGrey(pen(ui.plain), answer, 1);
      ui.plainText.textContent = `One point, no cloud: z = (${code.slice(0, 4).map((value) => number(value)).join(", ")}${code.length > 4 ? ", …" : ""}). |x − x′|² = ${number(squaredError(x, answer), 1)}; here, by way of q(z|x): ${number(squared, 1)}.`;
    }
    ui.plainBox.hidden = !plain;
  }

  /** The posterior among the test codes, in the two most informative dimensions. @param {number[]} mean
   * @param {number[] | null} sigma @param {number[]} z @param {number[][]} cloud */
  drawPlane(mean, sigma, z, cloud) {
    const { codes, summary } = this.model, canvas = this.ui.plane, ratio = devicePixelRatio || 1;
    const [j, k] = summary.order.length > 1 ? summary.order : [0, 0];
    const size = canvas.clientWidth;
    if (!size) return;
    if (canvas.width !== Math.round(size * ratio)) canvas.width = canvas.height = Math.round(size * ratio);
    const side = (/** @type {number} */ d) => summary.walk[d];
    const reach = sigma ? 4 * Math.max(sigma[j], sigma[k]) : 0;
    const box = /** @type {{low: [number, number], high: [number, number]}} */ (
      this.near && sigma
        ? { low: [mean[j] - reach, mean[k] - reach], high: [mean[j] + reach, mean[k] + reach] }
        : { low: [side(j)[0] * 1.1, side(k)[0] * 1.1], high: [side(j)[1] * 1.1, side(k)[1] * 1.1] }
    );
    const view = fit(box, size, size);
    const g = pen(canvas), style = getComputedStyle(this.root);
    /** @type {string} */
    const key = [this.space?.name, canvas.width, style.color, view.cx, view.cy, view.scale].join();
    if (!this.backdrop || this.backdropKey !== key) {
      this.backdropKey = key;
      this.backdrop = /** @type {HTMLCanvasElement} */ (h("canvas", { width: canvas.width, height: canvas.height }));
      drawPoints(pen(this.backdrop), view, column(codes, j), column(codes, k), /** @type {any} */ (this.dotColors), ratio);
    }
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, canvas.width, canvas.height);
    g.globalAlpha = 0.3;
    g.drawImage(this.backdrop, 0, 0);
    g.globalAlpha = 1;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    const accent = style.caretColor, [x, y] = toScreen(view, mean[j], mean[k]);
    g.strokeStyle = g.fillStyle = accent;
    if (sigma)
      for (const times of [1, 2]) {
        g.beginPath();
        g.ellipse(x, y, Math.max(1, times * sigma[j] * view.scale), Math.max(1, times * sigma[k] * view.scale), 0, 0, 2 * Math.PI);
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
    canvas.setAttribute("aria-label", `The posterior at ${axisName(j)} ${number(mean[j])}, ${axisName(k)} ${number(mean[k])} among the test codes`);
  }
}
