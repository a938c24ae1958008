// @ts-check
/**
 * Buttons, choices, keys and the random walk: everything that acts on the latent plane but pointers on it.
 *
 * @typedef {import("../engine/fetch.js").Space & {umap?: string | null, regions?: string | null,
 *            effects?: number[] | null}} Space
 *   umap: float32 [N, 2] in base64; null where it could be computed but is not yet; regions: likewise, an address
 * @typedef {import("../engine/geometry.js").View} View
 * @typedef {{ui: import("./elements.js").Ui, space: Space | null,
 *            model: {network: import("../engine/network.js").Network | null,
 *                    codes: import("../engine/codes.js").Codes, summary: import("../engine/summary.js").Summary,
 *                    draw: () => number[]} | null,
 *            plane: import("../engine/projections.js").Plane | null, link: import("./url.js").Link,
 *            hidden: Set<number>, z: number[], picked: number, view: View, home: View | null,
 *            readonly pathOn: boolean, readonly showsManifold: boolean, readonly chosen: Record<string, string>,
 *            address: import("../interact/address.js").Address, readout: {say(text: string): void, inPixels: boolean},
 *            pointer: {lassoOn: boolean, showLasso(): void, dropSelection(): void, endSelection(): void,
 *            selectAround(larger: boolean): void},
 *            go(z: number[]): void, goAndTell(z: number[] | null, picked?: number): void,
 *            step(dx: number, dy: number): void, layers: import("./layers.js").Layers,
 *            maps: import("../draw/regions.js").Maps, choosePlane(): void,
 *            color(): void, redraw(what: {z?: boolean, dots?: boolean}): void, tell(): void}} Controlled
 *   what the controls read of the latent plane, and do to it
 */
import { copyButton } from "../interact/copy.js";
import { download, prefersStill, press } from "../draw/dom.js";
import { ease, lerp, normal } from "../engine/geometry.js";
import { axisName } from "../engine/projections.js";
import { pngOf, svgOf } from "../files/plane_picture.js";
import { showMap, showMarks, showNetwork } from "./shown.js";
import { buildChoice, buildLegend, fillSelect } from "./elements.js";

const LEG = 2200; // ms from one point of the walk to the next

export class Controls {
  /** @param {Controlled} plane */
  constructor(plane) {
    this.plane = plane;
    this.walking = 0;
    /** @type {0 | 1 | null} the end of the path that arrow keys move; null: they move z */ this.end = null;
    const { ui } = plane;
    ui.sample.onclick = () => plane.model && plane.goAndTell(plane.model.draw());
    ui.means.onchange = () => {
      if (plane.model && ui.means.value !== "") plane.goAndTell(plane.model.summary.means[Number(ui.means.value)]);
      ui.means.value = "";
    };
    ui.random.onclick = () => plane.model && plane.goAndTell(null, Math.floor(Math.random() * plane.model.codes.count));
    ui.index.onchange = () => {
      const index = ui.index.valueAsNumber;
      if (plane.model && Number.isInteger(index) && index >= 0 && index < plane.model.codes.count)
        plane.goAndTell(null, index);
    };
    ui.resample.onclick = () => this.resample();
    ui.walk.onclick = () => (this.walking ? this.stopWalk() : this.startWalk());
    ui.copy.append(copyButton(() => plane.address.link(plane.chosen)));
    ui.manifoldButton.onclick = () => {
      plane.link.manifold = !plane.showsManifold;
      plane.link.behind = ui.behind.value = "images";
      this.after({ dots: true });
    };
    ui.pathButton.onclick = () => {
      const isOn = !plane.pathOn;
      if (!isOn) plane.link.a = plane.link.b = null;
      plane.link.path = isOn === (plane.z.length === 2) ? null : isOn;
      this.after({ z: true });
    };
    ui.lassoButton.onclick = () => {
      plane.pointer.lassoOn = !plane.pointer.lassoOn;
      if (!plane.pointer.lassoOn) plane.pointer.endSelection();
      this.showPlane();
    };
    ui.marks.onchange = () => this.choosePlane({ marks: ui.marks.value });
    ui.inPixels.onclick = () => {
      plane.readout.inPixels = !plane.readout.inPixels;
      press(ui.inPixels, plane.readout.inPixels);
      plane.redraw({ z: true });
    };
    ui.behind.onchange = () => {
      plane.link.behind = ui.behind.value;
      this.after({ z: true, dots: true });
    };
    ui.images.change = () => {
      plane.link.images = ui.images.px;
      plane.redraw({ dots: true });
    };
    ui.images.settle = () => plane.tell();
    ui.resetButton.onclick = () => {
      plane.layers.lookHome();
      plane.tell();
    };
    ui.png.onclick = async () => this.save("png", plane.model && (await pngOf(plane.layers.picture)));
    ui.svg.onclick = () =>
      this.save("svg", plane.model && new Blob([svgOf(plane.layers.picture)], { type: "image/svg+xml" }));
    ui.planes.onchange = () => this.choosePlane({ plane: ui.planes.value });
    ui.axes.forEach((select, which) => {
      select.onchange = () => this.choosePlane({ [which ? "up" : "across"]: Number(select.value) });
    });
    ui.stage.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event));
  }

  /** @param {{z?: boolean, dots?: boolean}} what */
  after(what) {
    this.showPlane();
    this.plane.redraw(what);
    this.plane.tell();
  }

  /** @param {object} change */
  choosePlane(change) {
    Object.assign(this.plane.link, change, { at: null });
    this.plane.pointer.dropSelection();
    this.plane.choosePlane();
    this.plane.tell();
  }

  /** A new space. */
  open() {
    const { plane } = this,
      { ui, link } = plane;
    if (!plane.model || !plane.space) return;
    const { codes, summary } = plane.model,
      { classes, colors } = plane.space;
    /** @type {import("../engine/codes.js").ColorBy[]} */
    const scales = codes.kl ? ["class", "error", "KL"] : ["class", "error"];
    buildChoice(ui.colors, scales, link.color, (name) => {
      link.color = name;
      plane.color();
      plane.tell();
    });
    buildLegend(ui.legend, classes, colors, plane.hidden, () => {
      plane.color();
      plane.pointer.showLasso();
      plane.tell();
    });
    fillSelect(
      ui.means,
      [["", "Class mean"], ...classes.map((name, label) => /** @type {[string, string]} */ ([String(label), name]))],
      "",
    );
    ui.sample.textContent = codes.logvar ? "Sample prior" : "Sample Gaussian";
    ui.sample.title = codes.logvar
      ? "A random draw from N(0, I)"
      : "A random draw from a Gaussian fitted to the codes: an autoencoder has no prior";
    ui.index.max = String(codes.count - 1);
    const many = codes.dim > 2;
    ui.planes.hidden = !many;
    ui.axesBox.hidden = !many;
    const planes = /** @type {[string, string][]} */ ([
      ["z", "z"],
      ["PCA", "PCA"],
      ...(plane.space.umap === undefined ? [] : [["UMAP", "UMAP"]]),
    ]);
    fillSelect(ui.planes, planes, link.plane);
    const names = summary.order.map((j) => /** @type {[string, string]} */ ([String(j), axisName(j)]));
    fillSelect(ui.axes[0], names, String(link.across ?? summary.order[0]));
    fillSelect(ui.axes[1], names, String(link.up ?? summary.order[1]));
    ui.pathButton.hidden = ui.manifoldButton.hidden = codes.dim === 1;
    showMarks(plane);
    showNetwork(plane);
  }

  /** What is on and off. */
  showPlane() {
    const { plane } = this,
      { ui } = plane;
    ui.behind.hidden = plane.space?.regions === undefined;
    if (plane.space) plane.maps.choose(plane.space.regions, plane.link.behind, plane.space.colors);
    ui.axesBox.hidden = plane.link.plane !== "z" || plane.z.length <= 2;
    press(ui.manifoldButton, plane.showsManifold);
    press(ui.pathButton, plane.pathOn);
    press(ui.lassoButton, plane.pointer.lassoOn);
    ui.marks.disabled = !plane.model?.codes.logvar || !plane.plane?.v;
    ui.manifoldButton.disabled = ui.pathButton.disabled = !plane.plane?.u; // UMAP's plane cannot be decoded
    ui.stage.classList.toggle("lasso", plane.pointer.lassoOn);
    const [across, up] = plane.plane?.labels ?? ["", ""];
    ui.across.textContent = `${across} →`;
    ui.up.textContent = `${up} →`;
    const count = plane.model?.codes.count.toLocaleString("en");
    ui.stage.setAttribute(
      "aria-label",
      `Latent plane of ${plane.space?.name}: ${count} test images as dots, ${across} across and ${up} up. ` +
        "Arrow keys move z, with Shift finely; plus and minus zoom, 0 shows all; the key ? lists all keys.",
    );
    showMap(plane);
    const umap = plane.space?.umap
      ? "UMAP keeps neighbours together, not distances: z jumps from code to code."
      : "UMAP has not been computed for this run yet.";
    plane.readout.say(plane.link.plane === "UMAP" ? umap : "");
  }

  /** @param {string} kind @param {Blob | null} file */
  save(kind, file) {
    if (file) download(file, `${this.plane.space?.name}-plane.${kind}`);
  }

  /** z drawn from q(z|x) of the chosen image. */
  resample() {
    const { plane } = this,
      { codes } = plane.model ?? {},
      i = plane.picked;
    if (!codes?.logvar || i < 0) return;
    const { dim, mean, logvar } = codes;
    plane.goAndTell(
      normal(dim).map((e, j) => mean[i * dim + j] + Math.exp(logvar[i * dim + j] / 2) * e),
      i,
    );
  }

  /** From one random point to the next; in jumps where the visitor wants less motion. */
  startWalk() {
    const { plane } = this;
    if (!plane.model) return;
    const { draw } = plane.model,
      still = prefersStill();
    let from = plane.z,
      to = draw(),
      began = performance.now();
    const stride = (/** @type {number} */ now) => {
      let share = (now - began) / LEG;
      if (share >= 1) {
        if (still) plane.go(to);
        [from, to, began, share] = [to, draw(), now, 0];
      }
      if (!still) plane.go(lerp(from, to, ease(share)));
      this.walking = requestAnimationFrame(stride);
    };
    this.walking = requestAnimationFrame(stride);
    press(plane.ui.walk, true);
  }

  stopWalk() {
    if (!this.walking) return;
    cancelAnimationFrame(this.walking);
    this.walking = 0;
    press(this.plane.ui.walk, false);
    this.plane.tell();
  }

  /** Arrow keys move A or B, or z again. @param {0 | 1 | null} end */
  moveEnd(end) {
    const { plane } = this;
    if (end !== null && !plane.plane?.u) return;
    this.end = end;
    if (end !== null && !plane.pathOn) plane.ui.pathButton.click();
    plane.ui.live.textContent = `Arrow keys move ${end === null ? "z" : "AB"[end]}.`;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { plane } = this,
      size = event.shiftKey ? 0.01 : 0.1;
    // A tenth of the prior's standard deviation; where there is no prior, or it is a dot, or the view is zoomed in, as
    // far on the screen as that is elsewhere.
    const { width, height, scale } = plane.view,
      home = plane.home?.scale ?? scale;
    const across = Math.min(width, height) / home / 6.3;
    const unit = size * (plane.plane?.circles && across < 4 ? 1 : across) * Math.min(1, home / scale);
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => plane.step(-unit, 0),
      ArrowRight: () => plane.step(unit, 0),
      ArrowUp: () => plane.step(0, unit),
      ArrowDown: () => plane.step(0, -unit),
      "+": () => plane.layers.zoom(width / 2, height / 2, 1.25),
      "-": () => plane.layers.zoom(width / 2, height / 2, 0.8),
      0: () => plane.layers.lookHome(),
      Escape: () => plane.pointer.dropSelection(),
      a: () => this.moveEnd(0),
      b: () => this.moveEnd(1),
      z: () => this.moveEnd(null),
      l: () => plane.pointer.selectAround(!event.shiftKey),
      "?": () => plane.ui.keys.open(),
    };
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key,
      act = keys[name];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // Streamlit has keys of its own
    this.stopWalk();
    act();
    if (["+", "-", "0", "l", "Escape"].includes(name)) plane.tell();
  }
}
