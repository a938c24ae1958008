// @ts-check
/**
 * The pages of a lecture in frames of one window: that of the scene in front, and behind it those of the scenes before
 * and after it, drawn already, so that a step brings another frame to the front. Where a page is not drawn yet, the
 * last one stays in front until it is.
 *
 * The window has the one address and history: a page in a frame makes no entries, and the window follows where the page
 * in front goes.
 *
 * @typedef {{scene: number, url: URL, title: string}} Shown  scene: from 0; url: of its page in a frame
 */
import { h } from "../draw/dom.js";

const MOST = 4; // frames: a scene, the one before, and the next two, for who goes on quickly
const PATIENCE = 15_000; // ms after which a page is shown as far as it has come
const SILENCE = 600; // ms after which a page whose script has not begun to run has nothing to change
const LOOK = 15; // ms between two looks whether a page is drawn

export class Frames {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {Frame[]} */ this.all = [];
    /** @type {Frame | null} */ this.front = null;
    this.asked = 0; // how often another scene was asked for
    /** @type {(event: KeyboardEvent) => void} in a page */ this.onKey = () => {};
    /** @type {() => void} */ this.onPointer = () => {};
    /** @type {(url: URL, makesEntry: boolean) => void} the page in front is at another address */
    this.onMove = () => {};
  }

  /** @param {Shown} now @param {string} top  a length: what the strip above takes of the page
   * @param {Shown[]} beside  what may be asked for next, the likeliest first */
  async show(now, top, beside) {
    const number = ++this.asked,
      wanted = [now, ...beside];
    for (const each of wanted) {
      const frame = this.of(each, wanted);
      if (!frame) continue;
      frame.visit(each);
      // The page of the same scene changes before one's eyes, as what a question reveals.
      if (frame !== this.front || each !== now) await frame.ready;
      if (number !== this.asked) return;
      if (each === now) this.bringToFront(frame, top);
    }
  }

  /** The frame of a scene, or else one that is free. @param {Shown} shown @param {Shown[]} wanted */
  of(shown, wanted) {
    const own = this.all.find(({ scene }) => scene === shown.scene);
    if (own) return own;
    if (this.all.length < MOST) {
      const frame = new Frame(this);
      this.all.push(frame);
      return frame;
    }
    return this.all.find((frame) => frame !== this.front && !wanted.some(({ scene }) => scene === frame.scene));
  }

  /** @param {Frame} frame @param {string} top */
  bringToFront(frame, top) {
    const last = this.front,
      hadFocus = last?.hasFocus;
    frame.view.document.documentElement.style.setProperty("--lecture-top", top);
    if (frame === last) return;
    this.front = frame;
    for (const each of this.all) each.element.classList.toggle("front", each === frame);
    for (const each of this.all) each.element.inert = each !== frame;
    if (hadFocus) frame.view.focus();
  }

  stop() {
    this.asked++;
    for (const frame of this.all) frame.element.remove();
    this.all = [];
  }
}

class Frame {
  /** @param {Frames} frames */
  constructor(frames) {
    this.frames = frames;
    this.scene = -1;
    this.at = ""; // the address that it was sent to, or that its page has gone to since
    this.isOpening = false;
    this.element = /** @type {HTMLIFrameElement} */ (h("iframe", { class: "scene", inert: true }));
    this.element.addEventListener("load", () => this.listen());
    /** @type {Promise<void>} once the page that was asked for last is drawn */ this.ready = Promise.resolve();
  }

  /** @returns {Window & typeof globalThis} */
  get view() {
    return /** @type {any} */ (this.element.contentWindow);
  }

  get hasFocus() {
    return this.view.document.hasFocus();
  }

  /** @param {Shown} shown */
  visit({ scene, url, title }) {
    this.scene = scene;
    this.element.title = title;
    const at = sorted(url);
    if (this.at === at) return;
    this.at = at;
    this.ready = this.ready.then(() => (this.at === at ? this.open(url) : undefined));
  }

  /** @param {URL} url */
  async open(url) {
    this.isOpening = true;
    if (this.element.isConnected) {
      // As Back and Forward do: Streamlit follows the address when it hears of a step in the history.
      const { history, PopStateEvent } = this.view;
      history.replaceState(history.state, "", url);
      const drawn = this.drawn(this.at);
      this.view.dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
      await drawn;
    } else {
      this.element.src = url.href;
      const loaded = new Promise((done) => this.element.addEventListener("load", done, { once: true }));
      this.frames.root.append(this.element);
      await loaded;
      await this.drawn("");
    }
    this.isOpening = false;
  }

  /** Keys and pointers are the strip's as well, and its history is the window's. */
  listen() {
    const { view } = this,
      replace = view.history.replaceState.bind(view.history);
    view.addEventListener("keydown", (event) => this.frames.onKey(event), true);
    view.addEventListener("pointermove", () => this.frames.onPointer(), { passive: true });
    for (const name of /** @type {const} */ (["pushState", "replaceState"]))
      view.history[name] = (state, unused, url) => {
        replace(state, unused, url);
        const here = new URL(view.location.href);
        if (this.isOpening || this.at === sorted(here)) return;
        this.at = sorted(here);
        if (this === this.frames.front) this.frames.onMove(here, name === "pushState");
      };
  }

  /** Until the script has run and its widgets have drawn. @param {string} at  ends when another is asked for */
  async drawn(at) {
    const { document } = this.view,
      began = performance.now(),
      watch = new MutationObserver(() => (hasRun = true));
    let hasRun = false,
      looks = 0; // at a page that is drawn: its last frame may not be on the screen yet
    watch.observe(document, { subtree: true, attributeFilter: ["data-test-script-state"] });
    while (looks < 3 && performance.now() - began < PATIENCE && (at === "" || at === this.at)) {
      await new Promise((done) => setTimeout(done, LOOK));
      const app = document.querySelector("[data-testid=stApp]"),
        isThere = hasRun || (at !== "" && performance.now() - began > SILENCE),
        isDrawn = isThere && app?.getAttribute("data-test-script-state") === "notRunning" && !isBusy(document);
      looks = isDrawn ? looks + 1 : 0;
    }
    watch.disconnect();
  }
}

/** An address by which others are compared: names in the order of the alphabet. @param {URL} url */
function sorted(url) {
  const other = new URL(url.href);
  other.searchParams.sort();
  return other.href;
}

/** Whether something on a page is still on its way: an element of Streamlit's, a widget's script, or what it draws.
 * @param {Document} document */
const isBusy = (document) =>
  document.querySelector("[data-testid=stSkeleton], [data-testid=stAppSkeleton]") !== null ||
  [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")].some(({ shadowRoot }) => {
    const isEmpty = shadowRoot?.querySelector("style") && shadowRoot.childElementCount === 1; // has its style alone
    return isEmpty || shadowRoot?.querySelector('[aria-busy="true"]');
  });
