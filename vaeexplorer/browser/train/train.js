// @ts-check
/**
 * "Train one now": a network learns in the visitor's own tab, and can be steered, looked back at, branched and raced.
 *
 * @typedef {import("../record/lane.js").Lane} Lane
 * @typedef {import("../record/choices.js").Choices} Choices
 * @typedef {import("../interact/links.js").Texts} Texts
 * @typedef {{place: string, dataset: string, sets: Record<string, import("./trainings.js").ImageSet>,
 *            version: string}} Given
 *   place: under which the page finds its trainings again; dataset: the one that is shown where a link names none
 */
import { button, h } from "../draw/dom.js";
import { Pad } from "../interact/drawing.js";
import { ImageSize } from "../interact/image_size.js";
import { PIXELS } from "../engine/network.js";
import { clinic } from "../experiments/clinic.js";
import { repeat } from "../experiments/repeat.js";
import { formatLinks, parseLinks } from "../interact/links.js";
import { Loading } from "../interact/loading.js";
import { DEFAULTS, fromLink, toLink } from "../record/choices.js";
import { buildControls } from "./controls.js";
import { buildHead } from "./head.js";
import { takeHome } from "./home.js";
import { raceScene } from "./race.js";
import { RACES } from "../record/races.js";
import { buildScrubber } from "./scrubber.js";
import { marksOf, singleScene } from "./single.js";
import { Trainings } from "./trainings.js";

const CALM = 180; // ms from one look of numbers and curves to the next, while it learns
/** @type {any} widgets of a page that is opened again are other scripts, and share this alone */
const page = globalThis;
/** Trainings of pages that were left, by place. @type {Map<string, Pick<Trainings, "choices" | "lanes" | "kind">>} */
const left = (page.__vaeexplorer_trainings ??= new Map());

export class Train {
  /** @param {HTMLElement} root @param {import("../interact/address.js").Address} address */
  constructor(root, address) {
    this.root = root;
    this.address = address;
    /** @type {(texts: Texts) => void} */ this.report = () => {};
    /** @type {Given | null} */ this.given = null;
    this.trainings = new Trainings({
      waits: (urls) => this.loading.begin("the images", urls),
      staged: () => this.stage(),
      progressed: () => this.showSoon(),
      advanced: (lane) => this.scene?.views.find((view) => view.lane === lane)?.advance(),
      failed: (sentence) => {
        this.loading.end(this.trainings.lanes.length > 0);
        this.say(sentence);
      },
      chosen: () => this.tell(),
    });
    /** @type {import("./single.js").Scene | null} */ this.scene = null;
    /** @type {ReturnType<typeof repeat> | null} */ this.repeated = null;
    this.image = 0; // x, of the test images
    /** @type {Float32Array | null} an image drawn by the visitor */ this.drawn = null;
    this.follows = true; // z is the code of x
    this.frame = this.shownAt = 0;
    this.images = new ImageSize(
      () => this.scene?.redraw(),
      () => this.tell(),
    );
    const { trainings } = this;
    this.pad = new Pad(
      (image) => image && this.takeX(image),
      () => {},
    );
    this.head = buildHead();
    this.controls = buildControls(this);
    this.scrubber = buildScrubber(trainings);
    this.message = h("p", { class: "message", role: "status" });
    this.scenery = h("div", { class: "scene" });
    this.extra = h("div", { class: "extras" });
    this.raceTools = h("div", { class: "segments", hidden: true });
    this.xTools = h(
      "span",
      { class: "xtools" },
      button("draw", "Draw x yourself", () => this.draw()),
      button("next", "Another test image", () => this.select(Math.floor(Math.random() * this.count))),
    );
    const { run, dials, sliders } = this.controls;
    const top = h("fieldset", { class: "controls" }, run, sliders.box, this.raceTools, dials),
      below = h("fieldset", { class: "below" }, this.scrubber.box, takeHome(this));
    this.loading = new Loading(root, [top, below]);
    root.replaceChildren(...[this.head.box, top, this.loading.element, this.message, this.scenery, below, this.extra]);
    root.addEventListener("keydown", (event) => this.key(event));
    this.onHidden = () => this.hide(document.hidden);
    document.addEventListener("visibilitychange", this.onHidden);
  }

  /** Space starts and pauses, wherever it means nothing else. @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {Element} */ (event.composedPath()[0]);
    if (event.key !== " " || target.matches("button, input, select, summary")) return;
    event.preventDefault();
    this.toggle();
  }

  get choices() {
    return this.trainings.choices;
  }
  get sets() {
    return this.trainings.sets;
  }
  get set() {
    return this.sets[this.choices.dataset];
  }
  get version() {
    return this.given?.version ?? "";
  }
  get colors() {
    return this.set.colors;
  }
  get classes() {
    return this.set.classes;
  }
  get lane() {
    return this.trainings.first;
  }
  get snaps() {
    return this.trainings.isRace;
  }
  /** Test images that are shown. */
  get count() {
    return this.lane ? this.lane.images.test.length / PIXELS : 1;
  }

  /** @param {Given} given @param {Texts} texts  where to open */
  update(given, texts) {
    const before = this.given;
    this.given = given;
    this.trainings.sets = given.sets;
    if (before?.dataset === given.dataset) return this.scene?.redraw(); // the theme may be another
    if (before) return this.choose({ dataset: given.dataset });
    const known = left.get(given.place);
    left.delete(given.place);
    if (known) void this.trainings.resume(known.choices, known.lanes, known.kind);
    else this.follow(texts);
  }

  /** The address is another. @param {Texts} texts */
  follow(texts) {
    const { values, wrong } = parseLinks(this.address.keys, texts, 0),
      { choices, events } = fromLink(values, this.given?.dataset ?? DEFAULTS.dataset);
    this.say(wrong);
    this.images.px = values.size;
    this.trainings.begin([choices], { from: [{ events }] });
  }

  /** There are other trainings. */
  stage() {
    const { lanes, kind, isRace } = this.trainings;
    this.loading.end(true);
    this.scrubber.stop();
    this.scene?.stop();
    this.follows = true;
    this.image = Math.min(this.image, this.count - 1);
    const race = isRace ? raceScene(lanes, this) : null;
    this.scene = race ?? singleScene(this.lane, this);
    this.scenery.replaceChildren(this.scene.element);
    this.root.dataset.race = String(isRace);
    this.controls.dials.hidden = isRace;
    this.raceTools.hidden = !isRace;
    if (race) {
      const offered = Object.entries(RACES).filter(([each]) => each !== "warmup" || each === kind);
      const kinds = offered.map(([each, { name, about }]) => {
        const one = button(name, about, () => this.race(each));
        one.setAttribute("aria-pressed", String(each === kind));
        return one;
      });
      const end = button("End race", "The left one stays", () => this.trainings.endRace());
      this.raceTools.replaceChildren(...kinds, race.alike, end);
    }
    this.show();
  }

  showSoon() {
    if (this.trainings.running && performance.now() - this.shownAt < CALM) return; // more will come
    this.frame ||= requestAnimationFrame(() => this.show());
  }

  /** Numbers, controls and curves of now. */
  show() {
    const { trainings, lane } = this;
    this.frame = 0;
    if (!lane || !this.scene) return;
    this.shownAt = performance.now();
    const { steered, running, isOver, step } = trainings;
    const dial = (/** @type {"beta" | "rate"} */ name) =>
      steered.events.filter((event) => event.name === name && event.step <= step).at(-1)?.value ??
      steered.choices[name];
    this.controls.update(steered.choices, running, isOver, dial("beta"), dial("rate"));
    this.head.update(trainings.lanes);
    this.scrubber.update(step, lane.seen ?? step, lane, trainings.lanes.flatMap(marksOf));
    this.scene.update();
  }

  toggle() {
    this.scrubber.stop();
    if (this.trainings.running) return this.trainings.pause();
    if (this.trainings.isOver && this.message.textContent === "") return this.trainings.reset(true);
    this.say("");
    this.trainings.play();
  }
  reset() {
    this.say("");
    this.trainings.reset();
  }
  /** @param {Partial<Choices>} changes */
  choose(changes) {
    this.say("");
    this.trainings.choose(changes);
  }
  /** @param {string} kind */
  race(kind) {
    this.say("");
    this.close();
    this.trainings.race(kind);
  }

  /** What is unfolded below. @param {"clinic" | "dim" | "beta"} what */
  open(what) {
    const { trainings, choices } = this;
    this.close();
    if (what === "clinic") {
      const train = (/** @type {Partial<Choices>} */ changes) => trainings.choose(changes, true);
      this.extra.append(clinic({ choices, train, race: (kind) => this.race(kind), close: () => this.close() }));
    } else {
      trainings.pause();
      this.repeated = repeat(what, choices, this.lane.images, () => this.close());
      this.extra.append(this.repeated.element);
      this.repeated.redraw();
    }
    this.extra.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.repeated?.stop();
    this.repeated = null;
    this.extra.replaceChildren();
  }

  draw() {
    this.pad.clear();
    this.root.dataset.drawing = "true";
  }

  /** A test image. @param {number} image */
  select(image) {
    this.image = image;
    this.root.dataset.drawing = "false";
    this.takeX(null);
  }

  /** @param {Float32Array | null} drawn */
  takeX(drawn) {
    this.drawn = drawn;
    this.follows = true;
    for (const view of this.scene?.views ?? []) view.takeX();
  }

  /** @param {import("./view.js").View} view @param {number[]} z */
  moved(view, z) {
    this.follows = false;
    view.decode(z);
  }

  get texts() {
    const link = toLink(this.choices, this.lane?.events ?? [], this.given?.dataset ?? "");
    return formatLinks(this.address.keys, { ...link, size: this.images.px });
  }
  tell() {
    this.report(this.texts);
  }
  get plane() {
    return /** @type {import("./view.js").View} */ (this.scene?.views[0]).plane;
  }
  /** @param {string} text */
  say(text) {
    this.message.textContent = text;
  }
  /** @param {boolean} isHidden */
  hide(isHidden) {
    this.trainings.hide(isHidden);
    this.repeated?.[isHidden ? "pause" : "play"]();
  }

  stop() {
    const { choices, lanes, kind } = this.trainings;
    this.scrubber.stop();
    this.close();
    this.loading.end(false);
    cancelAnimationFrame(this.frame);
    document.removeEventListener("visibilitychange", this.onHidden);
    this.scene?.stop();
    if (this.given && lanes.length) left.set(this.given.place, { choices, lanes, kind });
    this.trainings.rest();
  }
}
