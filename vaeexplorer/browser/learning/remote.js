// @ts-check
/**
 * A training on the server, with the face of a `Session` (session.js): its moments come as bytes, several a second, and
 * whoever looks at it sees the same. What it is asked for, it does for all of them.
 *
 * @typedef {import("./session.js").Handlers} Handlers
 * @typedef {import("./session.js").Moment} Moment
 * @typedef {import("./session.js").Terms} Terms
 * @typedef {"waiting" | "starting" | "running" | "paused" | "stopped" | "done" | "failed" | "interrupted"} State
 * @typedef {{state: State, isResumable: boolean, sentence: string, step: number, epochs: number, perEpoch: number,
 *            images: number, beta: number, rate: number, imagesPerSecond: number, secondsLeft: number | null,
 *            moment: string | null, kept: [number, string][], events: import("./session.js").Event[],
 *            points: {step: number, train: Terms | null, test: Terms | null}[]}} Now
 *   as `app/server/served/trainings.py` describes it; points: of the curves, those that came since
 * @typedef {(now: Now) => void} Told
 */
import { Unpacker } from "../engine/packed.js";

const PACE = { running: 120, starting: 150, hidden: 2000, resting: 1000 }; // ms between two questions
const TURNS = 150; // ms between two values of a dial that is dragged

export class RemoteSession {
  /** @param {string} at  the address below which it is found @param {string} token  of the page
   * @param {Handlers} handlers @param {Told} told  how it stands, before the handlers hear of it */
  constructor(at, token, handlers, told) {
    this.at = at;
    this.token = token;
    this.handlers = handlers;
    this.told = told;
    /** @type {Now | null} */ this.now = null;
    /** @type {(Terms & {step: number}) | null} */ this.test = null;
    this.after = -1; // the last point
    this.shown = ""; // moment
    this.isOver = this.isHidden = false;
    /** @type {Map<string, number>} dials that were turned and not sent yet */ this.turned = new Map();
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.timer = undefined;
    this.ready = this.follow();
  }

  /** Asks on and on. */
  async follow() {
    while (!this.isOver) {
      let pace = PACE.resting;
      try {
        const now = /** @type {Now} */ (await (await this.get(`now?after=${this.after}`)).json());
        if (this.isOver) return;
        this.hear(now);
        if (now.moment && now.moment !== this.shown && !this.isHidden) {
          const moment = await this.moment(now.moment);
          if (this.isOver) return;
          this.shown = now.moment;
          this.handlers.onMoment?.(moment);
        }
        pace = this.isHidden ? PACE.hidden : now.state === "running" ? PACE.running : PACE.resting;
        if (now.state === "starting" || now.state === "waiting") pace = PACE.starting;
      } catch (error) {
        if (this.isOver) return;
        this.handlers.onEnd?.("trouble", error instanceof Error ? error.message : String(error));
      }
      await new Promise((resolve) => {
        this.hurry = resolve;
        this.timer = setTimeout(resolve, pace);
      });
    }
  }

  /** @param {Now} now */
  hear(now) {
    const before = this.now?.state;
    this.now = now;
    this.told(now);
    const { step, beta, rate, imagesPerSecond, secondsLeft, perEpoch } = now;
    const progress = { step, epoch: step / (perEpoch || 1), train: null, imagesPerSecond, secondsLeft, beta, rate };
    const more = { running: now.state === "running", replaying: false };
    for (const point of now.points) {
      this.after = point.step;
      if (point.test) this.test = { ...point.test, step: point.step };
      this.handlers.onProgress?.({ ...progress, ...more, step: point.step, train: point.train, test: this.test });
    }
    this.handlers.onProgress?.({ ...progress, ...more, test: this.test });
    if (now.state === before || !["stopped", "done", "failed", "interrupted"].includes(now.state)) return;
    const isBack = now.step < this.after; // where its loss became infinite, it forgot what followed the last epoch
    if (isBack) this.after = now.step;
    if (isBack && this.test && this.test.step > now.step) this.test = null;
    const isTrouble = now.state === "failed" || now.state === "interrupted";
    this.handlers.onEnd?.(isTrouble ? (isBack ? "diverged" : "trouble") : "done", now.sentence);
  }

  /** @param {string} file @returns {Promise<Moment>} */
  async moment(file) {
    const packed = new Unpacker(await (await this.get(file)).arrayBuffer(), "moment", "moment"),
      { step, count, dim, network, logvar } = packed.header,
      weights = packed.take(network),
      codes = packed.floats(count * dim, "<f2"),
      logvars = logvar ? packed.floats(count * dim, "<f2") : null;
    packed.end();
    return { step, weights, codes, logvars };
  }

  /** @param {string} what @returns {Promise<Response>} */
  async get(what) {
    let response;
    try {
      response = await fetch(new URL(this.at + what, document.baseURI));
    } catch {
      throw new Error("The server cannot be reached; it is asked again.");
    }
    if (!response.ok) throw new Error(await response.text());
    return response;
  }

  /** Has everybody's training do something. @param {"pause" | "resume" | "stop" | "kill" | "steer"} what
   * @param {{name?: string, value?: number}} [how] */
  async request(what, how = {}) {
    const headers = { "Content-Type": "application/octet-stream", "X-Vaeexplorer-Token": this.token };
    const body = JSON.stringify({ do: what, ...how });
    const response = await fetch(new URL(`${this.at}ask`, document.baseURI), { method: "POST", headers, body });
    if (!response.ok) throw new Error(await response.text());
    clearTimeout(this.timer);
    this.hurry?.(undefined); // and see what came of it
  }

  /** A dial; of values that follow each other closely the last one is sent. @param {string} name
   * @param {number} value */
  set(name, value) {
    const isFirst = this.turned.size === 0;
    this.turned.set(name, value);
    if (!isFirst) return;
    setTimeout(() => {
      const all = [...this.turned];
      this.turned.clear();
      for (const [dial, to] of all)
        this.request("steer", { name: dial, value: to }).catch((error) =>
          this.handlers.onEnd?.("trouble", error.message),
        );
    }, TURNS);
  }

  /** Looking back does not stop what others see. */
  pause() {}
  play() {}
  /** @param {number} _step */
  limit(_step) {}

  /** Nothing is drawn that nobody sees. @param {boolean} isHidden */
  hide(isHidden) {
    this.isHidden = isHidden;
    if (isHidden) return;
    clearTimeout(this.timer);
    this.hurry?.(undefined);
  }

  end() {
    this.isOver = true;
    clearTimeout(this.timer);
    this.hurry?.(undefined);
  }

  moments() {
    return (this.now?.kept ?? []).map(([step]) => step);
  }

  /** The kept moment nearest to a step. @param {number} step @returns {Promise<Moment | null>} */
  async momentAt(step) {
    const kept = this.now?.kept ?? [];
    if (!kept.length) return null;
    const [, file] = kept.reduce((best, each) => (Math.abs(each[0] - step) < Math.abs(best[0] - step) ? each : best));
    return this.moment(file);
  }

  /** Of an image that is drawn: the encoder stays on the server. @returns {Promise<never>} */
  async encode() {
    throw new Error("A training on the server encodes its own images alone.");
  }

  /** The newest loss on test images. */
  async testNow() {
    if (!this.test) throw new Error("It was not tested yet.");
    return this.test;
  }
}
