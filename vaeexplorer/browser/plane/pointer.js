// @ts-check
/**
 * What pointers do to the plane: drag z or an end of the path, pick a dot, look at one, draw a lasso around many.
 *
 * @typedef {import("../interact/gestures.js").At} At
 * @typedef {import("../engine/geometry.js").View} View
 * @typedef {{ui: import("./elements.js").Ui, space: import("./controls.js").Space | null,
 *            model: {codes: import("../engine/codes.js").Codes} | null, sprite: ImageBitmap | null,
 *            plane: import("../engine/projections.js").Plane | null, link: import("./url.js").Link,
 *            hidden: Set<number>, nearest?: import("../engine/geometry.js").NearestInPlane, z: number[],
 *            picked: number, view: View, readonly ends: [number[], number[]] | null,
 *            readonly background: Pick<import("../decoding/background.js").Background, "request">,
 *            readout: import("./readout.js").Readout, selection: import("./selection.js").Selection,
 *            controls: {stopWalk(): void}, go(z: number[] | null, picked?: number): void,
 *            goAndTell(z: number[] | null, picked?: number): void, layers: Looking,
 *            redraw(what: {z?: boolean, dots?: boolean}): void, tell(): void}} Pointed
 *   what pointers read of the latent plane, and do to it
 * @typedef {Pick<import("./layers.js").Layers, "look" | "zoom" | "lookHome" | "thumbnails">} Looking
 */
import { FINGER, listen } from "../interact/gestures.js";
import { codeOf } from "../engine/codes.js";
import { coarse, inside, pan, toLatent, toScreen } from "../engine/geometry.js";
import { movedTo, place } from "../engine/projections.js";

const TOUCH = 6; // CSS pixels from a dot that still touch it
const HANDLE = 14; // CSS pixels from A or B that still take hold of it
const AROUND = 40; // CSS pixels from z to a lasso around it, at first
const JUMP = 60; // CSS pixels from the pointer to a code that z may jump to, where the plane cannot be decoded

export class Pointer {
  /** @param {Pointed} plane */
  constructor(plane) {
    this.plane = plane;
    this.hovered = -1;
    /** @type {[number, number][]} in latent units */ this.lasso = [];
    this.lassoOn = false;
    this.radius = 0; // of a lasso around z, CSS pixels
    this.before = { z: plane.z, picked: plane.picked };
    /** @type {0 | 1 | null} the end of the path that is held */ this.held = null;
    listen(plane.ui.stage, {
      start: (at) => this.take(at),
      move: (at) => this.drag(at),
      end: (at, isClick) => this.release(at, isClick),
      cancel: () => this.cancel(),
      hover: (at) => this.hover(at),
      pan: (dx, dy) => plane.layers.look(pan(plane.view, dx, dy)),
      zoom: (at, factor) => plane.layers.zoom(at.x, at.y, factor),
      holds: (at) => this.endAt(at) !== null || this.isOnZ(at),
      settled: () => plane.tell(),
    });
  }

  /** @param {At} at @returns {[number, number]} */
  latent(at) {
    return toLatent(this.plane.view, at.x, at.y);
  }

  /** @param {At} at */
  take(at) {
    this.plane.controls.stopWalk();
    this.before = { z: this.plane.z, picked: this.plane.picked };
    if (this.lassoOn) this.lasso = [this.latent(at)];
    else {
      this.held = this.endAt(at);
      if (this.held === null) this.drag(at);
    }
  }

  /** @param {At} at */
  drag(at) {
    const { model, plane, link, ends, z, view, nearest } = this.plane;
    if (!model || !plane) return;
    const { codes } = model,
      [x, y] = this.latent(at);
    if (this.lassoOn) this.lasso.push([x, y]);
    else if (this.held !== null && ends) {
      link[this.held ? "b" : "a"] = movedTo(plane, ends[this.held], x, y);
      return this.plane.redraw({ z: true });
    } else if (plane.u) return this.plane.go(movedTo(plane, z, x, y));
    else {
      const near = nearest?.find(x, y, JUMP / view.scale) ?? -1;
      if (near >= 0) return this.plane.go(codeOf(codes, near), near);
    }
    this.plane.redraw({});
  }

  /** @param {At} at @param {boolean} isClick */
  release(at, isClick) {
    if (this.lassoOn) {
      this.select();
      return this.plane.tell();
    }
    const dot = isClick && this.held === null ? this.dotAt(at) : -1;
    if (dot >= 0) this.plane.go(null, dot);
    this.held = null;
    this.plane.tell();
  }

  /** As if nothing had been touched. */
  cancel() {
    this.held = null;
    if (this.lassoOn) this.endSelection();
    else this.plane.go(this.before.z, this.before.picked);
  }

  /** @param {At} at @returns {number} the dot there, or -1 */
  dotAt(at) {
    const { model, nearest, view, hidden, layers } = this.plane;
    if (!model || !nearest) return -1;
    if (layers.thumbnails.size) return layers.thumbnails.at(view, at.x, at.y);
    return nearest.find(...this.latent(at), TOUCH / view.scale, (i) => !hidden.has(model.codes.labels[i]));
  }

  /** @param {At} at @returns {0 | 1 | null} */
  endAt(at) {
    const { model, plane, ends, view } = this.plane;
    if (!ends || !model || !plane?.u) return null;
    for (const which of /** @type {const} */ ([0, 1])) {
      const [x, y] = toScreen(view, ...place(plane, ends[which], model.codes));
      if (Math.hypot(x - at.x, y - at.y) < HANDLE) return which;
    }
    return null;
  }

  /** @param {At} at @returns {boolean} whether z is there */
  isOnZ(at) {
    const { model, plane, view, z } = this.plane;
    if (!model || !plane) return false;
    const [x, y] = toScreen(view, ...place(plane, z, model.codes));
    return Math.hypot(x - at.x, y - at.y) < FINGER;
  }

  /** @param {At | null} at */
  hover(at) {
    const { model, space, ui, view, sprite, readout } = this.plane;
    this.hovered = at && !this.lassoOn ? this.dotAt(at) : -1;
    ui.stage.style.cursor = at && this.endAt(at) !== null ? "grab" : "";
    if (model && space) readout.showCard(this.hovered, at, view, model.codes, space, sprite);
    this.plane.redraw({});
  }

  /** A lasso around z, for those who draw none; again: a larger or a smaller one. @param {boolean} larger */
  selectAround(larger) {
    const { model, plane, view, z } = this.plane;
    if (!model || !plane) return;
    this.radius = this.lasso.length && this.radius ? this.radius * (larger ? 1.5 : 1 / 1.5) : AROUND;
    const [x, y] = place(plane, z, model.codes),
      radius = this.radius / view.scale;
    this.lasso = Array.from({ length: 24 }, (_, k) => {
      const angle = (2 * Math.PI * k) / 24;
      return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    });
    this.select();
  }

  /** The lasso of the link; one in a layout that is not here yet waits for it. */
  showLasso() {
    const { link, space } = this.plane;
    this.lasso = link.plane === "UMAP" && !space?.umap ? [] : (link.lasso ?? []);
    if (this.lasso.length) this.select();
    else this.plane.selection.hide();
  }

  /** The images in the lasso. */
  select() {
    const { model, space, plane, link, hidden, selection, sprite, background } = this.plane;
    if (!model || !space || !plane) return;
    link.lasso = this.lasso = coarse(this.lasso);
    const { codes } = model,
      indices = [];
    for (let i = 0; i < codes.count; i++)
      if (!hidden.has(codes.labels[i]) && inside(this.lasso, plane.xs[i], plane.ys[i])) indices.push(i);
    if (!indices.length) return this.dropSelection();
    const zs = selection.show(
      indices,
      codes,
      space,
      sprite,
      (i) => this.plane.goAndTell(null, i),
      () => this.endSelection(),
    );
    background.request("gallery", zs, codes.dim);
    this.plane.redraw({});
  }

  endSelection() {
    this.dropSelection();
    this.plane.tell();
  }

  dropSelection() {
    this.lasso = [];
    this.plane.link.lasso = null;
    this.plane.selection.hide();
    this.plane.redraw({});
  }
}
