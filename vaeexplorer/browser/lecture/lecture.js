// @ts-check
/**
 * The strip of a lecture: the line to say and the question above the page, the way on and the clock below it. Keys turn
 * scenes wherever the focus is, but for fields that take them; two windows of one browser stay on one scene.
 */
import {
  addressOf,
  answer,
  answerName,
  clock,
  framed,
  isPlaced,
  pageOf,
  placeOf,
  sentence,
  unframed,
} from "./scenes.js";
import { button, download, h } from "../draw/dom.js";
import { go } from "../interact/address.js";

/** @typedef {import("./scenes.js").Lecture} Lecture */
/** @typedef {import("./scenes.js").Place} Place */

const STILL = 3000; // ms without a pointer after which the strip below fades
const FIELDS = 'input:not([type="range"]), textarea, select, [contenteditable="true"]';

export class Strip {
  /** @param {HTMLElement} root @param {(url: URL, makesEntry: boolean) => void} visit  goes to an address
   * @param {import("./frames.js").Frames | null} [frames]  show its page, where `visit` does not */
  constructor(root, visit, frames = null) {
    this.root = root;
    this.visit = visit;
    this.frames = frames;
    /** @type {Lecture | null} */ this.lecture = null;
    this.started = Date.now();
    this.say = h("h1", { class: "say" });
    this.asked = h("div", { class: "question", hidden: true });
    this.top = h("header", { class: "top" }, this.say, this.asked);
    this.back = button("‹", "The scene before (←)", () => this.turn(-1));
    this.forth = button("›", "The next scene (→)", () => this.turn(1));
    this.count = h("span", { class: "quiet" });
    this.next = h("span", { class: "next" });
    this.time = h("span", { class: "time" });
    this.used = h("div", { class: "used" });
    this.notes = h("div", { class: "notes", hidden: true });
    this.window = button("Notes", "The presenter's own window, with notes", () => this.open());
    this.end = button("End", "Back to the app", () => this.visit(pageOf(new URL(location.href)), true));
    this.below = h(
      "footer",
      { class: "below" },
      this.used,
      h("span", { class: "turn" }, this.back, this.forth, this.count),
      this.next,
      h("span", { class: "right" }, this.end, this.window, this.time),
    );
    root.append(this.top, this.notes, this.below);
    this.ending = new AbortController();
    const { signal } = this.ending;
    addEventListener("keydown", (event) => this.key(event), { capture: true, signal });
    addEventListener("popstate", () => this.show(), { signal });
    addEventListener("pointermove", () => this.wake(), { signal, passive: true });
    this.ticking = setInterval(() => this.tick(), 1000);
    if (frames) {
      frames.onKey = (event) => this.key(event);
      frames.onPointer = () => this.wake();
      frames.onMove = (url, makesEntry) => go(unframed(url, new URL(location.href)), makesEntry);
    }
  }

  /** @param {Lecture} lecture */
  update(lecture) {
    const isOther = this.lecture?.key !== lecture.key;
    this.lecture = lecture;
    if (isOther) {
      this.channel?.close();
      this.channel = new BroadcastChannel(`vaeexplorer-lecture-${lecture.key}`);
      this.channel.onmessage = ({ data }) => this.follow(data);
      this.channel.postMessage({ asks: true });
    }
    this.root.classList.toggle("presenter", lecture.presenter);
    this.notes.hidden = !lecture.presenter;
    this.window.hidden = this.end.hidden = lecture.presenter;
    if (!isPlaced(new URL(location.href))) this.go(this.place, false);
    this.show();
  }

  /** @returns {Place} */
  get place() {
    return placeOf(new URL(location.href), /** @type {Lecture} */ (this.lecture));
  }

  /** @param {Place} place @param {boolean} [makesEntry] @param {boolean} [isTold]  by the other window */
  go(place, makesEntry = true, isTold = false) {
    if (!this.lecture) return;
    this.visit(addressOf(new URL(location.href), this.lecture, place), makesEntry);
    if (!isTold) this.channel?.postMessage({ place, started: this.started });
    this.show();
  }

  /** @param {{place?: Place, started?: number, asks?: boolean}} told */
  follow({ place, started, asks }) {
    if (asks) this.channel?.postMessage({ place: this.place, started: this.started });
    if (started) this.started = Math.min(started, this.started);
    if (place && JSON.stringify(place) !== JSON.stringify(this.place)) this.go(place, true, true);
  }

  /** @param {number} by */
  turn(by) {
    const { scene } = this.place,
      to = scene + by;
    if (this.lecture && to >= 0 && to < this.lecture.scenes.length) this.go({ scene: to, guess: "", shown: false });
  }

  reveal() {
    const { scene, guess } = this.place;
    this.go({ scene, guess, shown: true });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    // An element, perhaps of a page in a frame, or a window.
    const target = /** @type {Partial<Element>} */ (event.composedPath()[0]);
    if (event.ctrlKey || event.metaKey || event.altKey || target.matches?.(FIELDS)) return;
    const question = this.lecture?.scenes[this.place.scene].question,
      isAsked = question && !this.place.shown;
    if (/^Arrow/.test(event.key) && target.matches?.('input[type="range"], [role=slider]')) return;
    if (event.key === " " && target.closest?.("button, [role=button], a")) return;
    /** @type {Record<string, () => void>} */
    const acts = {
      ArrowRight: () => this.turn(1),
      PageDown: () => this.turn(1),
      ArrowLeft: () => this.turn(-1),
      PageUp: () => this.turn(-1),
      " ": () => (isAsked ? this.reveal() : this.turn(1)),
      r: () => this.go({ ...this.place, shown: false }),
      h: () => this.root.classList.toggle("hidden-strip"),
    };
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /** Another window, with the notes and what comes next. */
  open() {
    const url = new URL(location.href);
    url.searchParams.set("presenter", "1");
    window.open(url, "vaeexplorer-presenter", "width=900,height=620");
  }

  show() {
    if (!this.lecture) return;
    const { scenes, presenter } = this.lecture,
      { scene } = this.place,
      now = scenes[scene],
      next = scenes[scene + 1];
    this.say.textContent = now.say;
    this.count.textContent = `${scene + 1} of ${scenes.length}`;
    this.next.replaceChildren(
      ...(next ? [h("span", { class: "quiet" }, "Next "), h("b", {}, next.title)] : [h("b", {}, "The end")]),
    );
    this.back.disabled = scene === 0;
    this.forth.disabled = !next;
    this.notes.replaceChildren(
      h("h2", {}, now.title),
      h("p", {}, now.notes || "No notes."),
      ...(next ? [h("h2", {}, `Next: ${next.title}`), h("p", {}, next.say)] : []),
    );
    this.ask(now.question);
    this.tick();
    if (presenter) return;
    const top = `${this.top.offsetHeight}px`;
    document.documentElement.style.setProperty("--lecture-top", top);
    const here = new URL(location.href),
      home = (/** @type {number} */ at) =>
        framed(addressOf(here, /** @type {Lecture} */ (this.lecture), { scene: at, guess: "", shown: false })),
      beside = [scene + 1, scene - 1, scene + 2].filter((at) => scenes[at]);
    this.frames?.show(
      { scene, url: framed(here), title: now.title },
      top,
      beside.map((at) => ({ scene: at, url: home(at), title: scenes[at].title })),
    );
  }

  /** @param {import("./scenes.js").Question | null} question */
  ask(question) {
    this.asked.hidden = !question;
    if (!question) return;
    const { guess, shown } = this.place,
      { low, high, step, unit } = question,
      start = guess === "" ? String((low + high) / 2) : guess,
      value = h("output", { class: "key-number" }, guess === "" ? "?" : `${guess} ${unit}`),
      slider = h("input", { type: "range", min: low, max: high, step, value: start, disabled: shown });
    slider.setAttribute("aria-label", "Your guess");
    slider.oninput = () => {
      value.textContent = `${slider.value} ${unit}`;
      const url = new URL(location.href);
      url.searchParams.set("guess", slider.value);
      go(url);
      this.channel?.postMessage({ place: this.place });
    };
    const act = shown
      ? button("Save my answer", "A small file to hand in", () => this.save())
      : button("Reveal", "Show the number (space)", () => this.reveal());
    act.classList.add("first");
    act.disabled = shown && guess === "";
    this.asked.replaceChildren(
      h("p", { class: "ask" }, question.ask),
      h("label", { class: "guess" }, h("span", { class: "quiet" }, "your guess"), slider, value),
      act,
    );
    if (shown) this.asked.append(h("p", { class: "then" }, sentence(question, guess)));
  }

  save() {
    const lecture = /** @type {Lecture} */ (this.lecture),
      { pathname, search } = location,
      found = answer(lecture, this.place, `${pathname.split("/").at(-1)}${search}`);
    download(
      new Blob([`${JSON.stringify(found, null, 1)}\n`], { type: "application/json" }),
      answerName(lecture.scenes[this.place.scene]),
    );
  }

  tick() {
    if (!this.lecture) return;
    const seconds = (Date.now() - this.started) / 1000,
      all = 60 * this.lecture.scenes.reduce((sum, { minutes }) => sum + minutes, 0);
    this.time.replaceChildren(h("b", {}, clock(seconds)), h("span", { class: "quiet" }, ` of ${clock(all)}`));
    this.used.style.width = `${Math.min(100, (100 * seconds) / all)}%`;
  }

  /** The strip is there while a pointer moves, and a while longer. */
  wake() {
    this.root.classList.remove("still");
    clearTimeout(this.sleeping);
    this.sleeping = setTimeout(() => this.root.classList.add("still"), STILL);
  }

  stop() {
    this.ending.abort();
    clearInterval(this.ticking);
    clearTimeout(this.sleeping);
    this.channel?.close();
    this.frames?.stop();
    document.documentElement.style.removeProperty("--lecture-top");
  }
}
