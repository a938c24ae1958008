// @ts-check
/**
 * Latent planes side by side that show the same two test images, A and B. All but the fields is computed in the
 * browser; the server measures a field for the regions in view when a gesture has ended.
 *
 * @typedef {"none" | "nearest" | "cycle" | "magnification"} Kind
 * @typedef {import("../engine/codes.js").Classes & {spaces: import("./paired_plane.js").Space[],
 *            count: number, fields: Fields | null}} Data
 *   count: of test images
 * @typedef {import("../interact/links.js").Texts} Texts  what a link holds: the pair, the field, and the views
 * @typedef {{asked: string, kind: Kind, low: number, high: number, unit: string,
 *            panes: (import("./field.js").Sent | null)[]}} Fields
 *   asked: the request that this answers; low, high: values at the ends of the scale
 */
import { Latest, loadSprite } from "../engine/fetch.js";
import { button, complain, h, press } from "../draw/dom.js";
import { formatLinks, parseLinks } from "../interact/links.js";
import { number } from "../draw/numbers.js";
import { paintTestImage, tile } from "../draw/sprite.js";
import { keyTable } from "../interact/keys.js";
import { readTheme } from "../draw/theme.js";
import { VIRIDIS_CSS } from "../engine/codes.js";
import { Field } from "./field.js";
import { Pane } from "./paired_plane.js";

const REST = 180; // ms without change after which fields are asked for
/** @type {[string, string][]} */
const KEYS = [
  ["← → ↑ ↓", "another image for A, with Shift for B"],
  ["+, −, 0", "zoom in, out, and show everything"],
  ["?", "this table"],
];
const FIELDS = /** @type {[Kind, string, string][]} */ ([
  ["none", "Classes", "Dots coloured by class, no field"],
  ["nearest", "Holes", "How unlike any training image the decoded image is"],
  ["cycle", "Re-encoding", "How far from z the decoded image is encoded again"],
  [
    "magnification",
    "Magnification",
    "How much the decoder stretches latent space, with ellipses of equal image change",
  ],
]);

export class Pair {
  /** @param {HTMLElement} root @param {import("../interact/address.js").Address} address */
  constructor(root, address) {
    this.root = root;
    this.address = address;
    /** @type {(texts: Texts) => void} */ this.report = () => {};
    /** @type {(asked: string) => void} asks for fields */ this.ask = () => {};
    this.latest = new Latest();
    /** @type {Pane[]} */ this.panes = [];
    /** @type {[number, number]} */ this.indices = [0, 1];
    /** @type {ImageBitmap | null} */ this.sprite = null;
    /** @type {Kind} */ this.kind = "none";
    /** @type {string[]} */ this.classes = [];
    /** @type {string[]} */ this.colors = [];
    this.key = this.asked = "";
    this.count = 0;
    this.buttons = FIELDS.map(([kind, text, title]) => {
      const choice = button(text, title, () => this.chooseKind(kind));
      press(choice, false);
      return choice;
    });
    const another = button("Another pair", "Two test images of different classes", () => this.another());
    const reset = button("Reset view", "", () => {
      this.panes.forEach((pane) => pane.lookHome());
      this.tell();
    });
    this.scale = h("div", { class: "scale", hidden: true });
    this.planes = h("div", { class: "panes" });
    this.strips = h("div", { class: "ways" });
    this.live = h("p", { class: "message", role: "status", "aria-live": "polite" });
    this.keys = keyTable(KEYS);
    this.tools = h(
      "fieldset",
      { class: "toolbar", disabled: true }, // until there are codes
      h("div", { class: "segments", role: "group", "aria-label": "Behind the dots" }, ...this.buttons),
      h("div", { class: "buttons" }, another, reset, this.keys.button, this.keys.dialog),
    );
    root.replaceChildren(this.tools, this.planes, this.scale, this.strips, this.live);
  }

  stop() {
    this.latest.stop();
    clearTimeout(this.askTimer);
    this.panes.forEach((pane) => pane.stop());
  }

  /** @param {Data} data @param {Texts} texts  where to open; used when the spaces are others */
  update(data, texts) {
    this.readTheme();
    const key = JSON.stringify(data.spaces.map(({ name, urls }) => [name, urls]));
    if (key !== this.key) this.open(key, data, texts);
    if (data.fields) this.showFields(data.fields);
    this.panes.forEach((pane) => pane.redraw(true));
  }

  /** Other spaces. @param {string} key @param {Data} data @param {Texts} texts */
  open(key, data, texts) {
    this.panes.forEach((pane) => pane.stop());
    this.key = key;
    this.count = data.count;
    this.classes = data.classes;
    this.colors = data.colors;
    this.panes = data.spaces.map((space) => new Pane(this, space));
    this.planes.replaceChildren(...this.panes.map((pane) => pane.element));
    this.thumbnails = [0, 1].map(() => tile({ class: "tile", role: "img" }));
    this.captions = [0, 1].map(() => h("span"));
    const ends = this.thumbnails.map((canvas, k) =>
      h("div", { class: "end" }, h("b", { textContent: "AB"[k] }), canvas, this.captions?.[k]),
    );
    const ways = this.panes.map((pane) =>
      h(
        "figure",
        {},
        h("figcaption", {}, h("b", { textContent: pane.space.kind }), h("span", { textContent: pane.space.name })),
        pane.canvas,
      ),
    );
    this.strips.replaceChildren(ends[0], h("div", { class: "rows" }, ...ways), ends[1]);
    this.follow(texts);
    this.loadImages(data.spaces[0]);
  }

  /** The address is another. @param {Texts} texts */
  follow(texts) {
    const { values, wrong } = parseLinks(this.address.keys, texts, 0, (name, value) => {
      if (name === "pair") return Math.max(...value) < this.count;
      return name === "field" || (Number(name.slice(2)) <= this.panes.length && value[2] > 0);
    });
    this.indices = values.pair;
    this.kind = values.field ?? "none";
    this.asked = "";
    this.panes.forEach((pane, k) => {
      pane.at = values[`at${k + 1}`];
      if (this.kind === "none") pane.field = null;
      pane.resize();
    });
    this.showKind();
    this.showPair();
    this.askForFields();
    this.tell();
    this.live.textContent = wrong;
  }

  /** Another part of a plane is in view. */
  looked() {
    this.tell();
    this.askForFields();
  }

  tell() {
    const views = this.panes.map(({ at }, k) => [`at${k + 1}`, at]);
    const chosen = { pair: this.indices, field: this.kind, ...Object.fromEntries(views) };
    this.report(formatLinks(this.address.keys, chosen));
  }

  /** @param {import("./paired_plane.js").Space} space */
  loadImages(space) {
    this.latest.ask(
      () => loadSprite(space.urls),
      (sprite) => {
        this.sprite = sprite;
        this.showPair();
      },
      (error) => {
        complain(this.live, `The test images could not be loaded. ${error.message}`, () => {
          this.live.textContent = "";
          this.loadImages(space);
        });
      },
    );
  }

  readTheme() {
    this.theme = readTheme(this.root, this.panes[0]?.stage);
  }

  /** A plane's codes are loaded. */
  arrived() {
    this.tools.disabled = false;
    this.readTheme();
    this.showPair();
  }

  /* ------------------------------------------------------------------ the pair */

  /** @param {0 | 1} which @param {number} index of a test image */
  choose(which, index) {
    if (this.indices[which] === index) return;
    this.indices = which ? [this.indices[0], index] : [index, this.indices[1]];
    this.showPair();
  }

  another() {
    const { codes } = this.panes[0] ?? {};
    if (!codes) return;
    const draw = () => Math.floor(Math.random() * codes.count),
      a = draw();
    let b = draw();
    for (let i = 0; i < 100 && codes.labels[a] === codes.labels[b]; i++) b = draw();
    this.indices = [a, b];
    this.showPair();
    this.settle();
  }

  showPair() {
    for (const [k, index] of this.indices.entries()) {
      if (!this.thumbnails || !this.captions) return;
      paintTestImage(this.thumbnails[k], this.sprite, index);
      this.thumbnails[k].setAttribute("aria-label", `${"AB"[k]}: ${this.describe(index)}`);
      this.captions[k].textContent = this.describe(index);
    }
    for (const pane of this.panes) {
      pane.drawStrip();
      pane.redraw(false);
    }
  }

  /** @param {number} index */
  describe(index) {
    const label = this.panes.find((pane) => pane.codes)?.codes?.labels[index];
    return `${label === undefined ? "" : `${this.classes[label]} · `}test #${index}`;
  }

  /** A gesture is over. */
  settle() {
    const [a, b] = this.indices;
    this.live.textContent = a === b ? "A and B are the same image: there is no way between them." : "";
    this.tell();
  }

  /* ------------------------------------------------------------------ fields */

  /** @param {Kind} kind */
  chooseKind(kind) {
    this.kind = kind;
    this.asked = "";
    this.showKind();
    this.tell();
    if (kind === "none") {
      for (const pane of this.panes) {
        pane.field = null;
        pane.redraw(true);
      }
    }
    this.askForFields();
  }

  showKind() {
    this.buttons.forEach((choice, k) => press(choice, FIELDS[k][0] === this.kind));
    if (this.kind === "none") this.scale.hidden = true;
  }

  /** Requests fields when nothing has moved for a moment and all planes are loaded. */
  askForFields() {
    clearTimeout(this.askTimer);
    if (this.kind === "none") return;
    this.askTimer = setTimeout(() => {
      if (!this.panes.every((pane) => pane.codes)) return;
      const asked = JSON.stringify({ kind: this.kind, windows: this.panes.map((pane) => pane.window) });
      if (asked === this.asked) return;
      this.asked = asked;
      this.live.textContent = "Measuring …";
      this.ask(asked);
    }, REST);
  }

  /** @param {Fields} fields */
  showFields(fields) {
    if (fields.kind !== this.kind || fields.panes.length !== this.panes.length) return;
    this.panes.forEach((pane, k) => {
      const sent = fields.panes[k];
      pane.field = sent && new Field(sent, fields.low, fields.high);
    });
    if (fields.asked === this.asked || !this.asked) this.live.textContent = "";
    const title = FIELDS.find(([kind]) => kind === fields.kind)?.[2] ?? "";
    const bar = h("i", { style: `background: ${VIRIDIS_CSS}` });
    this.scale.replaceChildren(
      h("span", { textContent: `${title} (${fields.unit}), one scale for all:` }),
      ` ${number(fields.low, 1)} `,
      bar,
      ` ${number(fields.high, 1)}`,
    );
    this.scale.hidden = false;
  }
}
