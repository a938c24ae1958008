// @ts-check
/**
 * A training that runs: in bursts of a few milliseconds, between which messages come in. Ten times a second, and at the
 * steps that are kept or tested, the other side (viewing.js) gets a copy of the parameters.
 *
 * @typedef {{step: number, values: Float32Array<ArrayBuffer>, beta: number, isTested: boolean, film: number[] | null}} Copy
 *   isTested: the loss on the test images is wanted; film: the steps whose moments are kept, where this is one of them
 */
import { isCompiled, kernel } from "../kernel/kernel.js";
import { PIXELS } from "../network/choices.js";
import { Trainer } from "../network/trainer.js";
import { Kept } from "./kept.js";

const BURST = 10, // milliseconds
  PICTURE = 90, // from one to the next, milliseconds
  BUFFERS = 2, // copies under way
  FILM = 24e6, // bytes of moments
  STATES = 34e6; // bytes of full states

export class Training {
  /** @param {import("./calls.js").Report} report */
  constructor(report) {
    this.report = report;
    this.running = false;
    this.limited = Infinity; // no step from here on
    this.pausing = Infinity; // pause before this step
    /** @type {Trainer} */ this.trainer = /** @type {any} */ (null);
    this.turns = new MessageChannel();
    this.turns.port1.onmessage = () => this.work();
    this.isDue = false; // whether a turn is under way
    /** @type {Float32Array<ArrayBuffer>[]} */ this.free = [];
    this.out = 0; // buffers on their way
    /** @type {Map<number, import("../network/trainer.js").State>} */ this.states = new Map();
    this.film = new Kept(FILM, 2, 1.12);
    this.kept = new Kept(STATES, 10, 1);
    this.size = { state: 0, moment: 0 }; // bytes
    this.replayTo = 0;
    /** @type {MessagePort | null} */ this.viewer = null;
    this.since = this.sinceEpoch = nothing();
    this.seconds = 0; // of the epoch
    this.lastPicture = this.lastProgress = 0;
    this.imagesPerSecond = 0;
  }

  /**
   * @param {import("../network/choices.js").Choices} choices @param {Uint8Array} images  [N * 784]
   * @param {{events?: import("../network/dials.js").Event[], state?: import("../network/trainer.js").State | null,
   *          replayTo?: number}} from  no pictures before `replayTo`
   * @param {MessagePort} viewer
   */
  async start(choices, images, { events = [], state = null, replayTo = 0 }, viewer) {
    const arithmetic = await kernel();
    this.trainer = new Trainer(arithmetic, choices, images, events.slice());
    if (state) this.trainer.restore(state);
    this.replayTo = replayTo;
    const { steps, learner } = this.trainer,
      decoder = learner.layout.decoder.reduce((sum, { K, N }) => sum + K * N, 0);
    this.size = { state: 12 * learner.layout.count, moment: 2 * (decoder + 2000 * choices.dim) };
    this.kept = new Kept(STATES, Math.max(10, Math.round(steps / 4)), 1);
    this.viewer = viewer;
    viewer.onmessage = ({ data }) => {
      this.out -= 1;
      this.free.push(data);
    };
    this.rewind();
    return { compiled: isCompiled(arithmetic), steps, end: this.trainer.now.end };
  }

  /** Counts from here on. */
  rewind() {
    this.states.clear();
    this.film.clear();
    this.kept.clear();
    this.since = nothing();
    this.sinceEpoch = nothing();
    this.seconds = 0;
    this.lastProgress = performance.now();
    if (this.isShown) this.picture();
  }

  /** Whether a branch has come to its step. */
  get isShown() {
    return this.trainer.step >= this.replayTo;
  }

  play() {
    this.run(Infinity);
  }

  pause() {
    this.run(this.trainer.step);
  }

  batch() {
    this.run(this.trainer.step + 1);
  }

  epoch() {
    const { step, steps } = this.trainer;
    this.run((Math.floor(step / steps) + 1) * steps);
  }

  /** @param {number} until  a step */
  run(until) {
    this.pausing = until;
    if (!this.running) this.lastProgress = performance.now();
    this.running = true;
    this.turn();
  }

  /** @param {number} step  none from here on, for now */
  limit(step) {
    this.limited = step;
    if (this.running) this.turn();
  }

  reset() {
    this.running = false;
    this.trainer.begin();
    this.rewind();
    this.progress();
  }

  /** @param {"beta" | "rate" | "settle"} name @param {number} value */
  set(name, value) {
    return this.trainer.set(name, value);
  }

  /** Comes back to `work` once messages have had their turn. */
  turn() {
    if (this.isDue) return;
    this.isDue = true;
    this.turns.port2.postMessage(0);
  }

  work() {
    this.isDue = false;
    if (!this.running) return;
    const { trainer } = this,
      start = performance.now();
    while (trainer.step < this.pausing && trainer.step < this.limited && !trainer.done) {
      if (!this.advance()) return;
      if (performance.now() - start > BURST) break;
    }
    const isDone = trainer.done,
      hasPaused = isDone || trainer.step >= this.pausing;
    if (hasPaused) this.running = false;
    if (this.isShown && (hasPaused || performance.now() - this.lastPicture >= PICTURE)) {
      if (hasPaused || this.out < BUFFERS) this.picture();
      this.progress();
    }
    if (isDone) this.report("end", { reason: "done", sentence: "" });
    else if (this.running && trainer.step < this.limited) this.turn();
  }

  /** One step and what follows from it; false where the loss is infinite. */
  advance() {
    const { trainer } = this,
      { step } = trainer;
    if (step > 0 && step >= this.kept.next) this.keep();
    const start = performance.now(),
      sums = trainer.advance();
    this.seconds += (performance.now() - start) / 1000;
    if (!Number.isFinite(sums.reconstruction + sums.kl)) {
      this.diverged(step);
      return false;
    }
    for (const sum of [this.since, this.sinceEpoch])
      for (const name of /** @type {const} */ (["reconstruction", "kl", "images"])) sum[name] += sums[name];
    const isTested = trainer.step % trainer.steps === 0 || trainer.done,
      isKept = trainer.step >= this.film.next && this.isShown;
    if (isTested) this.finish();
    if (isTested || isKept) this.picture(isTested, isKept);
    return true;
  }

  /** An epoch's record. */
  finish() {
    const { trainer } = this,
      { beta } = trainer.dials.at(trainer.step - 1),
      { seconds } = this;
    const epoch = Math.ceil(trainer.step / trainer.steps);
    this.report("epoch", { epoch, step: trainer.step, train: mean(this.sinceEpoch, beta), seconds });
    this.sinceEpoch = nothing();
    this.seconds = 0;
  }

  progress() {
    const { trainer, since } = this,
      { beta, rate, end } = trainer.now,
      seconds = (performance.now() - this.lastProgress) / 1000;
    if (since.images && seconds > 0) this.imagesPerSecond = since.images / seconds;
    const left = (end - trainer.step) * Math.min(trainer.choices.batch, trainer.count);
    this.report("progress", {
      step: trainer.step,
      epoch: trainer.step / trainer.steps,
      train: since.images ? mean(since, beta) : null,
      imagesPerSecond: this.imagesPerSecond,
      secondsLeft: this.imagesPerSecond ? left / this.imagesPerSecond : null,
      beta,
      rate,
      running: this.running,
      replaying: !this.isShown,
    });
    this.since = nothing();
    this.lastProgress = performance.now();
  }

  /** A copy of the parameters for the other side. */
  picture(isTested = false, isKept = this.trainer.step >= this.film.next) {
    const { trainer } = this,
      { values } = trainer.learner,
      copy = this.free.pop() ?? new Float32Array(values.length);
    copy.set(values);
    this.out += 1;
    this.lastPicture = performance.now();
    if (isKept) this.film.add(trainer.step, this.size.moment);
    const { beta } = trainer.dials.at(Math.max(0, trainer.step - 1));
    const film = isKept ? this.film.steps : null;
    this.viewer?.postMessage({ step: trainer.step, values: copy, beta, isTested, film }, [copy.buffer]);
    if (isKept) this.report("kept", { moments: this.film.steps.slice(), states: [...this.states.keys()] });
  }

  /** A full state. */
  keep() {
    this.kept.add(this.trainer.step, this.size.state);
    this.states.set(this.trainer.step, this.trainer.state());
    for (const step of this.states.keys()) if (!this.kept.steps.includes(step)) this.states.delete(step);
    this.report("kept", { moments: this.film.steps.slice(), states: [...this.states.keys()] });
  }

  /** Back to the last state from which training went on. @param {number} step  whose loss is infinite */
  diverged(step) {
    this.running = false;
    const good = [...this.states.keys()].filter((known) => known < step).at(-1);
    if (good === undefined) this.trainer.begin();
    else this.trainer.restore(/** @type {import("../network/trainer.js").State} */ (this.states.get(good)));
    this.since = nothing();
    this.picture();
    const sentence =
      `The loss became infinite at step ${step.toLocaleString("en")}: try a smaller learning rate. ` +
      `The model is back at step ${this.trainer.step.toLocaleString("en")}.`;
    this.report("end", { reason: "diverged", sentence });
  }

  /** The newest full state at or before a step, null for the beginning, which follows from the seed.
   * @param {number} step @returns {import("../network/trainer.js").State | null} a copy */
  stateBefore(step) {
    const known = [...this.states.keys()].filter((at) => at <= step).at(-1),
      state = known === undefined ? null : this.states.get(known);
    return state ? { step: state.step, values: state.values.slice(), m: state.m.slice(), v: state.v.slice() } : null;
  }

  /** What this training is: it replays to the same hash. */
  record() {
    const { trainer } = this;
    return { choices: trainer.choices, events: trainer.events.slice(), steps: trainer.step, hash: trainer.hash };
  }

  end() {
    this.running = false;
    this.turns.port1.close();
    this.viewer?.close();
  }

  tensors() {
    return this.trainer.tensors();
  }
}

/** @returns {{reconstruction: number, kl: number, images: number}} sums over images, in nats */
const nothing = () => ({ reconstruction: 0, kl: 0, images: 0 });

/** @param {{reconstruction: number, kl: number, images: number}} sums @param {number} beta */
function mean({ reconstruction, kl, images }, beta) {
  const [error, spread] = [reconstruction / images, kl / images];
  return { reconstruction: error, kl: spread, total: error + beta * spread };
}
