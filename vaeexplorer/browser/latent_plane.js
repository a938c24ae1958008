// @ts-check
/**
 * The latent plane: drag anywhere, and the image follows at display rate. Everything is decoded here; what was chosen is
 * reported once, when a gesture ends.
 *
 * Here is what is shown and what changes it; `layers.js` draws it, `pointer.js` and `controls.js` are its handles.
 *
 * @typedef {{name: string, classes: string[], colors: string[], urls: import("./assets.js").Urls,
 *            umap?: string | null}} Space
 *   umap: float32 [N, 2] in base64; null where it could be computed but is not yet
 * @typedef {(texts: Record<string, string>) => void} Report  gets what a link holds (url.js)
 */
import { loadCodes, loadNetwork, loadSprite } from "./assets.js";
import { Background } from "./background.js";
import { Controls } from "./controls.js";
import { NearestInPlane } from "./geometry.js";
import { Layers } from "./layers.js";
import { build, buildSliders } from "./panel.js";
import { dimensionPlane, movedTo, place, principalPlane, umapPlane } from "./planes.js";
import { Pointer } from "./pointer.js";
import { dotColors } from "./points.js";
import { Readout } from "./readout.js";
import { Selection } from "./selection.js";
import { Strips } from "./strips.js";
import { kernelDensity, source, summarize } from "./summary.js";
import { formatLink, parseLink } from "./url.js";

const KEY_REST = 400; // ms without a key after which z is reported

export class LatentPlane {
  /** @param {HTMLElement} root  emptied and filled @param {Report} report */
  constructor(root, report) {
    this.root = root;
    this.report = report;
    this.ui = build(root);
    /** @type {Space | null} */ this.space = null;
    /** What is shown; null until all of it is here.
     * @type {{network: import("./network.js").Network, codes: import("./points.js").Codes, draw: () => number[],
     *   summary: import("./summary.js").Summary, density: ((z: ArrayLike<number>) => number) | null} | null} */
    this.model = null;
    /** @type {ImageBitmap | null} */ this.sprite = null;
    /** @type {number[]} */ this.z = [];
    this.link = parseLink({}, 0);
    this.hidden = new Set();
    this.picked = -1; // the image whose code, or a draw from whose posterior, z is
    this.pathOn = false;
    this.view = { cx: 0, cy: 0, scale: 1, width: 1, height: 1 };
    /** @type {import("./geometry.js").View | null} all of the plane */ this.home = null;
    /** @type {import("./planes.js").Plane | null} */ this.plane = null;
    this.background = new Background((kind, start, pixels, done) => this.layers.receive(kind, start, pixels, done));
    this.selection = new Selection(this.ui.selection);
    this.readout = new Readout(this.ui);
    this.controls = new Controls(this);
    this.pointer = new Pointer(this);
    this.layers = new Layers(this);
  }

  stop() {
    clearTimeout(this.tellTimer);
    this.controls.stopWalk();
    this.layers.stop();
    this.background.stop();
  }

  /* ------------------------------------------------------------------ what is shown */

  /** @param {Space} space @param {Record<string, string>} texts  where to open; used when the space is another */
  async update(space, texts) {
    this.layers.repaint();
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
    this.layers.manifold.clear();
    this.controls.showPlane();
    this.layers.resize();
  }

  color() {
    if (!this.model || !this.space) return;
    this.link.hidden = [...this.hidden].sort();
    this.dotColors = dotColors(this.model.codes, this.link.color, this.space.colors, this.hidden);
    this.controls.showScale();
    this.redraw({ dots: true });
  }

  /* ------------------------------------------------------------------ the view */

  /** @param {import("./geometry.js").View} view */
  look(view) {
    if (!this.home || view.scale < this.home.scale / 4 || view.scale > this.home.scale * 200) return;
    this.view = view;
    this.link.at = [view.cx, view.cy, view.width / view.scale];
    this.redraw({ dots: true });
  }

  lookHome() {
    this.link.at = null;
    this.layers.resize();
  }

  /** @param {{z?: boolean, dots?: boolean}} what  is stale */
  redraw(what) {
    this.layers.redraw(what);
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

  /** z in numbers and marks: all but the canvases. */
  showZ() {
    if (!this.model || !this.space) return;
    this.showSliders?.(this.z);
    this.strips?.mark(this.z);
    this.readout.show(this.z, this.picked, this.model, this.space, this.sprite);
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
}
