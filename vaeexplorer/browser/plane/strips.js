// @ts-check
/**
 * Rows of decoded images under the plane: a traversal of each dimension, and the path from A to B; and the sliders of
 * the dimensions, in the same order: the most informative first, or those that change the image most, or as the
 * network has them.
 *
 * @typedef {import("../engine/summary.js").Summary} Summary
 * @typedef {{ui: import("./elements.js").Ui,
 *            space: {name: string, image: import("../engine/format.js").Shape, effects?: number[] | null} | null,
 *            model: {codes: import("../engine/codes.js").Codes, summary: Summary} | null, z: number[],
 *            link: import("./url.js").Link, strips?: Strips, showSliders?: (z: ArrayLike<number>) => void,
 *            go(z: number[]): void, goAndTell(z: number[]): void, tell(): void,
 *            redraw(what: {z: boolean}): void}} Plane
 *   effects: mean squared change of the image where a dimension is replaced by its mean, [D]
 */
import { pen } from "../draw/canvas.js";
import { button, download, h } from "../draw/dom.js";
import { coordinate, number } from "../draw/numbers.js";
import { paintImage, readImage } from "../draw/sprite.js";
import { ARROWS } from "../interact/gestures.js";
import { lerp, slerp } from "../engine/geometry.js";
import { formatOf, imageAt } from "../engine/format.js";
import { axisName } from "../engine/projections.js";
import { PALETTE, encodeGif, inPalette } from "../files/gif.js";
import { buildSliders, fillSelect, folded } from "./elements.js";

const STEPS = 13; // images in a strip
const GAP = 2; // pixels between images
const MOST = 24; // traversals
const ACROSS = 168; // pixels of an image of the film, about
const DELAY = 12; // hundredths of a second
const SPHERE = 10; // dimensions above which a path along the sphere makes sense

export class Strips {
  /** @param {HTMLElement} box  for the traversals @param {HTMLElement} pathBox  for the path from A to B
   * @param {Summary} summary @param {{name: string, image: import("../engine/format.js").Shape}} space
   * @param {(z: number[]) => void} onPick  an image was clicked @param {() => void} onChange  decode them again */
  constructor(box, pathBox, summary, { name, image }, onPick, onChange) {
    const format = formatOf(image);
    this.summary = summary;
    this.format = format;
    this.pitch = format.width + GAP; // from one image to the next
    this.width = STEPS * this.pitch - GAP;
    this.dimensions = summary.order.slice(0, MOST);
    /** @type {number[][]} codes of all images, strip after strip */
    this.zs = [];
    this.along = lerp;
    const strip = (/** @type {string} */ caption, /** @type {Node[]} */ ...tools) => {
      const canvas = h("canvas", { width: this.width, height: format.height, role: "slider", tabIndex: 0 });
      const named = { label: caption, valuemin: 1, valuemax: STEPS, valuenow: 1 };
      for (const [name, value] of Object.entries(named)) canvas.setAttribute(`aria-${name}`, String(value));
      const mark = h("i", { class: "mark", hidden: true });
      const text = h("span", { textContent: caption }),
        row = h("div", { class: "row" }, canvas, mark);
      return { canvas, mark, caption: text, figure: h("figure", {}, h("figcaption", {}, text, ...tools), row) };
    };
    this.strips = this.dimensions.map((dimension) => {
      const [low, high] = summary.walk[dimension];
      const [from, to] = [low, high].map((end) => coordinate(end, 10 * summary.steps[dimension]));
      return strip(`${axisName(dimension)}, ${from} to ${to}`);
    });
    const save = button("PNG", "Save this strip as an image", () =>
      enlarged(this.path.canvas).toBlob(
        (/** @type {Blob | null} */ blob) => blob && download(blob, `${name}-a-to-b.png`),
      ),
    );
    const film = button("GIF", "Save this path as a film, there and back", () =>
      download(new Blob([this.film()], { type: "image/gif" }), `${name}-a-to-b.gif`),
    );
    this.path = strip("from A to B", save, film);
    this.answers = h("div", { class: "answers", role: "img", hidden: true });
    this.path.figure.append(this.answers);
    if (summary.order.length > SPHERE) {
      const choice = h(
        "select",
        { "aria-label": "Path from A to B" },
        h("option", { value: "line", textContent: "straight line" }),
        h("option", { value: "sphere", textContent: "along the sphere" }),
      );
      choice.onchange = () => {
        this.along = choice.value === "line" ? lerp : slerp;
        onChange();
      };
      save.before(choice);
    }
    const pick = (/** @type {number} */ row, /** @type {number} */ at) => {
      const z = this.zs[row * STEPS + at];
      if (!z) return;
      [...this.strips, this.path][row].canvas.setAttribute("aria-valuenow", String(at + 1));
      onPick(z);
    };
    [...this.strips, this.path].forEach(({ canvas }, row) => {
      canvas.onclick = (/** @type {MouseEvent} */ event) => {
        const at = Math.min(STEPS - 1, Math.floor((event.offsetX / canvas.clientWidth) * STEPS));
        pick(row, at);
      };
      canvas.onkeydown = (/** @type {KeyboardEvent} */ event) => {
        const at = Number(canvas.getAttribute("aria-valuenow")) - 1,
          step = ARROWS[event.key];
        const to = step ? at + step[0] + step[1] : { Home: 0, End: STEPS - 1 }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        pick(row, Math.min(STEPS - 1, Math.max(0, to)));
      };
    });
    const of = (/** @type {boolean} */ isOff) =>
      this.strips.filter((_, row) => summary.collapsed[this.dimensions[row]] === isOff).map(({ figure }) => figure);
    box.replaceChildren(...of(false), ...folded(of(true)));
    pathBox.replaceChildren(this.path.figure);
  }

  /** Marks where z is, at once; the images follow from the worker. @param {ArrayLike<number>} z */
  mark(z) {
    this.strips.forEach(({ mark, canvas }, row) => {
      const dimension = this.dimensions[row],
        [low, high] = this.summary.walk[dimension];
      const share = (z[dimension] - low) / (high - low);
      mark.hidden = share < -0.05 || share > 1.05;
      const step = Math.round(Math.min(1, Math.max(0, share)) * (STEPS - 1));
      canvas.setAttribute("aria-valuenow", String(step + 1));
      canvas.setAttribute("aria-valuetext", coordinate(z[dimension], this.summary.steps[dimension]));
      mark.style.left = `${(100 * this.pitch * step) / this.width}%`;
    });
  }

  /** What to decode. @param {ArrayLike<number>} z @param {[number[], number[]] | null} ends @returns {Float32Array} */
  plan(z, ends) {
    this.path.figure.hidden = !ends;
    this.zs = this.dimensions.flatMap((dimension) => {
      const [low, high] = this.summary.walk[dimension];
      return Array.from({ length: STEPS }, (_, k) => {
        const step = Array.from(z);
        step[dimension] = low + ((high - low) * k) / (STEPS - 1);
        return step;
      });
    });
    if (ends) for (let k = 0; k < STEPS; k++) this.zs.push(this.along(ends[0], ends[1], k / (STEPS - 1)));
    return Float32Array.from(this.zs.flat());
  }

  /** What a classifier says of each image from A to B, and where its answer changes.
   * @param {import("../draw/regions.js").Regions | null} classifier
   * @param {import("../engine/codes.js").Classes | null} names */
  showAnswers(classifier, names) {
    this.answers.hidden = !classifier || !names || this.path.figure.hidden;
    this.path.caption.textContent = `from A to B${this.answers.hidden ? "" : ": the answer, and how sure, %"}`;
    if (!classifier || !names || this.answers.hidden) return;
    const said = this.zs.slice(-STEPS).map((z) => classifier.at(z)),
      texts = said.map((answer) =>
        answer ? `${names.classes[answer.label]}, ${Math.round(100 * answer.confidence)} %` : "off the map",
      );
    this.answers.setAttribute("aria-label", `The classifier from A to B: ${texts.join("; ")}`);
    this.answers.replaceChildren(
      ...said.map((answer, k) => {
        const color = answer ? names.colors[answer.label % names.colors.length] : "transparent";
        const cell = h("span", { title: texts[k], style: `--answer: ${color}` });
        if (k && answer?.label !== said[k - 1]?.label) cell.className = "changed";
        if (answer)
          cell.append(
            h("b", { textContent: names.classes[answer.label] }),
            h("small", { textContent: `${Math.round(100 * answer.confidence)}${answer.isFar ? "?" : ""}` }),
          );
        return cell;
      }),
    );
  }

  /** The path there and back. */
  film() {
    const frames = Array.from({ length: STEPS }, (_, k) => {
      const image = readImage(this.path.canvas, this.format, k * this.pitch);
      return this.format.channels === 3 ? inPalette(image) : Uint8Array.from(image, (value) => 255 * value + 0.5);
    });
    const { width, height, channels } = this.format,
      scale = Math.max(1, Math.round(ACROSS / width));
    const there = [...frames, ...frames.slice(1, -1).reverse()];
    return encodeGif(there, { width, height }, scale, DELAY, channels === 3 ? PALETTE : undefined);
  }

  /** @param {number} start @param {Uint8Array} pixels */
  receive(start, pixels) {
    const all = [...this.strips, this.path];
    for (let i = 0; i * this.format.size < pixels.length; i++) {
      const at = start + i,
        { canvas } = all[Math.floor(at / STEPS)];
      paintImage(pen(canvas), imageAt(pixels, i, this.format), 255, (at % STEPS) * this.pitch, 0, this.format);
    }
  }
}

/** Four times as large, pixel for pixel. @param {HTMLCanvasElement} canvas */
function enlarged(canvas) {
  const large = h("canvas", { width: 4 * canvas.width, height: 4 * canvas.height }),
    context = pen(large);
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, 0, 0, large.width, large.height);
  return large;
}

/** Dimensions in the order that is asked for. @param {number[]} order  the most informative first
 * @param {number[] | null | undefined} effects @param {string} by */
export function sorted(order, effects, by) {
  if (by === "effect" && effects) return order.slice().sort((a, b) => effects[b] - effects[a]);
  return by === "index" ? order.slice().sort((a, b) => a - b) : order;
}

/** @param {Plane} plane */
export function buildRows(plane) {
  const { model, space, ui, link } = plane;
  if (!model || !space) return;
  const { effects } = space,
    { order, meanKl } = model.summary;
  const summary = { ...model.summary, order: sorted(order, effects, link.order) };
  plane.strips = new Strips(
    ui.strips,
    ui.path,
    summary,
    space,
    (z) => plane.goAndTell(z),
    () => plane.redraw({ z: true }),
  );
  const note = (/** @type {number} */ dimension) =>
    link.order === "effect" && effects ? number(effects[dimension]) : meanKl ? `${number(meanKl[dimension])} nats` : "";
  plane.showSliders = buildSliders(
    ui,
    summary,
    order.length > 2 ? note : () => "",
    (dimension, value) => plane.go(plane.z.map((old, j) => (j === dimension ? value : old))),
    () => plane.tell(),
  );
  if (order.length > 2) ui.sliders.prepend(choice(plane, meanKl !== null));
}

/** @param {Plane} plane @param {boolean} isVae */
function choice(plane, isVae) {
  const select = h("select", { "aria-label": "Order of the dimensions" });
  const options = /** @type {[string, string][]} */ ([
    ["KL", isVae ? "by KL" : "by variance"],
    ...(plane.space?.effects ? [["effect", "by effect on the image"]] : []),
    ["index", "by index"],
  ]);
  fillSelect(select, options, plane.link.order);
  select.onchange = () => {
    plane.link.order = select.value;
    buildRows(plane);
    plane.redraw({ z: true });
    plane.tell();
  };
  return h("div", { class: "order" }, select);
}
