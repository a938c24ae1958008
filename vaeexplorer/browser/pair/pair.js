// @ts-check
/**
 * Latent planes side by side that show the same two test images, A and B. All but the fields is computed in the
 * browser; the server measures a field for the regions in view when a gesture has ended.
 *
 * @typedef {import("./field.js").Kind} Kind
 * @typedef {import("./field.js").Fields} Fields
 * @typedef {import("../engine/codes.js").Classes & {spaces: import("./paired_plane.js").Space[],
 *            count: number, fields: Fields | null, start?: import("./turns.js").Start,
 *            ways?: Ways | null}} Data
 *   count: of test images
 * @typedef {{pair: [number, number], of: import("./way.js").Measured[]}} Ways  of the spaces, in their order
 * @typedef {import("../interact/links.js").Texts} Texts  what a link holds: the pair, the field, and the views
 */
import { button, h, press } from "../draw/dom.js";
import { ImageSize } from "../interact/image_size.js";
import { formatLinks } from "../interact/links.js";
import { keyTable } from "../interact/keys.js";
import { readTheme } from "../draw/theme.js";
import { Sheet } from "../interact/sheet.js";
import { filterLegend } from "../interact/legend.js";
import { Field } from "./field.js";
import { Ends } from "./ends.js";
import { KEYS, Kinds } from "./kinds.js";
import { around } from "./marks.js";
import { Pane } from "./paired_plane.js";
import { Turns } from "./turns.js";
import { parsePair } from "./url.js";

const REST = 180; // ms without change after which fields are asked for

export class Pair {
  /** @param {HTMLElement} root @param {import("../interact/address.js").Address} address */
  constructor(root, address) {
    this.root = root;
    this.address = address;
    /** @type {(texts: Texts) => void} */ this.report = () => {};
    /** @type {(asked: string) => void} asks for fields */ this.ask = () => {};
    /** @type {Data["spaces"]} */ this.spaces = [];
    /** @type {Pane[]} */ this.panes = [];
    /** @type {[number, number]} */ this.indices = [0, 1];
    /** @type {Set<number>} classes */ this.hidden = new Set();
    this.step = -1; // of the ways, the image that is pointed at
    this.isSame = false; // whether all planes have one scale
    this.turns = new Turns();
    this.ends = new Ends();
    /** @type {Kind} */ this.kind = "none";
    /** @type {string[]} */ this.classes = [];
    /** @type {string[]} */ this.colors = [];
    this.key = this.asked = "";
    this.count = 0;
    this.kinds = new Kinds((kind) => this.chooseKind(kind));
    const another = button("Another pair", "Chosen pairs and random ones, by turns", () => this.another());
    const reset = button("Reset", "Show both planes whole", () => {
      this.panes.forEach((pane) => pane.lookHome());
      this.tell();
    });
    this.same = button("Same scale", "All planes at the widest one's scale", () => this.chooseSame(!this.isSame));
    this.images = new ImageSize(
      () => this.redrawAll(),
      () => this.tell(),
    );
    this.legend = h("div", { class: "filter", role: "group", "aria-label": "Classes shown" });
    this.planes = h("div", { class: "panes" });
    this.strips = h("div", { class: "ways" });
    this.live = h("p", { class: "message", role: "status", "aria-live": "polite" });
    this.sheet = new Sheet(this.live, () => {
      this.redrawAll();
      this.showPair();
    });
    this.keys = keyTable(KEYS);
    this.looks = h("fieldset", { class: "buttons" }, this.same, reset, this.keys.button, this.keys.dialog);
    this.tools = h("fieldset", { class: "toolbar tools" }, this.kinds.element, this.images.element);
    this.below = h("fieldset", { class: "toolbar" }, this.legend);
    this.turns.element.append(this.looks, another);
    this.tools.disabled = this.below.disabled = this.looks.disabled = true; // until there are codes
    const { kinds, turns } = this;
    root.replaceChildren(this.tools, this.planes, this.below, kinds.scale, turns.element, this.strips, this.live);
  }

  stop() {
    this.sheet.stop();
    clearTimeout(this.askTimer);
    this.panes.forEach((pane) => pane.stop());
  }

  /** @param {Data} data @param {Texts} texts  where to open; used when the spaces are others */
  update(data, texts) {
    this.readTheme();
    const key = JSON.stringify(data.spaces.map(({ name, urls }) => [name, urls]));
    if (key !== this.key) this.open(key, data, texts);
    if (data.fields) this.showFields(data.fields);
    if (data.ways) this.ways = data.ways;
    this.showWays();
    this.redrawAll();
  }

  get sprite() {
    return this.sheet.image;
  }

  redrawAll() {
    this.panes.forEach((pane) => pane.redraw(true));
  }

  /** Other spaces. @param {string} key @param {Data} data @param {Texts} texts */
  open(key, data, texts) {
    this.panes.forEach((pane) => pane.stop());
    this.key = key;
    this.count = data.count;
    this.classes = data.classes;
    this.colors = data.colors;
    this.root.dataset.legend = data.classes.join("").length > 30 ? "long" : "short";
    this.spaces = data.spaces;
    this.turns.open(data.start);
    this.ways = null;
    this.showHidden = filterLegend(this.legend, data, this.hidden, () => {
      this.redrawAll();
      this.tell();
    });
    this.panes = data.spaces.map((space) => new Pane(this, space));
    this.planes.replaceChildren(...this.panes.map((pane) => pane.element));
    const [a, b] = this.ends.open(data.spaces[0].image);
    this.strips.replaceChildren(a, h("div", { class: "rows" }, ...this.panes.map((pane) => pane.way.figure)), b);
    this.follow(texts);
    this.sheet.load(data.spaces[0].urls.sprite);
  }

  /** The address is another. @param {Texts} texts */
  follow(texts) {
    const { values, wrong } = parsePair(this.address.keys, texts, this.count, this.classes.length, this.panes.length);
    this.indices = values.pair ?? this.turns.first;
    this.isSame = values.same;
    this.images.px = values.images;
    press(this.same, this.isSame);
    this.hidden.clear();
    for (const label of values.hidden) this.hidden.add(label);
    this.showHidden?.();
    this.kind = values.field ?? "none";
    this.asked = "";
    this.panes.forEach((pane, k) => {
      pane.at = values[`at${k + 1}`];
      if (this.kind === "none") pane.field = null;
      pane.resize();
    });
    this.kinds.show(this.kind);
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
    const isFirst = this.turns.first.every((index, k) => index === this.indices[k]);
    const hidden = [...this.hidden].sort((one, other) => one - other);
    const pair = isFirst ? null : this.indices;
    const { kind: field, isSame: same } = this,
      chosen = { pair, field, same, images: this.images.px, hidden, ...Object.fromEntries(views) };
    this.report(formatLinks(this.address.keys, chosen));
  }

  readTheme() {
    this.theme = readTheme(this.root, this.panes[0]?.stage);
  }

  /** A space's name where its kind does not tell it from the others. @param {import("./way.js").Space} space */
  names({ kind, name }) {
    return this.spaces.filter((other) => other.kind === kind).length > 1 ? name : "";
  }

  /** A plane's codes are loaded. */
  arrived() {
    this.tools.disabled = this.below.disabled = this.looks.disabled = false;
    this.readTheme();
    if (this.isSame) this.panes.forEach((pane) => pane.resize()); // the widest may have come last
    this.showPair();
    this.askForFields();
  }

  /** What a plane shows by itself: its own dots, or as much as the widest plane does.
   * @param {import("./marks.js").Box} own */
  boxFor(own) {
    return this.isSame ? around([own, ...this.panes.flatMap((pane) => pane.box ?? [])]) : own;
  }

  /** @param {boolean} isSame */
  chooseSame(isSame) {
    this.isSame = isSame;
    press(this.same, isSame);
    this.panes.forEach((pane) => pane.lookHome(true));
    this.tell();
  }

  /** @param {0 | 1} which @param {number} index of a test image */
  choose(which, index) {
    if (this.indices[which] === index) return;
    this.indices = which ? [this.indices[0], index] : [index, this.indices[1]];
    this.showPair();
  }

  another() {
    const { codes } = this.panes[0] ?? {};
    if (!codes) return;
    this.indices = this.turns.next(codes);
    this.showPair();
    this.settle();
  }

  /** @param {number} step  an image of the ways, or -1 */
  pointAt(step) {
    if (step === this.step) return;
    this.step = step;
    for (const pane of this.panes) {
      pane.way.pointed();
      pane.redraw(false);
    }
  }

  /** How far the ways' images are from training images; null where that is not known of this pair. */
  get known() {
    const { ways, indices } = this;
    return ways?.pair.every((index, k) => index === indices[k]) ? ways.of : null;
  }

  showWays() {
    this.panes.forEach((pane, k) => pane.way.show(this.known?.[k] ?? null));
  }

  showPair() {
    this.ends.show(this.indices, this.sprite, (index) => this.describe(index), this.root.dataset.legend === "long");
    for (const pane of this.panes) {
      pane.way.draw();
      pane.redraw(false);
    }
    this.showWays();
    const kinds = this.panes.map((pane) => pane.space.kind);
    this.turns.tell(this.indices, kinds);
  }

  /** @param {number} index */
  describe(index) {
    const label = this.panes.find((pane) => pane.codes)?.codes?.labels[index];
    return `${label === undefined ? "" : `${this.classes[label]} · `}#${index}`;
  }

  /** A gesture is over. */
  settle() {
    const [a, b] = this.indices;
    this.live.textContent = a === b ? "A and B are the same image: there is no way between them." : "";
    this.tell();
    this.askForFields();
  }

  /** @param {Kind} kind */
  chooseKind(kind) {
    this.kind = kind;
    this.asked = "";
    this.kinds.show(this.kind);
    this.tell();
    for (const pane of kind === "none" ? this.panes : []) {
      pane.field = null;
      pane.redraw(true);
    }
    this.askForFields();
  }

  /** Requests fields and the ways' distances when nothing has moved for a moment and all planes are loaded. */
  askForFields() {
    clearTimeout(this.askTimer);
    this.askTimer = setTimeout(() => {
      if (!this.panes.every((pane) => pane.codes)) return;
      const { kind, indices } = this;
      if (kind === "none" && this.known) return;
      const windows = kind === "none" ? [] : this.panes.map((pane) => pane.window);
      const asked = JSON.stringify({ kind, windows, pair: indices });
      if (asked === this.asked) return;
      this.asked = asked;
      if (kind !== "none") this.live.textContent = "Measuring …";
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
    this.kinds.measure(fields);
  }
}
