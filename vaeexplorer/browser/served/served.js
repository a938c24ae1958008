// @ts-check
/**
 * A training on the server, as everybody who looks at it sees it: the picture of "Train one now", its dials, and what
 * can be asked of it.
 *
 * @typedef {import("../record/lane.js").Lane} LaneOf
 * @typedef {import("../learning/remote.js").Now} Now
 * @typedef {{name: string, at: string, images: string, token: string, choices: import("../record/choices.js").Choices,
 *            classes: string[], colors: string[]}} Given
 *   at: the address below which it is found; images: the file of the test images there
 */
import { button, h } from "../draw/dom.js";
import { fetchOnce, Latest } from "../engine/fetch.js";
import { PIXELS } from "../engine/network.js";
import { unpackBytes } from "../learning/images.js";
import { RemoteSession } from "../learning/remote.js";
import { title } from "../record/choices.js";
import { Lane } from "../record/lane.js";
import { buildSliders } from "../train/controls.js";
import { duration } from "../train/head.js";
import { buildScrubber } from "../train/scrubber.js";
import { ImageSize } from "../interact/image_size.js";
import { marksOf, singleScene } from "../train/single.js";

const STATES = {
  waiting: "waits for its turn",
  starting: "starts",
  running: "learns on the server",
  paused: "is paused",
  stopped: "was stopped, and kept as a run",
  done: "is done, and kept as a run",
  failed: "failed",
  interrupted: "was interrupted",
};

export class Served {
  /** @param {HTMLElement} root @param {import("../interact/address.js").Address} address */
  constructor(root, address) {
    this.root = root;
    this.address = address;
    this.report = () => {};
    /** @type {(state: string) => void} */ this.changed = () => {};
    /** @type {Given | null} */ this.given = null;
    /** @type {LaneOf | null} */ this.lane = null;
    /** @type {RemoteSession | null} */ this.session = null;
    /** @type {Now | null} */ this.now = null;
    /** @type {import("../train/single.js").Scene | null} */ this.scene = null;
    this.latest = new Latest();
    this.image = 0;
    /** @type {Float32Array | null} nobody draws here: the encoder stays on the server */ this.drawn = null;
    this.follows = true;
    this.snaps = false;
    this.frame = 0;
    this.images = new ImageSize(() => this.scene?.redraw());
    this.pad = { canvas: h("span") };
    this.xTools = h(
      "span",
      { class: "xtools" },
      button("next", "Another test image", () => this.select(Math.floor(Math.random() * this.count))),
    );
    this.name = h("h1");
    this.sentence = h("p", { role: "status" });
    this.figures = h("div", { class: "figures" });
    this.toggle = button("Pause", "For everybody who looks at it", () => this.do(this.isRunning ? "pause" : "resume"));
    this.toggle.classList.add("start");
    this.ends = [
      button("Stop", "At the end of this epoch; what was learned is kept as a run, and can go on", () =>
        this.do("stop"),
      ),
      button("Kill", "At once; the last epoch's end is kept", () => this.do("kill")),
    ];
    const steer = (/** @type {"beta" | "rate"} */ name, /** @type {number} */ value, /** @type {boolean} */ isDone) =>
      isDone || this.session?.set(name, value);
    this.sliders = buildSliders({ trainings: { steer } });
    this.message = h("p", { class: "message", role: "alert" });
    this.scenery = h("div", { class: "scene" });
    this.scrubber = buildScrubber(this);
    root.replaceChildren(
      h("header", { class: "head" }, this.name, this.sentence, this.figures),
      h("div", { class: "controls" }, h("div", { class: "run" }, this.toggle, ...this.ends), this.sliders.box),
      this.message,
      this.scenery,
      h("div", { class: "below" }, this.scrubber.box),
    );
    this.onHidden = () => this.session?.hide(document.hidden);
    document.addEventListener("visibilitychange", this.onHidden);
  }

  get isRunning() {
    return this.now?.state === "running";
  }
  get colors() {
    return this.given?.colors ?? [];
  }
  get classes() {
    return this.given?.classes ?? [];
  }
  /** Test images that are shown. */
  get count() {
    return this.lane ? this.lane.images.test.length / PIXELS : 1;
  }

  /** @param {Given} given */
  update(given) {
    const before = this.given;
    this.given = given;
    if (before?.at === given.at) return this.scene?.redraw(); // the theme may be another
    this.close();
    this.name.textContent = given.name;
    this.latest.ask(
      () => fetchOnce(new URL(given.at + given.images, document.baseURI).href, unpackBytes),
      ({ images, labels }) => this.open(given, { train: new Uint8Array(0), test: images, labels }),
      (error) => this.say(`The images could not be loaded. ${error.message}`),
    );
  }

  follow() {}
  /** The page does. */
  branch() {}
  /** Steps of the film. */
  get moments() {
    return this.session?.moments() ?? [];
  }
  get step() {
    return this.lane?.step ?? 0;
  }

  /** @param {Given} given @param {import("../record/lane.js").Images} images */
  open(given, images) {
    const watch = {
      moment: () => this.scene?.views[0].advance(),
      progress: () => this.showSoon(),
      end: (/** @type {LaneOf} */ lane) => {
        this.say(lane.sentence ?? "");
        this.showSoon();
      },
    };
    const create = (/** @type {any} */ _choices, /** @type {any} */ _images, /** @type {any} */ handlers) =>
      /** @type {any} */ ((this.session = new RemoteSession(given.at, given.token, handlers, (now) => this.hear(now))));
    const lane = (this.lane = new Lane(given.choices, images, watch, {}, create));
    this.image = 0;
    this.follows = true;
    this.scene = singleScene(lane, this);
    this.scenery.replaceChildren(this.scene.element);
    this.show();
  }

  /** How it stands. @param {Now} now */
  hear(now) {
    const { lane } = this,
      before = this.now?.state;
    this.now = now;
    if (!lane) return;
    if (now.images) lane.choices = { ...lane.choices, images: now.images };
    lane.perEpoch = now.perEpoch || lane.perEpoch;
    lane.total = now.epochs * lane.perEpoch;
    lane.events = now.events;
    if (now.state === "running" && before !== "running") lane.isOver = false;
    this.say(now.sentence);
    if (before !== now.state) {
      this.showSoon();
      if (before) this.changed(now.state);
    }
  }

  showSoon() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.show();
    });
  }

  show() {
    const { lane, now, scene } = this;
    if (!lane || !scene) return;
    const state = now?.state ?? "starting";
    this.root.dataset.state = state;
    this.sentence.textContent = `${title(lane.choices)} ${STATES[state]}.`;
    this.toggle.textContent = this.isRunning ? "Pause" : "Resume";
    this.toggle.disabled = !(this.isRunning || state === "paused" || now?.isResumable);
    const isLive = state === "running" || state === "paused";
    for (const end of this.ends) end.disabled = !isLive;
    this.sliders.box.disabled = !isLive;
    const choices = /** @type {const} */ ({ ...lane.choices, schedule: "constant" }); // here it can be turned
    this.sliders.update(choices, now?.beta ?? choices.beta, now?.rate ?? choices.rate);
    const epochs = lane.total / lane.perEpoch,
      epoch = Math.min(Math.floor(lane.shownStep / lane.perEpoch) + 1, epochs);
    const figure = (/** @type {string} */ value, /** @type {string} */ what) =>
      h("span", {}, h("b", {}, value), ` ${what}`);
    const speed = now?.imagesPerSecond;
    this.figures.replaceChildren(
      h("span", {}, "epoch ", h("b", {}, String(epoch)), ` of ${epochs}`),
      figure(speed ? Math.round(speed).toLocaleString("en") : "–", "images a second"),
      figure(now?.secondsLeft ? duration(now.secondsLeft) : "–", "left"),
    );
    this.scrubber.update(lane.step, lane.seen ?? lane.step, lane, marksOf(lane));
    scene.update();
  }

  /** @param {"pause" | "resume" | "stop" | "kill"} what */
  do(what) {
    this.session?.request(what).catch((error) => this.say(error.message));
  }

  /** Looks back, also while it goes on. @param {number | null} step */
  seek(step) {
    if (step === null) this.lane?.lookNow();
    else void this.lane?.lookAt(step).catch((error) => this.say(error.message));
    this.showSoon();
  }

  /** A test image. @param {number} image */
  select(image) {
    this.image = image;
    this.follows = true;
    this.scene?.views[0].takeX();
  }

  /** @param {import("../train/view.js").View} view @param {number[]} z */
  moved(view, z) {
    this.follows = false;
    view.decode(z);
  }

  /** @param {string} text */
  say(text) {
    if (this.message.textContent !== text) this.message.textContent = text;
  }

  close() {
    this.latest.stop();
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.scrubber.stop();
    this.scene?.stop();
    this.lane?.end();
    this.lane = this.session = this.scene = this.now = null;
    this.scenery.replaceChildren();
    this.say("");
  }

  stop() {
    document.removeEventListener("visibilitychange", this.onHidden);
    this.close();
  }
}
