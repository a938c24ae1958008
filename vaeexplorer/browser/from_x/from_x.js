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
import { Background } from "../decoding/background.js";
import { onResize } from "../draw/canvas.js";
import { complain } from "../draw/dom.js";
import { paintTestImage, readImage, tile } from "../draw/sprite.js";
import { dotColors } from "../engine/codes.js";
import { DIGIT, formatOf } from "../engine/format.js";
import { normal, repeatable } from "../engine/geometry.js";
import { widestImage } from "../interact/wide.js";
import { ImageSize } from "../interact/image_size.js";
import { Loading } from "../interact/loading.js";
import { summarize } from "../engine/summary.js";
import { Pad, fromFile } from "../interact/drawing.js";
import { DRAWS, Draws } from "./draws.js";
import { build } from "./elements.js";
import { handle } from "./handles.js";
import { PosteriorPlane } from "./plane.js";
import { Truth } from "./truth.js";
import { View } from "./view.js";
import { formatWalk, parseWalk, rounded } from "./url.js";
import { WalkHere, walkThere } from "./walk.js";

const SEEDS = 1_000_000; // of the noise

/** To the two digits that are shown. @param {number} value */
export const noise = (value) => Math.round(100 * value) / 100 + 0;

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
    /** @type {any} what was fetched for a space: network, plain, codes, sprite, summary, colors, own */
    this.model = null;
    this.format = DIGIT; // of its images
    /** @type {Float32Array | null} */ this.x = null;
    /** @type {import("./walk.js").Walk | null} what is shown */ this.walk = null;
    /** @type {number[]} */ this.eps = [];
    this.seed = 0;
    /** @type {number[][]} */ this.cloud = [];
    this.image = -1; // number of the test image, or -1 for a drawing or a file
    this.near = true; // whether the plane shows the posterior from near by ...
    this.span = 4; // ... and so many of its standard deviations to each side
    this.truth = false; // whether the true posterior is drawn
    this.frame = 0;
    this.asking = this.stale = this.troubled = false; // of the server
    this.background = new Background(
      (kind, start, pixels, done) => this.plane.receive(start, pixels, done),
      () => {}, // images behind the plane are not missed
    );
    this.images = new ImageSize(
      () => this.redraw(),
      () => this.tell(),
    );
    this.plane = new PosteriorPlane(
      (zs) => this.model?.network && this.background.request("manifold", zs, this.model.codes.dim),
      () => {
        this.near = !this.near;
        this.redraw();
        this.tell();
      },
      this.images,
    );
    this.behind = new Truth(this);
    this.draws = new Draws((draw) => this.pick(draw));
    this.pad = new Pad(
      (image) => image && this.take(rounded(image), -1),
      () => this.tell(),
    );
    this.ui = build(root, this);
    this.view = new View(this);
    handle(this);
    this.loading = new Loading(root, [this.ui.path]);
    this.plane.stage.append(this.loading.element);
    this.endResizing = onResize(this.plane.stage, () => this.redraw());
  }

  stop() {
    this.latest.stop();
    this.loading.end(false);
    this.files.stop();
    this.plane.stop();
    this.background.stop();
    this.behind.stop();
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
      ([loaded, codes, sprite, plain]) => {
        const summary = summarize(codes, space.classes.length),
          network = loaded && loaded.network;
        const colors = dotColors(codes, "class", space.colors, new Set());
        this.model = { space, network, codes, sprite, summary, colors, plain: plain?.network };
        this.model.own = widestImage(codes, summary.order, network);
        this.model.here = network && new WalkHere(network);
        this.background.use(loaded && loaded.bytes);
        this.format = formatOf(space.image);
        this.plane.open(this.model, colors);
        this.view.open();
        this.behind.open(loaded && loaded.bytes);
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
    const { codes, own } = this.model,
      { dim, count } = codes;
    const { image, seed, eps, drawing, near, span, images, truth, wrong } = parseWalk(
      this.address.keys,
      this.texts,
      dim,
      count,
    );
    Object.assign(this, { near, span, truth });
    this.images.px = images;
    this.drawNoise(seed);
    if (eps) this.eps = eps;
    if (drawing) {
      this.pad.clear();
      this.take(drawing, -1);
    } else this.choose(image ?? own);
    if (wrong) this.ui.message.textContent = wrong;
    this.tell();
  }

  /** A test image. @param {number} image */
  choose(image) {
    const canvas = tile({}, this.format);
    paintTestImage(canvas, this.model.sprite, image);
    this.ui.number.value = String(image);
    this.pad.clear();
    this.take(readImage(canvas, this.format), image);
  }

  /** An empty image, to draw on. */
  empty() {
    this.pad.clear();
    this.take(new Float32Array(this.format.size), -1);
    this.tell();
  }

  /** Any image. @param {Float32Array} x  in [0, 1] @param {number} image */
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
      () => fromFile(file, this.format),
      (image) => {
        this.pad.clear();
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
    this.drawn = normal(dim, uniform).map(noise);
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

  /** z becomes one of the fifty draws. @param {number} draw */
  pick(draw) {
    if (!this.cloud[draw]) return;
    this.eps = this.cloud[draw].map(noise);
    this.redraw();
    this.tell();
  }

  /** Reports the visitor's choices. */
  tell() {
    if (!this.model || !this.x) return;
    const { seed, near, span, truth, x } = this,
      image = this.image === this.model.own ? null : this.image,
      eps = this.eps.join() === this.drawn?.join() ? null : this.eps;
    // where a model on its way opens too
    this.texts = formatWalk(this.address.keys, { image, seed, eps, x, near, span, images: this.images.px, truth });
    this.report(this.texts);
  }

  redraw() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.model || !this.x) return;
      if (this.model.here) this.show(this.x, this.model.here.walk(this.x, this.eps, this.cloud));
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
          this.show(x, walk);
        }
      } catch (error) {
        if (this.space === space) complain(this.ui.message, /** @type {Error} */ (error).message, () => this.redraw());
        this.troubled = true;
      }
      this.asking = false;
    }
  }

  /** @param {Float32Array} x @param {import("./walk.js").Walk} walk */
  show(x, walk) {
    this.walk = walk;
    this.view.show(x, walk);
    this.behind.show(x, walk);
  }
}
