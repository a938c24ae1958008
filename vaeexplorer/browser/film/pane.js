// @ts-check
/**
 * One film: its codes over what the decoder drew at the moment, and its curves.
 *
 * @typedef {import("./unpack.js").RunFilm} RunFilm
 * @typedef {{name: string, kind: string, url: string, note: string, of: string, colors: string[], classes: string[]}}
 *   Given  note: a sentence where nothing was recorded but codes; of: what is known of the run, in a few words
 */
import { Range, drawCurves } from "../charts/curves.js";
import { fitCanvas, onResize, pen, pixelRatio } from "../draw/canvas.js";
import { h } from "../draw/dom.js";
import { drawPoints } from "../draw/dots.js";
import { shortest, ticks } from "../draw/numbers.js";
import { tile } from "../draw/sprite.js";
import { readTheme } from "../draw/theme.js";
import { dotColors } from "../engine/codes.js";
import { fit, toScreen } from "../engine/geometry.js";
import { PIXELS, SIDE } from "../engine/network.js";
import { TILES, frameAt, home } from "./unpack.js";

const STRENGTH = 0.24; // of the decoded images' ink: dots stay in front
const NARROW = 220; // CSS pixels of a chart that has room for few numbers
const DRAWS = 18; // images a row, where they are draws

export class Pane {
  /** @param {Given} given @param {RunFilm} film */
  constructor(given, film) {
    this.given = given;
    this.film = film;
    this.painted = ""; // which frame and ink
    this.epoch = 0;
    this.drawing = 0;
    const variational = "kl" in film.curves;
    this.home = home(film, variational);
    this.colors = dotColors({ count: film.count, labels: film.labels }, "class", given.colors, new Set());
    this.layers = [0, 1].map(() => tile({ class: "layer" }));
    this.grid = h("canvas", { width: TILES * SIDE, height: TILES * SIDE });
    const names = film.axes.map((axis) => `z${axis + 1}`).join(", ");
    this.stage = h(
      "div",
      { class: "stage", role: "img" },
      ...this.layers,
      h("div", { class: "axis across", textContent: `${names}${film.dim > 2 ? ` of ${film.dim} dimensions` : ""}` }),
    );
    this.draws = h("canvas", {
      class: "draws",
      width: DRAWS * SIDE,
      height: (TILES * TILES * SIDE) / DRAWS,
      role: "img",
      "aria-label": `${given.name}: images decoded at the same draws at every moment`,
      hidden: !film.hasImages || Boolean(film.boxes),
    });
    this.charts = Object.entries({ total: "loss, nats", kl: "KL, nats" })
      .filter(([name]) => name in film.curves)
      .map(([name, title]) => ({
        name,
        range: new Range(),
        canvas: h("canvas", { class: "curve", role: "img", "aria-label": `${given.name}: ${title}, by epoch` }),
        title,
      }));
    const figures = this.charts.map(({ title, canvas }) => h("figure", {}, h("figcaption", {}, title), canvas));
    this.element = h(
      "section",
      {},
      h("h2", { textContent: given.name }),
      h("p", { class: "note", textContent: given.of }),
      this.stage,
      this.draws,
      h("p", { class: "note", textContent: given.note, hidden: !given.note }),
      h("div", { class: "curves" }, ...figures),
    );
    this.endResizing = onResize(this.stage, () => this.redraw());
  }

  stop() {
    cancelAnimationFrame(this.drawing);
    this.endResizing();
  }

  /** @param {number} epoch */
  show(epoch) {
    this.epoch = epoch;
    this.redraw();
  }

  redraw() {
    this.drawing ||= requestAnimationFrame(() => {
      this.drawing = 0;
      this.draw();
    });
  }

  draw() {
    const { film, stage, layers } = this,
      [width, height] = [stage.clientWidth, stage.clientHeight];
    if (!width || !height) return;
    const frame = frameAt(film, this.epoch),
      theme = readTheme(stage),
      view = fit(this.home, width, height),
      ratio = pixelRatio();
    for (const layer of layers) fitCanvas(layer, width, height);
    if (film.hasImages) {
      const key = `${frame} ${theme.ink}`;
      if (this.painted !== key) this.paint(film.images(frame), theme.ink);
      this.painted = key;
      const box = film.boxes?.[frame],
        g = pen(layers[0]);
      g.setTransform(ratio, 0, 0, ratio, 0, 0);
      g.clearRect(0, 0, width, height);
      if (box) {
        const [left, top] = toScreen(view, box[0], box[3]),
          [right, bottom] = toScreen(view, box[1], box[2]);
        g.imageSmoothingEnabled = true;
        g.drawImage(this.grid, left, top, right - left, bottom - top);
      }
    }
    const { xs, ys } = film.codes(frame);
    drawPoints(pen(layers[1]), view, xs, ys, this.colors, ratio);
    stage.setAttribute(
      "aria-label",
      `${this.given.name}: codes of ${film.count} test images after epoch ${shortest(film.epochs[frame])}`,
    );
    this.drawCurves(theme);
  }

  /** @param {Uint8Array} images  [144 * 784] @param {number[]} ink RGB */
  paint(images, ink) {
    const isLattice = Boolean(this.film.boxes),
      columns = isLattice ? TILES : DRAWS,
      context = pen(isLattice ? this.grid : this.draws),
      data = context.createImageData(SIDE, SIDE);
    for (let at = 0; at < TILES * TILES; at++) {
      for (let p = 0; p < PIXELS; p++) {
        const grey = images[at * PIXELS + p];
        if (isLattice) data.data.set([...ink, STRENGTH * grey], 4 * p);
        else data.data.set([grey, grey, grey, 255], 4 * p);
      }
      context.putImageData(data, SIDE * (at % columns), SIDE * Math.floor(at / columns));
    }
  }

  /** @param {import("../draw/theme.js").Theme} theme */
  drawCurves({ accent, text }) {
    const { curves, epochs } = this.film;
    for (const { name, range, canvas } of this.charts) {
      const test = curves[name],
        train = curves[`train_${name}`],
        last = Math.max(epochs[epochs.length - 1], test.length),
        xs = test.map((_, k) => k + 1);
      drawCurves(canvas, {
        lines: [
          { xs, ys: train, color: text, width: 1.2, alpha: 0.5 },
          { xs, ys: test, color: accent, width: 2 },
        ],
        x: [0, last],
        y: range.hold([...test, ...train]),
        xTicks: ticks([0, last], false, canvas.clientWidth < NARROW ? 2 : 4).map((value) => [value, String(value)]),
        cursor: this.epoch,
      });
    }
  }
}
