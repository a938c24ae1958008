// @ts-check
/**
 * The plane's three canvases, one on the other: the decoded manifold; the dots, redrawn when the view changes; and what
 * moves. A frame of a drag decodes one image and redraws the last canvas alone. Slower things follow the frame at a
 * pace of their own: z in numbers, the nearest images, and the strips and the manifold, which come from a worker.
 *
 * @typedef {import("../engine/geometry.js").View} View
 * @typedef {{root: HTMLElement, ui: import("./elements.js").Ui,
 *            space: import("../engine/codes.js").Classes | null,
 *            model: {network: import("../engine/network.js").Network | null,
 *                    codes: import("../engine/codes.js").Codes} | null,
 *            plane: import("../engine/projections.js").Plane | null, link: import("./url.js").Link, z: number[],
 *            hidden: Set<number>,
 *            sprite: ImageBitmap | null, picked: number, view: View, home: View | null, dotColors?: Uint8ClampedArray,
 *            maps: import("../draw/regions.js").Maps, readonly ends: [number[], number[]] | null,
 *            readonly showsManifold: boolean,
 *            readonly background: Pick<import("../decoding/background.js").Background, "request" | "isBusy">,
 *            pointer: {hovered: number, lasso: [number, number][]}, strips?: import("./strips.js").Strips,
 *            selection: {receive(start: number, pixels: Uint8Array): void}, showZ(): void}} Layered
 *   what the layers show of the latent plane; they set its view when its size on the screen changes
 */
import { fitCanvas, onResize, pen, pixelRatio } from "../draw/canvas.js";
import { drawEllipses, drawPoints } from "../draw/dots.js";
import { significant } from "../draw/numbers.js";
import { drawOverlay, prepareOverlay } from "../draw/overlay.js";
import { Thumbnails, paintImage, sizeTiles } from "../draw/sprite.js";
import { readTheme } from "../draw/theme.js";
import { DIGIT, formatOf } from "../engine/format.js";
import { fit, zoomWithin } from "../engine/geometry.js";
import { decode } from "../engine/network.js";
import { boxOf, movedTo } from "../engine/projections.js";
import { Manifold } from "../draw/manifold.js";
import { legendOf } from "./shown.js";

const REST = 120; // ms without change after which the manifold is decoded
const PACE = 50; // ms between two updates of numbers and strips: nobody reads faster, and the image gets the time

export class Layers {
  /** @param {Layered} plane */
  constructor(plane) {
    this.plane = plane;
    this.stale = { z: true, dots: true };
    this.frame = 0;
    this.ratio = 1; // device pixels per CSS pixel
    this.asideDue = this.stripsStale = false;
    this.asideAt = 0; // when the slower things were last updated
    const { image, manifold, dots, overlay } = plane.ui;
    this.pens = { image: pen(image), manifold: pen(manifold), dots: pen(dots), overlay: pen(overlay) };
    this.manifold = new Manifold();
    this.thumbnails = new Thumbnails();
    this.format = DIGIT;
    /** @type {ArrayLike<number>} the image at z, in [0, 1] */ this.shown = new Float32Array(this.format.size);
    this.manifoldKey = "";
    this.theme = this.readTheme();
    this.endResizing = onResize(plane.ui.stage, () => this.resize());
  }

  stop() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.manifoldTimer);
    clearTimeout(this.asideTimer);
    this.endResizing();
  }

  /** Images of another size. @param {import("../engine/format.js").Shape} shape */
  resizeImages(shape) {
    this.format = this.manifold.format = this.thumbnails.format = formatOf(shape);
    this.shown = new Float32Array(this.format.size);
    sizeTiles(this.plane.ui.tiles, this.format);
  }

  readTheme() {
    const { root, ui } = this.plane;
    return readTheme(root, ui.stage.parentElement);
  }

  /** The theme may be another. */
  repaint() {
    this.theme = this.readTheme();
    this.manifold.clear();
    this.redraw({ z: true, dots: true });
  }

  resize() {
    const { plane, ui, link } = this.plane,
      width = ui.stage.clientWidth,
      height = ui.stage.clientHeight;
    if (!plane || !width || !height) return;
    this.ratio = pixelRatio();
    for (const layer of [ui.manifold, ui.dots, ui.overlay]) fitCanvas(layer, width, height);
    prepareOverlay(this.pens.overlay);
    const home = fit(boxOf(plane), width, height),
      { at } = link;
    this.plane.home = home;
    this.plane.view = at ? { cx: at[0], cy: at[1], scale: width / at[2], width, height } : home;
    this.redraw({ z: true, dots: true });
  }

  /** @param {View} view */
  look(view) {
    if (!this.plane.home) return;
    this.plane.view = view;
    this.plane.link.at = [view.cx, view.cy, view.width / view.scale];
    this.redraw({ dots: true });
  }

  /** @param {number} x @param {number} y  CSS pixels, which stay where they are @param {number} factor
   * @returns {boolean} whether there was anything left to zoom */
  zoom(x, y, factor) {
    const { home, view } = this.plane,
      zoomed = home && zoomWithin(view, home, x, y, factor);
    if (zoomed) this.look(zoomed);
    return Boolean(zoomed);
  }

  lookHome() {
    this.plane.link.at = null;
    this.resize();
  }

  /** @param {{z?: boolean, dots?: boolean}} what  is stale */
  redraw(what) {
    this.stale.z ||= Boolean(what.z);
    this.stale.dots ||= Boolean(what.dots);
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = 0;
    if (this.ratio !== pixelRatio()) this.resize(); // not every browser tells of it
    const { model, plane, home, dotColors, view, ends, picked, pointer } = this.plane,
      { ratio, pens } = this;
    if (!model || !plane || !home || !dotColors) return;
    const { network, codes } = model,
      { z, dots } = this.stale;
    this.stale = { z: false, dots: false };
    if (z && network) {
      this.shown = decode(network, this.plane.z);
      paintImage(pens.image, this.shown, 1, 0, 0, this.format);
    } else if (z) this.plane.background.request("image", Float32Array.from(this.plane.z), codes.dim);
    if (dots) {
      this.drawDots(plane, codes, dotColors);
      this.drawManifold();
    }
    const { hovered, lasso } = pointer;
    drawOverlay(pens.overlay, view, { plane, codes, z: this.plane.z, ends, hovered, picked, lasso }, this.theme, ratio);
    if (z) this.planAside();
    if (this.plane.showsManifold) this.planManifold();
  }

  /** Dots, ellipses, or images once they are here. @param {import("../engine/projections.js").Plane} plane
   * @param {import("../engine/codes.js").Codes} codes @param {Uint8ClampedArray} colors */
  drawDots(plane, codes, colors) {
    const { link, view, sprite } = this.plane,
      { pens, ratio, thumbnails } = this,
      { xs, ys } = plane;
    if (thumbnails.draw(pens.dots, view, plane, colors, sprite, link.images, ratio)) return;
    if (link.marks === "ellipse" && plane.v) drawEllipses(pens.dots, view, plane, codes, colors, ratio);
    else drawPoints(pens.dots, view, xs, ys, colors, ratio);
  }

  /** What a file of the plane shows. @returns {import("../files/plane_picture.js").Picture} */
  get picture() {
    const { ui, model, z, ends, picked, pointer, view, dotColors, sprite, link, maps } = this.plane;
    const plane = /** @type {import("../engine/projections.js").Plane} */ (this.plane.plane),
      { codes } = /** @type {NonNullable<typeof model>} */ (model);
    return {
      ...{ view, theme: this.theme, labels: plane.labels, xs: plane.xs, ys: plane.ys },
      colors: /** @type {Uint8ClampedArray} */ (dotColors),
      ...{ sprite, thumbnails: this.thumbnails, ellipses: link.marks === "ellipse" ? codes : null, plane },
      behind: maps.picture ?? (this.plane.showsManifold ? this.manifold.picture : null),
      ...{ legend: legendOf(this.plane), layers: [ui.manifold, ui.dots, ui.overlay] },
      drawOverlay: (g) =>
        drawOverlay(g, view, { plane, codes, z, ends, hovered: -1, picked, lasso: pointer.lasso }, this.theme, 1),
    };
  }

  /** Plans the slower things for after the frame: text drawn on a canvas makes the browser compute the page's styles at
   * once if elements have changed. */
  planAside() {
    if (this.asideDue) return;
    this.asideDue = true;
    this.asideTimer = setTimeout(() => this.bringAsideUp(), Math.max(0, this.asideAt + PACE - performance.now()));
  }

  /** Updates the slower things. */
  bringAsideUp() {
    clearTimeout(this.asideTimer);
    this.asideDue = false;
    this.asideAt = performance.now();
    this.plane.showZ();
    this.decodeStrips();
  }

  decodeStrips() {
    const { background, strips, model, z, ends } = this.plane;
    this.stripsStale = background.isBusy("strips"); // the running request ends first, or none would in a long drag
    if (this.stripsStale || !strips || !model) return;
    background.request("strips", strips.plan(z, ends), model.codes.dim);
    strips.showAnswers(this.plane.maps.classifier, this.plane.space);
  }

  drawManifold() {
    if (!this.plane.showsManifold) {
      this.manifold.clear();
      this.manifoldKey = "";
    }
    if (this.plane.maps.isShown) this.plane.maps.draw(this.pens.manifold, this.plane.view, this.ratio);
    else this.manifold.draw(this.pens.manifold, this.plane.view, this.ratio);
  }

  /** The manifold depends on the view and on what z holds outside the plane, not on z within it. */
  planManifold() {
    const { plane, view, model, background, z } = this.plane;
    if (!plane || !model) return;
    const { cx, cy, scale, width, height } = view,
      held = significant(movedTo(plane, z, 0, 0), 6);
    const key = [...[cx, cy].map((at) => Math.round(4 * at * scale)), scale, width, height, ...held].join();
    if (key === this.manifoldKey && (this.manifold.shown || this.manifold.coming)) return;
    this.manifoldKey = key;
    clearTimeout(this.manifoldTimer);
    const decodeAll = () => {
      if (this.plane.model === model)
        // and no other run's codes are sent to its decoder
        background.request("manifold", this.manifold.plan(plane, z, view), model.codes.dim);
    };
    this.manifoldTimer = setTimeout(decodeAll, this.manifold.shown ? REST : 0);
  }

  /** From the worker, or from the server. @param {import("../decoding/background.js").Kind} kind @param {number} start
   * @param {Uint8Array} pixels @param {boolean} done */
  receive(kind, start, pixels, done) {
    if (kind === "image") {
      this.shown = Float32Array.from(pixels, (value) => value / 255);
      paintImage(this.pens.image, pixels, 255, 0, 0, this.format);
      this.planAside();
    } else if (kind === "gallery") this.plane.selection.receive(start, pixels);
    else if (kind === "strips") {
      this.plane.strips?.receive(start, pixels);
      if (done && this.stripsStale) this.planAside();
    } else {
      this.manifold.receive(start, pixels, done, this.theme.ink);
      this.drawManifold();
    }
  }
}
