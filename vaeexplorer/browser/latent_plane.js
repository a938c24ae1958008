// @ts-check
/**
 * The latent plane: drag anywhere, and the image follows at display rate. Everything is decoded here; what was chosen is
 * reported once, when a gesture ends.
 *
 * Three canvases lie on each other: the decoded manifold, the dots (redrawn when the view changes), and what moves. A
 * frame of a drag decodes one image and redraws the last canvas alone; strips and manifold come from a worker.
 *
 * @typedef {{name: string, classes: string[], colors: string[], urls: import("./assets.js").Urls,
 *            umap?: string | null}} Space
 *   umap: float32 [N, 2] in base64; null where it could be computed but is not yet
 * @typedef {(texts: Record<string, string>) => void} Report  gets what a link holds (url.js)
 */
import { loadCodes, loadNetwork, loadSprite } from "./assets.js";
import { Background } from "./background.js";
import { Controls } from "./controls.js";
import { pen, paintGrey } from "./dom.js";
import { fit, inside, NearestInPlane, pan, toLatent, toScreen, zoom } from "./geometry.js";
import { listen } from "./gestures.js";
import { Manifold } from "./manifold.js";
import { decode } from "./network.js";
import { drawOverlay, prepareOverlay } from "./overlay.js";
import { build, buildSliders } from "./panel.js";
import { boxOf, dimensionPlane, movedTo, place, principalPlane, umapPlane } from "./planes.js";
import { dotColors, drawPoints } from "./points.js";
import { Readout } from "./readout.js";
import { Selection } from "./selection.js";
import { Strips } from "./strips.js";
import { kernelDensity, source, summarize } from "./summary.js";
import { formatLink, parseLink } from "./url.js";

const REST = 120; // ms without change after which the manifold is decoded
const KEY_REST = 400; // ms without a key after which z is reported
const TOUCH = 6; // CSS pixels from a dot that still touch it
const HANDLE = 14; // CSS pixels from A or B that still take hold of it

export class LatentPlane {
  /** @param {HTMLElement} root  emptied and filled @param {Report} report */
  constructor(root, report) {
    this.root = root;
    this.report = report;
    this.ui = build(root);
    this.stale = { z: true, dots: true };
    this.frame = 0;
    /** @type {Space | null} */ this.space = null;
    /** What is shown; null until all of it is here.
     * @type {{network: import("./network.js").Network, codes: import("./points.js").Codes, draw: () => number[],
     *   summary: import("./summary.js").Summary, density: ((z: ArrayLike<number>) => number) | null} | null} */
    this.model = null;
    /** @type {ImageBitmap | null} */ this.sprite = null;
    /** @type {number[]} */ this.z = [];
    this.link = parseLink({}, 0);
    this.hidden = new Set();
    this.hovered = -1;
    this.picked = -1; // the image whose code, or a draw from whose posterior, z is
    /** @type {[number, number][]} */ this.lasso = [];
    this.lassoOn = this.pathOn = false;
    /** @type {0 | 1 | null} the end of the path that is held */ this.held = null;
    this.background = new Background((kind, start, pixels, done) => this.receive(kind, start, pixels, done));
    this.manifold = new Manifold();
    this.selection = new Selection(this.ui.selection);
    this.readout = new Readout(this.ui);
    this.controls = new Controls(this);
    this.readTheme();
    listen(this.ui.stage, {
      start: (at) => this.take(at),
      move: (at) => this.drag(at),
      end: (at, isClick) => this.release(at, isClick),
      hover: (at) => this.hover(at),
      pan: (dx, dy) => this.look(pan(this.view, dx, dy)),
      zoom: (at, factor) => this.look(zoom(this.view, at.x, at.y, factor)),
      settled: () => this.tell(),
    });
    this.view = { cx: 0, cy: 0, scale: 1, width: 1, height: 1 };
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.ui.stage);
  }

  stop() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.manifoldTimer);
    clearTimeout(this.tellTimer);
    this.controls.stopWalk();
    this.resizing.disconnect();
    this.background.stop();
  }

  /* ------------------------------------------------------------------ what is shown */

  /** @param {Space} space @param {Record<string, string>} texts  where to open; used when the space is another */
  async update(space, texts) {
    this.readTheme();
    const umapCame = this.space?.umap !== space.umap;
    if (this.space?.urls.network === space.urls.network && this.space.name === space.name) {
      this.space = space;
      if (umapCame && this.model && this.link.plane === "UMAP") this.choosePlane();
      return;
    }
    this.space = space;
    this.controls.stopWalk();
    this.readout.say("");
    try {
      const [{ network, bytes }, codes] = await Promise.all([loadNetwork(space.urls), loadCodes(space.urls)]);
      if (this.space.urls.network !== space.urls.network) return; // another was asked for meanwhile
      if (network.latentDim !== codes.dim) throw new Error("Network and codes are of different runs.");
      this.open(space, texts, network, bytes, codes);
    } catch (error) {
      if (this.space.urls.network === space.urls.network) this.fail(`The network of ${space.name} could not be loaded.`, error, texts);
      return;
    }
    try {
      this.sprite = null;
      const sprite = await loadSprite(space.urls);
      if (this.space.urls.sprite !== space.urls.sprite) return;
      this.sprite = sprite;
      this.redraw({ z: true });
    } catch (error) {
      this.fail("The test images could not be loaded.", error, texts);
    }
  }

  /** The last good picture stays. @param {string} what @param {unknown} error @param {Record<string, string>} texts */
  fail(what, error, texts) {
    const failed = /** @type {Space} */ (this.space);
    this.readout.complain(`${what} ${error instanceof Error ? error.message : ""}`, () => {
      this.space = null;
      this.update(failed, texts);
    });
  }

  /** @param {Space} space @param {Record<string, string>} texts @param {import("./network.js").Network} network
   * @param {ArrayBuffer} bytes @param {import("./points.js").Codes} codes */
  open(space, texts, network, bytes, codes) {
    const summary = summarize(codes, space.classes.length), { dim } = codes;
    this.model = { network, codes, summary, draw: source(codes), density: dim === 2 ? kernelDensity(codes) : null };
    this.background.use(bytes);
    this.link = parseLink(texts, dim);
    if (!codes.kl && this.link.color === "KL") this.link.color = "class";
    this.hidden = new Set(this.link.hidden);
    this.picked = this.link.z ? -1 : 0;
    this.z = this.link.z ?? Array.from(codes.mean.subarray(0, dim));
    this.pathOn = dim === 2 || Boolean(this.link.a || this.link.b);
    this.selection.hide();
    this.strips = new Strips(this.ui.strips, summary, space.name, (z) => this.goAndTell(z), () => this.redraw({ z: true }));
    this.showSliders = buildSliders(this.ui, summary, (dimension, value) => {
      const moved = this.z.slice();
      moved[dimension] = value;
      this.go(moved);
    }, () => this.tell());
    this.controls.open();
    this.root.dataset.dim = dim > 2 ? "many" : "few";
    this.choosePlane();
    this.color();
  }

  /** A and B, by default the two class means that lie farthest apart. @returns {[number[], number[]] | null} */
  get ends() {
    if (!this.pathOn || !this.model) return null;
    const { means } = this.model.summary;
    let [a, b, most] = [0, 0, -1];
    for (let i = 0; i < means.length; i++)
      for (let j = 0; j < i; j++) {
        const d = means[i].reduce((sum, value, k) => sum + (value - means[j][k]) ** 2, 0);
        if (d > most) [a, b, most] = [j, i, d];
      }
    return [this.link.a ?? means[a], this.link.b ?? means[b]];
  }

  get showsManifold() {
    return Boolean(this.plane?.u && this.plane.v && (this.link.manifold ?? this.z.length === 2));
  }

  choosePlane() {
    if (!this.model || !this.space) return;
    const { codes, summary } = this.model;
    if (this.link.plane === "PCA") this.plane = principalPlane(codes);
    else if (this.link.plane === "UMAP" && this.space.umap) {
      const bytes = Uint8Array.from(atob(this.space.umap), (letter) => letter.charCodeAt(0));
      this.plane = umapPlane(new Float32Array(bytes.buffer), codes.dim);
    } else {
      const across = this.link.across ?? summary.order[0];
      this.plane = dimensionPlane(codes, across, this.link.up ?? summary.order[1] ?? 0);
    }
    this.nearest = new NearestInPlane(this.plane.xs, this.plane.ys);
    this.manifold.clear();
    this.controls.showPlane();
    this.resize();
  }

  color() {
    if (!this.model || !this.space) return;
    this.link.hidden = [...this.hidden].sort();
    this.dotColors = dotColors(this.model.codes, this.link.color, this.space.colors, this.hidden);
    this.controls.showScale();
    this.redraw({ dots: true });
  }

  /* ------------------------------------------------------------------ gestures */

  /** @param {import("./gestures.js").At} at @returns {[number, number]} */
  latent(at) {
    return toLatent(this.view, at.x, at.y);
  }

  /** @param {import("./gestures.js").At} at */
  take(at) {
    this.controls.stopWalk();
    if (this.lassoOn) this.lasso = [this.latent(at)];
    else {
      this.held = this.endAt(at);
      if (this.held === null) this.drag(at);
    }
  }

  /** @param {import("./gestures.js").At} at */
  drag(at) {
    if (!this.model || !this.plane) return;
    const { codes } = this.model, [x, y] = this.latent(at);
    if (this.lassoOn) this.lasso.push([x, y]);
    else if (this.held !== null && this.ends) {
      this.link[this.held ? "b" : "a"] = movedTo(this.plane, this.ends[this.held], x, y);
      return this.redraw({ z: true });
    } else if (this.plane.u) return this.go(movedTo(this.plane, this.z, x, y));
    else {
      const near = this.nearest?.find(x, y, 60 / this.view.scale) ?? -1;
      if (near >= 0) return this.go(Array.from(codes.mean.subarray(near * codes.dim, (near + 1) * codes.dim)), near);
    }
    this.redraw({});
  }

  /** @param {import("./gestures.js").At} at @param {boolean} isClick */
  release(at, isClick) {
    if (this.lassoOn) this.select();
    else {
      const dot = isClick && this.held === null ? this.dotAt(at) : -1;
      if (dot >= 0) this.goToImage(dot);
      this.held = null;
      this.tell();
    }
  }

  /** @param {import("./gestures.js").At} at @returns {number} the dot there, or -1 */
  dotAt(at) {
    const { codes } = this.model ?? {};
    if (!codes || !this.nearest) return -1;
    return this.nearest.find(...this.latent(at), TOUCH / this.view.scale, (i) => !this.hidden.has(codes.labels[i]));
  }

  /** @param {import("./gestures.js").At} at @returns {0 | 1 | null} */
  endAt(at) {
    if (!this.ends || !this.model || !this.plane?.u) return null;
    for (const which of /** @type {const} */ ([0, 1])) {
      const [x, y] = toScreen(this.view, ...place(this.plane, this.ends[which], this.model.codes));
      if (Math.hypot(x - at.x, y - at.y) < HANDLE) return which;
    }
    return null;
  }

  /** @param {import("./gestures.js").At | null} at */
  hover(at) {
    this.hovered = at && !this.lassoOn ? this.dotAt(at) : -1;
    this.ui.stage.style.cursor = at && this.endAt(at) !== null ? "grab" : "";
    if (this.model && this.space) this.readout.showCard(this.hovered, at, this.view, this.model.codes, this.space, this.sprite);
    this.redraw({});
  }

  /** @param {import("./geometry.js").View} view */
  look(view) {
    if (!this.home || view.scale < this.home.scale / 4 || view.scale > this.home.scale * 200) return;
    this.view = view;
    this.link.at = [view.cx, view.cy, view.width / view.scale];
    this.redraw({ dots: true });
  }

  lookHome() {
    this.link.at = null;
    this.resize();
  }

  select() {
    if (!this.model || !this.space || !this.plane) return;
    const { codes } = this.model, { xs, ys } = this.plane;
    const indices = [];
    for (let i = 0; i < codes.count; i++)
      if (!this.hidden.has(codes.labels[i]) && inside(this.lasso, xs[i], ys[i])) indices.push(i);
    if (!indices.length) return this.dropSelection();
    const zs = this.selection.show(indices, codes, this.space, this.sprite, (i) => this.goAndTell(null, i), () => this.dropSelection());
    this.background.request("gallery", zs, codes.dim);
    this.redraw({});
  }

  dropSelection() {
    this.lasso = [];
    this.selection.hide();
    this.redraw({});
  }

  /* ------------------------------------------------------------------ z */

  /** @param {number[]} z @param {number} [picked] the image that it comes from */
  go(z, picked = -1) {
    this.z = z;
    this.picked = picked;
    this.redraw({ z: true });
  }

  /** @param {number} index */
  goToImage(index) {
    const { codes } = this.model ?? {};
    if (codes) this.go(Array.from(codes.mean.subarray(index * codes.dim, (index + 1) * codes.dim)), index);
  }

  /** @param {number[] | null} z  or null: the code of the image @param {number} [picked] */
  goAndTell(z, picked = -1) {
    this.controls.stopWalk();
    if (z) this.go(z, picked);
    else this.goToImage(picked);
    this.tell();
  }

  /** A step along the plane, from the keyboard. @param {number} dx @param {number} dy */
  step(dx, dy) {
    if (!this.model || !this.plane?.u) return;
    const [x, y] = place(this.plane, this.z, this.model.codes);
    this.go(movedTo(this.plane, this.z, x + dx, y + dy));
    clearTimeout(this.tellTimer);
    this.tellTimer = setTimeout(() => this.tell(), KEY_REST);
  }

  get texts() {
    return formatLink({ ...this.link, z: this.z });
  }

  /** A gesture is over. */
  tell() {
    clearTimeout(this.tellTimer);
    if (!this.model) return;
    this.readout.announce(this.z);
    this.report(this.texts);
  }

  /* ------------------------------------------------------------------ drawing */

  readTheme() {
    const style = getComputedStyle(this.root), text = style.color;
    const card = getComputedStyle(/** @type {Element} */ (this.ui.stage.parentElement)).backgroundColor;
    this.theme = { text, accent: style.caretColor, card, ink: (text.match(/[\d.]+/g) ?? ["0", "0", "0"]).slice(0, 3).map(Number) };
    this.manifold?.clear();
    this.redraw({ z: true, dots: true });
  }

  resize() {
    const width = this.ui.stage.clientWidth, height = this.ui.stage.clientHeight;
    if (!this.plane || !width || !height) return;
    this.ratio = Math.min(2, devicePixelRatio || 1);
    for (const layer of [this.ui.manifold, this.ui.dots, this.ui.overlay]) {
      layer.width = Math.round(width * this.ratio);
      layer.height = Math.round(height * this.ratio);
    }
    prepareOverlay(pen(this.ui.overlay));
    this.home = fit(boxOf(this.plane), width, height);
    const { at } = this.link;
    this.view = at ? { cx: at[0], cy: at[1], scale: width / at[2], width, height } : this.home;
    this.redraw({ z: true, dots: true });
  }

  /** @param {{z?: boolean, dots?: boolean}} what  is stale */
  redraw(what) {
    this.stale.z ||= Boolean(what.z);
    this.stale.dots ||= Boolean(what.dots);
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = 0;
    if (!this.model || !this.plane || !this.space || !this.home || !this.dotColors) return;
    const { network, codes } = this.model, { ui, view, plane } = this, ratio = this.ratio ?? 1;
    const { z, dots } = this.stale;
    this.stale = { z: false, dots: false };
    if (z) paintGrey(pen(ui.image), decode(network, this.z), 1);
    if (dots) {
      drawPoints(pen(ui.dots), view, plane.xs, plane.ys, this.dotColors, ratio);
      this.drawManifold();
    }
    const { hovered, picked, lasso, ends } = this;
    drawOverlay(pen(ui.overlay), view, { plane, codes, z: this.z, ends, hovered, picked, lasso }, this.theme, ratio);
    if (z) {
      // After the canvases: text drawn on one has the page's styles worked out at once if elements have changed.
      this.showSliders?.(this.z);
      this.strips?.mark(this.z);
      this.readout.show(this.z, this.picked, this.model, this.space, this.sprite);
      this.decodeStrips();
    }
    if (this.showsManifold) this.planManifold();
  }

  decodeStrips() {
    this.stripsStale = this.background.isBusy("strips"); // finished first: what is never finished is never seen
    if (this.stripsStale || !this.strips || !this.model) return;
    this.background.request("strips", this.strips.plan(this.z, this.ends), this.model.codes.dim);
  }

  drawManifold() {
    if (!this.showsManifold) {
      this.manifold.clear();
      this.manifoldKey = "";
    }
    this.manifold.draw(pen(this.ui.manifold), this.view, this.ratio ?? 1);
  }

  /** The manifold depends on the view and on what z holds outside the plane, not on z within it. */
  planManifold() {
    const { plane, view, model } = this;
    if (!plane || !model) return;
    const key = [view.cx, view.cy, view.scale, view.width, view.height, ...movedTo(plane, this.z, 0, 0)].map((v) => v.toFixed(3)).join();
    if (key === this.manifoldKey && (this.manifold.shown || this.manifold.coming)) return;
    this.manifoldKey = key;
    clearTimeout(this.manifoldTimer);
    const decodeAll = () => this.background.request("manifold", this.manifold.plan(plane, this.z, this.view), model.codes.dim);
    this.manifoldTimer = setTimeout(decodeAll, this.manifold.shown ? REST : 0);
  }

  /** @param {import("./background.js").Kind} kind @param {number} start @param {Uint8Array} pixels @param {boolean} done */
  receive(kind, start, pixels, done) {
    if (kind === "strips") {
      this.strips?.receive(start, pixels);
      if (done && this.stripsStale) this.decodeStrips();
    } else if (kind === "gallery") this.selection.receive(start, pixels);
    else {
      this.manifold.receive(start, pixels, done, this.theme?.ink ?? [0, 0, 0]);
      this.drawManifold();
    }
  }
}
