// @ts-check
/**
 * From x to x': an image, its posterior, a draw from it, the image decoded from the draw, and the loss of this image in
 * numbers. Everything is computed in the browser, or on the server if the model has no weights to send. The visitor's
 * choices are reported, for the link.
 *
 * @typedef {import("../engine/fetch.js").Space & {plain: {name: string, url: string} | null}} Space
 * @typedef {import("../interact/links.js").Texts} Texts  what a link holds
 *   plain: the autoencoder of the same network and reconstruction term, to stand beside the VAE
 */
import { Latest, loadCodes, loadNetwork, loadSprite } from "../engine/fetch.js";
import { onResize, pen } from "../draw/canvas.js";
import { complain } from "../draw/dom.js";
import { coordinate, number, shortest } from "../draw/numbers.js";
import { paintGrey, paintTestImage, tile } from "../draw/sprite.js";
import { dotColors } from "../engine/codes.js";
import { normal, repeatable } from "../engine/geometry.js";
import { PIXELS, SIDE, decode, encode } from "../engine/network.js";
import { Loading } from "../interact/loading.js";
import { axisName } from "../engine/projections.js";
import { summarize } from "../engine/summary.js";
import { Pad, fromFile } from "../draw/drawing.js";
import { MOST, build, buildSliders, fillLoss, fillTable } from "./elements.js";
import { gaussianKl, squaredError } from "./losses.js";
import { PosteriorPlane } from "./plane.js";
import { formatWalk, parseWalk, rounded } from "./url.js";
import { walkHere, walkThere } from "./walk.js";

const DRAWS = 50; // of the cloud
const SEEDS = 1_000_000; // of the noise

export class FromX {
  /** @param {HTMLElement} root @param {import("../interact/address.js").Address} address */
  constructor(root, address) {
    this.root = root;
    this.address = address;
    /** @type {(texts: Texts) => void} */ this.report = () => {};
    /** @type {Texts} where to open */ this.texts = {};
    /** @type {Space | null} what is shown or on its way; null once that has failed */ this.space = null;
    this.latest = new Latest();
    this.files = new Latest();
    /** @type {any} what was fetched for a space: network, plain, codes, sprite, summary */ this.model = null;
    /** @type {Float32Array | null} */ this.x = null;
    /** @type {number[]} */ this.eps = [];
    this.seed = 0;
    /** @type {number[][]} */ this.cloud = [];
    this.image = -1; // number of the test image, or -1 for a drawing or a file
    this.near = false; // whether the plane shows the posterior from near by
    this.frame = 0;
    /** @type {ReturnType<typeof buildSliders>} */ this.sliders = [];
    this.asking = this.stale = this.troubled = false; // of the server
    this.pad = new Pad(
      (image) => image && this.take(rounded(image), -1),
      () => this.tell(),
    );
    this.ui = build(root, this);
    this.loading = new Loading(root, [this.ui.path]);
    this.ui.path.before(this.loading.element);
    this.plane = new PosteriorPlane(this.ui.plane, root);
    this.endResizing = onResize(this.ui.plane, () => this.redraw());
  }

  stop() {
    this.latest.stop();
    this.loading.end(false);
    this.files.stop();
    this.space = this.model = null;
    cancelAnimationFrame(this.frame);
    this.endResizing();
    this.root.remove();
  }

  /** @param {{space: Space}} data @param {Texts} texts  where to open; used when the space is another */
  update({ space }, texts) {
    if (JSON.stringify(space) === JSON.stringify(this.space)) return this.redraw(); // the theme may be another
    this.space = space;
    const { urls } = space;
    this.loading.begin(space.name, [urls.network, urls.codes, urls.sprite, space.plain?.url]);
    this.texts = texts;
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
        this.sliders = buildSliders(this.ui.sliders, summary.order, this);
        this.loading.end(true);
        this.open();
      },
      (error) => this.fail(space, error),
    );
  }

  /** The address is another, of the same space. @param {Texts} texts */
  follow(texts) {
    this.texts = texts;
    if (this.model && this.model.space === this.space) this.open();
  }

  /** The last good picture stays. @param {Space} space @param {Error} error */
  fail(space, error) {
    this.space = null;
    this.loading.end(false);
    const text = `The network of ${space.name} could not be opened. ${error.message}`;
    complain(this.ui.message, text, () => this.update({ space }, this.texts));
  }

  /** Shows what the link holds. */
  open() {
    const { codes, space } = this.model,
      { image, seed, eps, drawing, near, wrong } = parseWalk(this.address.keys, this.texts, codes.dim, codes.count);
    this.dotColors = dotColors(codes, "class", space.colors, new Set());
    this.near = near;
    this.drawNoise(seed);
    if (eps) this.eps = eps;
    if (drawing) {
      this.pad.clear();
      this.take(drawing, -1);
    } else this.choose(image);
    if (wrong) this.ui.message.textContent = wrong;
    this.tell();
  }

  /** A test image. @param {number} image */
  choose(image) {
    const canvas = tile();
    paintTestImage(canvas, this.model.sprite, image);
    const { data } = pen(canvas).getImageData(0, 0, SIDE, SIDE);
    this.ui.number.value = String(image);
    this.pad.clear();
    this.take(
      Float32Array.from({ length: PIXELS }, (_, p) => data[4 * p] / 255),
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

  /** Noise of z, to the two digits that are shown, and of the cloud around it. @param {number} seed */
  drawNoise(seed) {
    const { dim } = this.model.codes,
      uniform = repeatable(seed);
    this.seed = seed;
    this.drawn = normal(dim, uniform).map((e) => Math.round(100 * e) / 100);
    this.eps = this.drawn.slice();
    this.cloud = Array.from({ length: DRAWS }, () => normal(dim, uniform));
  }

  /** @param {boolean} [zero] */
  resample(zero = false) {
    this.drawNoise(1 + Math.floor(SEEDS * Math.random()));
    if (zero) this.eps.fill(0);
    this.redraw();
    this.tell();
  }

  /** Reports the visitor's choices. */
  tell() {
    if (!this.model || !this.x) return;
    const { image, seed, near, x } = this,
      eps = this.eps.join() === this.drawn?.join() ? null : this.eps;
    this.texts = formatWalk(this.address.keys, { image, seed, eps, x, near }); // where a model on its way opens too
    this.report(this.texts);
  }

  redraw() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.model || !this.x) return;
      if (this.model.network) this.draw(this.x, walkHere(this.model.network, this.x, this.eps, this.cloud));
      else this.ask();
    });
  }

  /** The same on the server: one request at a time; changes made meanwhile lead to another request. */
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
        if (this.space === space) complain(this.ui.message, /** @type {Error} */ (error).message, () => this.redraw());
        this.troubled = true;
      }
      this.asking = false;
    }
  }

  /** @param {Float32Array} x @param {import("./walk.js").Walk} walk */
  draw(x, { mean, logvar, sigma, z, image, error, cloud }) {
    const { network, plain, codes, space } = this.model,
      { steps } = this.model.summary,
      { ui } = this;
    paintGrey(pen(ui.x), x, 1);
    paintGrey(pen(ui.decoded), image, 1);
    ui.root.dataset.kind = sigma ? "vae" : "ae";
    ui.near.textContent = this.near ? "All codes" : "Zoom in";
    ui.near.hidden = !sigma;
    if (this.image < 0) ui.number.value = "";
    ui.source.textContent =
      this.image < 0 ? "your image" : `${space.classes[codes.labels[this.image]]} · test #${this.image}`;
    this.plane.draw(
      this.model,
      /** @type {Uint8ClampedArray} */ (this.dotColors),
      { mean, sigma, z, cloud },
      this.near,
    );
    cloud.forEach((drawn, k) => paintGrey(pen(ui.cloud), drawn.image, 1, 29 * (k % 25), 29 * Math.floor(k / 25)));
    for (const { dimension, input, output, row } of this.sliders) {
      input.value = String(this.eps[dimension]);
      output.textContent = number(this.eps[dimension]);
      const step = steps[dimension],
        name = axisName(dimension);
      row.title = sigma
        ? `${name}: μ ${coordinate(mean[dimension], step)}, σ ${coordinate(sigma[dimension], step / 10)}`
        : "";
    }
    const order = this.model.summary.order.slice(0, MOST),
      kl = logvar ? gaussianKl(mean, logvar) : null;
    fillTable(ui.table, order, steps, { mean, sigma, z }, this.eps, kl);
    fillLoss(ui.loss, network, error, kl);
    ui.z.textContent = sigma
      ? "A distribution: every draw is another z."
      : "One point, no cloud: the code is z itself.";
    if (plain) {
      const code = encode(plain, x).mean,
        answer = decode(plain, code);
      paintGrey(pen(ui.plain), answer, 1);
      const shown = code.slice(0, 4).map((value) => shortest(Number(value.toPrecision(3))));
      const [plainError, ownError] = [answer, image].map((other) => number(squaredError(x, other), 1));
      ui.plainText.textContent =
        `One point, no cloud: z = (${shown.join(", ")}${code.length > 4 ? ", …" : ""}). ` +
        `|x − x′|² = ${plainError}; here, by way of q(z|x): ${ownError}.`;
    }
    ui.plainBox.hidden = !plain;
  }
}
