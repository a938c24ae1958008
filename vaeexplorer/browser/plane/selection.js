// @ts-check
/** What the lasso caught: counts, means, images beside their reconstructions, and a table to take along. */
import { pen } from "../draw/canvas.js";
import { button, download, h } from "../draw/dom.js";
import { number } from "../draw/numbers.js";
import { paintImage, paintTestImage, tile } from "../draw/sprite.js";
import { DIGIT, formatOf, imageAt } from "../engine/format.js";

const MOST = 60; // images shown

export class Selection {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
    this.format = DIGIT;
    /** @type {number[]} the images */ this.indices = [];
    /** @type {HTMLCanvasElement[]} */
    this.decoded = [];
  }

  /** Shows the images and returns the codes to decode.
   * @param {number[]} indices @param {import("../engine/codes.js").Codes} codes
   * @param {{name: string, classes: string[], image: import("../engine/format.js").Shape}} space
   * @param {ImageBitmap | null} sprite @param {(index: number) => void} onPick @param {() => void} onClose */
  show(indices, codes, space, sprite, onPick, onClose) {
    this.box.hidden = false;
    this.format = formatOf(space.image);
    this.indices = indices;
    const counts = space.classes.map((name, label) => ({
      name,
      count: indices.filter((i) => codes.labels[i] === label).length,
    }));
    const mean = (/** @type {Float32Array} */ values) =>
      indices.reduce((sum, i) => sum + values[i], 0) / indices.length;
    const words = counts
      .filter(({ count }) => count)
      .sort((a, b) => b.count - a.count)
      .map(({ name, count }) => `${name}: ${count}`);
    const save = button("Download (CSV)", "", () =>
      download(new Blob([csv(indices, codes, space.classes)], { type: "text/csv" }), `${space.name}-selection.csv`),
    );
    const close = button("Close", "", onClose);
    const shown = indices.slice(0, MOST);
    this.decoded = shown.map(() => tile({ class: "tile" }, this.format));
    const cells = shown.map((i, k) => {
      const original = tile({ class: "tile" }, this.format);
      paintTestImage(original, sprite, i);
      const title = `${space.classes[codes.labels[i]]}, test #${i}, error ${number(codes.error[i], 1)}`;
      const cell = h(
        "button",
        { type: "button", class: "pair", title, "aria-label": title },
        original,
        this.decoded[k],
      );
      cell.onclick = () => onPick(i);
      return cell;
    });
    const facts = [`mean error ${number(mean(codes.error), 1)}`];
    if (codes.kl) facts.push(`mean KL ${number(mean(codes.kl), 1)} nats`);
    this.box.replaceChildren(
      h("h2", { textContent: `${indices.length.toLocaleString("en")} selected images` }),
      h("p", { textContent: `Each above its reconstruction · ${facts.join(" · ")} · ${words.join(", ")}` }),
      h("div", { class: "gallery" }, ...cells),
      h(
        "div",
        { class: "buttons" },
        ...(indices.length > MOST ? [`The first ${MOST} are shown; the file has all.`] : []),
        save,
        close,
      ),
    );
    const zs = new Float32Array(shown.length * codes.dim);
    shown.forEach((i, k) => zs.set(codes.mean.subarray(i * codes.dim, (i + 1) * codes.dim), k * codes.dim));
    return zs;
  }

  /** @param {number} start @param {Uint8Array} pixels */
  receive(start, pixels) {
    for (let i = 0; i * this.format.size < pixels.length && this.decoded[start + i]; i++)
      paintImage(pen(this.decoded[start + i]), imageAt(pixels, i, this.format), 255, 0, 0, this.format);
  }

  hide() {
    this.box.hidden = true;
    this.indices = [];
    this.box.replaceChildren();
    this.decoded = [];
  }
}

/** @param {number[]} indices @param {import("../engine/codes.js").Codes} codes @param {string[]} classes */
function csv(indices, codes, classes) {
  const { dim, mean, error, kl, labels } = codes;
  const names = [
    "index",
    "label",
    "class",
    "squared_error_at_mean",
    ...(kl ? ["kl_nats"] : []),
    ...Array.from({ length: dim }, (_, j) => `z${j + 1}`),
  ];
  const rows = indices.map((i) => [
    i,
    labels[i],
    classes[labels[i]],
    error[i],
    ...(kl ? [kl[i]] : []),
    ...mean.subarray(i * dim, (i + 1) * dim),
  ]);
  return (
    [names, ...rows]
      .map((row) =>
        row.map((value) => (typeof value === "number" ? String(Number(value.toPrecision(7))) : value)).join(","),
      )
      .join("\n") + "\n"
  );
}
