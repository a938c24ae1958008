// @ts-check
/**
 * The latent plane: drag anywhere, and the image follows at display rate. Images are decoded in the browser, or on the
 * server if the model has no weights to send. The visitor's choices are reported once, when a gesture ends.
 *
 * This module has the state and what changes it; `layers.js` draws it, `pointer.js` and `controls.js` are its handles.
 * @typedef {import("./controls.js").Space} Space
 * @typedef {import("../interact/links.js").Texts} Texts  what a link holds (url.js)
 */
import { Latest, loadCodes, loadNetwork, loadSprite, sameSpace } from "../engine/fetch.js";
import { Background } from "../decoding/background.js";
import { codeOf, dotColors } from "../engine/codes.js";
import { NearestInPlane } from "../engine/geometry.js";
import { movedTo, place } from "../engine/projections.js";
import { Maps } from "../draw/regions.js";
import { RemoteBackground } from "../decoding/remote.js";
import { kernelDensity, source, summarize } from "../engine/summary.js";
import { Controls } from "./controls.js";
import { build } from "./elements.js";
import { Layers } from "./layers.js";
import { Pointer } from "./pointer.js";
import { Readout } from "./readout.js";
import { Selection } from "./selection.js";
import { buildRows } from "./strips.js";
import { showScale } from "./shown.js";
import { chosenPlane, formatLink, parseLink } from "./url.js";

const KEY_REST = 400; // ms without a key after which z is reported

export class LatentPlane {
  /** @param {HTMLElement} root  emptied and filled @param {import("../interact/address.js").Address} address */
  constructor(root, address) {
    this.root = root;
    this.address = address;
    /** @type {(texts: Texts) => void} */ this.report = () => {};
    this.ui = build(root);
    /** @type {Space | null} what was asked for last */ this.asked = null;
    /** @type {Space | null} what is shown */ this.space = null;
    this.latest = new Latest();
    /** What is shown; null until all of it is here.
     * @type {{network: import("../engine/network.js").Network | null, codes: import("../engine/codes.js").Codes,
     *   draw: () => number[], summary: import("../engine/summary.js").Summary,
     *   density: ((z: ArrayLike<number>) => number) | null} | null} */
    this.model = null;
    /** @type {ImageBitmap | null} */ this.sprite = null;
    /** @type {number[]} */ this.z = [];
    /** @type {Texts} where to open */ this.texts = {};
    /** @type {import("./strips.js").Strips | undefined} */ this.strips = undefined;
    /** @type {((z: ArrayLike<number>) => void) | undefined} */ this.showSliders = undefined;
    /** @type {unknown} the model whose sliders and strips there are */ this.rowsOf = null;
    this.link = /** @type {import("./url.js").Link} */ ({ color: "class", plane: "z" });
    this.hidden = new Set();
    this.picked = -1; // the image whose code, or a draw from whose posterior, z is
    this.view = { cx: 0, cy: 0, scale: 1, width: 1, height: 1 };
    /** @type {import("../engine/geometry.js").View | null} all of the plane */ this.home = null;
    /** @type {import("../engine/projections.js").Plane | null} */ this.plane = null;
    /** @type {import("../decoding/background.js").Receive} */
    this.receive = (kind, start, pixels, done) => this.layers.receive(kind, start, pixels, done);
    this.worker = new Background(this.receive, (trouble) => this.say(trouble));
    /** @type {RemoteBackground | null} */ this.remote = null;
    this.selection = new Selection(this.ui.selection);
    this.readout = new Readout(this.ui);
    this.maps = new Maps((trouble) => (trouble ? this.say(trouble) : this.controls.after({ z: true, dots: true })));
    this.controls = new Controls(this);
    this.pointer = new Pointer(this);
    this.layers = new Layers(this);
  }

  stop() {
    this.latest.stop();
    clearTimeout(this.tellTimer);
    this.controls.stopWalk();
    this.layers.stop();
    this.ui.loading.end(false);
    this.worker.stop();
    this.remote?.stop();
  }

  /** @param {{space: Space}} data @param {Texts} texts  where to open; used when the space is another */
  update({ space }, texts) {
    this.layers.repaint();
    const isSame = this.asked && sameSpace(this.asked, space);
    this.asked = space;
    if (isSame) return this.takeUmap();
    this.texts = texts;
    this.controls.stopWalk();
    this.readout.say("");
    this.ui.loading.begin(space.name, [space.urls.network, space.urls.codes]);
    this.latest.ask(
      () => Promise.all([loadNetwork(space.urls), loadCodes(space.urls)]),
      ([loaded, codes]) => {
        if (loaded && loaded.network.latentDim !== codes.dim) throw new Error("Network and codes differ in size.");
        this.open(space, loaded, codes);
        this.takeUmap();
        this.ui.loading.end(true);
        this.loadImages(space);
      },
      (error) => this.fail(`The network of ${space.name} could not be loaded. ${error.message}`),
    );
  }

  /** Whether what is shown is what was asked for, and not the picture before it. */
  get isCurrent() {
    return Boolean(this.asked && this.space && sameSpace(this.asked, this.space));
  }

  /** UMAP may have been computed since the space was asked for. */
  takeUmap() {
    if (!this.isCurrent) return;
    const umapCame = this.space?.umap !== this.asked?.umap;
    const mapsCame = this.space?.regions !== this.asked?.regions;
    this.space = this.asked;
    if (mapsCame) this.controls.showPlane();
    if (!umapCame || this.link.plane !== "UMAP") return;
    this.choosePlane();
    this.pointer.showLasso();
  }

  /** The address is another, of the same space. @param {Texts} texts */
  follow(texts) {
    this.texts = texts;
    if (!this.isCurrent) return; // it will be opened there
    this.controls.stopWalk();
    this.openLink();
  }

  /** @param {Space} space */
  loadImages(space) {
    this.sprite = null;
    this.ui.loading.begin("the test images", [space.urls.sprite]);
    this.latest.ask(
      () => loadSprite(space.urls),
      (sprite) => {
        this.sprite = sprite;
        this.ui.loading.end(true);
        this.pointer.showLasso();
        this.redraw({ z: true, dots: true });
      },
      (error) => this.fail(`The test images could not be loaded. ${error.message}`),
    );
  }

  /** The last good picture stays. @param {string} text */
  fail(text) {
    const failed = /** @type {Space} */ (this.asked);
    this.ui.loading.end(false);
    this.readout.complain(text, () => {
      this.asked = null;
      this.update({ space: failed }, this.texts);
    });
  }

  /** @param {Space} space
   * @param {{network: import("../engine/network.js").Network, bytes: ArrayBuffer} | null} loaded
   * @param {import("../engine/codes.js").Codes} codes */
  open(space, loaded, codes) {
    this.space = space;
    this.layers.resizeImages(space.image);
    const summary = summarize(codes, space.classes.length);
    this.model = {
      network: loaded && loaded.network,
      codes,
      summary,
      draw: source(codes),
      density: codes.dim === 2 ? kernelDensity(codes) : null,
    };
    this.remote?.stop();
    this.remote = space.urls.remote
      ? new RemoteBackground(space.urls.remote, this.receive, (trouble) => this.say(trouble), this.layers.format.size)
      : null;
    this.worker.use(loaded && loaded.bytes);
    this.root.dataset.dim = codes.dim > 2 ? "many" : "few";
    this.openLink();
  }

  /** Shows what the link holds, and says what it asks for in vain. */
  openLink() {
    const { model, space } = this;
    if (!model || !space) return;
    const { wrong, ...opened } = parseLink(this.address.keys, this.texts, model.codes, space.classes.length);
    const { order } = this.link;
    Object.assign(this, opened);
    if (!this.strips || this.rowsOf !== model || order !== this.link.order) buildRows(this);
    this.rowsOf = model;
    this.pointer.lassoOn = Boolean(this.link.lasso);
    this.controls.open();
    this.choosePlane();
    this.color();
    this.pointer.showLasso();
    if (wrong) this.readout.say(wrong);
    this.report(this.chosen);
  }

  /** @param {string} trouble  of the server; empty once it is over */
  say(trouble) {
    if (this.isCurrent && trouble) this.readout.complain(trouble, () => this.redraw({ z: true, dots: true }));
    else if (this.isCurrent) this.readout.say("");
    this.layers.manifoldKey = ""; // ask again
  }

  /** What decodes strips and galleries; where there is no network, the image too. */
  get background() {
    return this.remote ?? this.worker;
  }

  /** A and B, by default the two class means that lie farthest apart. @returns {[number[], number[]] | null} */
  get ends() {
    if (!this.model || !this.pathOn) return null;
    const { means, farthest } = this.model.summary;
    return [this.link.a ?? means[farthest[0]], this.link.b ?? means[farthest[1]]];
  }

  get pathOn() {
    return this.link.path ?? (this.z.length === 2 || Boolean(this.link.a || this.link.b));
  }

  get showsManifold() {
    if (this.maps.isShown) return false;
    return Boolean(this.plane?.u && this.plane.v && (this.link.manifold ?? this.z.length === 2));
  }

  choosePlane() {
    if (!this.model || !this.space) return;
    const { codes, summary } = this.model;
    this.plane = chosenPlane(this.link, codes, summary.order, this.space.umap);
    this.nearest = new NearestInPlane(this.plane.xs, this.plane.ys);
    this.layers.manifold.clear();
    this.controls.showPlane();
    this.layers.resize();
  }

  color() {
    if (!this.model || !this.space) return;
    this.link.hidden = [...this.hidden].sort();
    this.dotColors = dotColors(this.model.codes, this.link.color, this.space.colors, this.hidden);
    showScale(this);
    this.redraw({ dots: true });
  }

  /** @param {{z?: boolean, dots?: boolean}} what  is stale */
  redraw(what) {
    this.layers.redraw(what);
  }

  /** @param {number[] | null} z  or null: its code @param {number} [picked] the image that it comes from */
  go(z, picked = -1) {
    if (!this.model) return;
    this.z = z ?? codeOf(this.model.codes, picked);
    this.picked = picked;
    this.redraw({ z: true });
  }

  /** @param {number[] | null} z  or null: the code of the image @param {number} [picked] */
  goAndTell(z, picked = -1) {
    this.controls.stopWalk();
    this.go(z, picked);
    this.tell();
  }

  /** A step along the plane, from the keyboard, of z or an end of the path. @param {number} dx @param {number} dy */
  step(dx, dy) {
    if (!this.model || !this.plane?.u) return;
    const { end } = this.controls,
      from = end === null ? this.z : (this.ends?.[end] ?? this.z);
    const [x, y] = place(this.plane, from, this.model.codes),
      moved = movedTo(this.plane, from, x + dx, y + dy);
    if (end === null) this.go(moved);
    else {
      this.link[end ? "b" : "a"] = moved;
      this.redraw({ z: true });
    }
    clearTimeout(this.tellTimer);
    this.tellTimer = setTimeout(() => this.tell(), KEY_REST);
  }

  /** z in numbers and marks: all but the canvases and the images in strips. */
  showZ() {
    if (!this.model || !this.space) return;
    this.showSliders?.(this.z);
    this.strips?.mark(this.z);
    this.readout.show(this.z, this.picked, this.model, this.space, this.sprite, this.layers.shown);
  }

  /** What a link to what is shown holds. */
  get chosen() {
    return this.model ? formatLink(this.address.keys, this.link, this.z, this.picked, this.model.codes) : {};
  }

  /** A gesture is over. */
  tell() {
    clearTimeout(this.tellTimer);
    if (!this.model) return;
    this.showZ(); // what is announced is of now
    this.readout.announce(this.z, this.model.summary);
    if (this.isCurrent) this.report(this.chosen);
  }
}
