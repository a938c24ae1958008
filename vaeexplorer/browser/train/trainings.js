// @ts-check
/**
 * The trainings of a page: one, or two in a race, and all that can be done to them. What is seen of them is train.js.
 *
 * @typedef {import("../record/choices.js").Choices} Choices
 * @typedef {import("../learning/session.js").Branch} Branch
 * @typedef {{name: string, train: string, every: string | null, test: string, sprite: string, hash: string,
 *            testHash: string, testSource: string, counts: number[], shipped: number, classes: string[],
 *            colors: string[]}} ImageSet
 *   train: address of the shipped training images; every: of all, where the server has them; test: of the shown test
 *   images and the labels of all; sprite: of the sheet of all test images; hash: of the training images
 * @typedef {{waits(urls: string[]): void, staged(): void, progressed(): void, advanced(lane: Lane): void,
 *            failed(sentence: string): void, chosen(): void}} Watched
 *   waits: images are fetched; staged: there are other trainings; progressed: their figures are others; advanced: a
 *   training has another moment; chosen: an address should hold the choices
 */
import { Latest, fetchOnce } from "../engine/fetch.js";
import { unpackBytes, unpackImages } from "../learning/images.js";
import { DEFAULTS } from "../record/choices.js";
import { Lane } from "../record/lane.js";
import { RACES } from "../record/races.js";

const SLACK = 12, // steps by which one of two may be ahead
  RACE = 10; // epochs at the most
const SETTLING = 2; // epochs

export class Trainings {
  /** @param {Watched} watched */
  constructor(watched) {
    this.watched = watched;
    /** @type {Record<string, ImageSet>} */ this.sets = {};
    /** @type {Choices} */ this.choices = { ...DEFAULTS };
    /** @type {Lane[]} */ this.lanes = [];
    this.kind = ""; // of the race
    this.latest = new Latest();
    this.wasRunning = false; // when the tab was hidden
  }

  /** New ones, untrained, in place of those there are.
   * @param {Choices[]} all @param {{from?: Partial<Branch>[], kind?: string, starts?: boolean}} [how] */
  begin(all, { from = [], kind = "", starts = false } = {}) {
    const set = this.sets[all[0].dataset],
      most = Math.max(...set.counts),
      choices = all.map((each) => ({ ...each, images: Math.min(each.images, most) })),
      url = choices[0].images > set.shipped && set.every ? set.every : set.train;
    this.choices = choices[0];
    this.watched.waits([url, set.test]);
    this.latest.ask(
      () => Promise.all([fetchOnce(url, unpackImages), fetchOnce(set.test, unpackBytes)]),
      ([train, test]) => {
        for (const lane of this.lanes) lane.end();
        const images = { train: train.images, bits: train.bits, test: test.images, labels: test.labels };
        this.kind = kind;
        this.lanes = choices.map((each, k) => new Lane(each, images, this.watch, from[k]));
        this.stage();
        if (starts) this.play();
      },
      (error) => this.watched.failed(`The images could not be loaded. ${error.message}`),
    );
  }

  stage() {
    for (const lane of this.lanes) lane.session?.limit(this.isRace ? SLACK : Infinity);
    this.watched.staged();
  }

  /** What a page left. @param {Choices} choices @param {Lane[]} lanes @param {string} kind */
  async resume(choices, lanes, kind) {
    Object.assign(this, { choices, lanes, kind });
    for (const lane of lanes) lane.watch = this.watch;
    await Promise.all(lanes.map((lane) => lane.wake()));
    if (this.lanes === lanes && lanes.every(({ session }) => session)) this.stage(); // it was not left meanwhile
  }

  /** Lanes report here. */
  get watch() {
    return {
      moment: (/** @type {Lane} */ lane) => this.watched.advanced(lane),
      progress: (/** @type {Lane} */ lane) => {
        if (!this.lanes.includes(lane)) return;
        if (this.isRace) for (const each of this.lanes) each.session?.limit(this.step + SLACK); // the faster one waits
        this.watched.progressed();
      },
      end: (/** @type {Lane} */ lane) => {
        if (lane.sentence) for (const other of this.lanes) other.session?.pause();
        if (lane.sentence) this.watched.failed(lane.sentence);
        this.watched.progressed();
      },
    };
  }

  get isRace() {
    return this.lanes.length > 1;
  }
  get first() {
    return this.lanes[0];
  }
  /** The one that the sliders turn: in a race the right one. */
  get steered() {
    return this.lanes[this.lanes.length - 1];
  }
  get running() {
    return this.lanes.some(({ running }) => running);
  }
  get isOver() {
    return this.lanes.length > 0 && this.lanes.every(({ isOver }) => isOver);
  }
  /** How far all have come. */
  get step() {
    return this.lanes.length ? Math.min(...this.lanes.map(({ step }) => step)) : 0;
  }
  /** Steps of the film. */
  get moments() {
    return this.first?.session?.moments() ?? [];
  }

  play() {
    for (const lane of this.lanes) {
      lane.isOver = false;
      lane.play();
    }
  }

  pause() {
    for (const lane of this.lanes) lane.session?.pause();
  }

  batch() {
    for (const lane of this.lanes) {
      lane.lookNow();
      lane.session?.batch();
    }
  }

  epoch() {
    for (const lane of this.lanes) {
      lane.lookNow();
      lane.session?.epoch();
    }
  }

  /** Back to untrained networks. */
  reset(starts = false) {
    const all = this.lanes.map(({ choices }) => choices);
    if (all.length) this.begin(all, { kind: this.kind, starts });
  }

  /** The rate falls to 0, and training ends. */
  settle() {
    for (const lane of this.lanes) lane.set("settle", SETTLING);
    this.play();
    void this.share();
  }

  /** Another training, from the start. @param {Partial<Choices>} changes @param {boolean} [starts] */
  choose(changes, starts = this.running) {
    const choices = { ...this.choices, ...changes },
      set = this.sets[choices.dataset];
    if (changes.dataset) choices.images = set.shipped;
    this.begin([choices], { starts });
    this.watched.chosen();
  }

  /** A slider, which acts while it learns: from the next batch on.
   * @param {"beta" | "rate"} name @param {number} value @param {boolean} isDone  it was let go */
  steer(name, value, isDone) {
    const turned = name === "beta" ? [this.steered] : this.lanes;
    if (this.step) {
      if (isDone) void this.share();
      else for (const lane of turned) lane.set(name, value);
      return this.watched.progressed();
    }
    if (!isDone) return;
    const all = this.lanes.map((lane) => (turned.includes(lane) ? { ...lane.choices, [name]: value } : lane.choices));
    this.begin(all, { kind: this.kind, starts: this.running });
    if (!this.isRace) this.watched.chosen();
  }

  /** Looks back. @param {number | null} step  null: at now */
  seek(step) {
    for (const lane of this.lanes) {
      if (step === null) lane.lookNow();
      else void lane.lookAt(step);
    }
    this.watched.progressed();
  }

  /** From what is shown on, beside the same without a change. @param {"beta" | "rate"} name @param {number} value */
  async branch(name, value) {
    const { session, shownStep: at } = this.first;
    if (!session) return;
    const from = await Promise.all([session.branch(at, {}), session.branch(at, { [name]: value })]);
    this.begin(
      from.map(({ choices }) => choices),
      { from, kind: "branch" },
    );
  }

  /** @param {string} kind */
  race(kind) {
    const base = { ...this.choices, reduction: DEFAULTS.reduction, epochs: Math.min(this.choices.epochs, RACE) };
    if (base.model.startsWith("linear")) base.likelihood = DEFAULTS.likelihood;
    this.begin(
      RACES[kind].of.map((changes) => ({ ...base, ...changes })),
      { kind, starts: true },
    );
  }

  /** The left one stays. */
  endRace() {
    const [kept, ...others] = this.lanes;
    for (const lane of others) lane.end();
    this.lanes = [kept];
    this.choices = kept.choices;
    this.kind = "";
    this.stage();
  }

  /** Has every change at its very step, as a replay needs it. */
  async share() {
    const { first: lane } = this,
      record = await lane?.session?.record();
    if (!record || lane !== this.first || this.isRace) return;
    lane.events = record.events;
    this.watched.chosen();
    this.watched.progressed(); // marks, also where nothing runs
  }

  /** A tab that nobody sees does not train. @param {boolean} isHidden */
  hide(isHidden) {
    if (isHidden) {
      this.wasRunning = this.running;
      this.pause();
    } else if (this.wasRunning) this.play();
  }

  /** Workers end; what was learned stays. */
  rest() {
    this.latest.stop();
    for (const lane of this.lanes) lane.rest();
  }
}
