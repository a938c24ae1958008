// @ts-check
/**
 * A training that runs: in bursts of a few milliseconds, between which messages come in. Ten times a second, and at the
 * steps that are kept or tested, the other side (viewing.js) gets a copy of the parameters.
 *
 * @typedef {{step: number, values: Float32Array<ArrayBuffer>, beta: number, isTested: boolean,
 *            film: number[] | null}} Copy
 *   isTested: the loss on the test images is wanted; film: the steps that are kept, where this is one of them
 */
import { isCompiled, kernel } from "../kernel/kernel.js";
import { Sums } from "../network/sums.js";
import { Trainer } from "../network/trainer.js";
import { release } from "./calls.js";
import { Kept, States } from "./kept.js";

const BURST = 10, // milliseconds
  PICTURE = 90, // from one to the next, milliseconds
  BUFFERS = 2, // copies under way, but for those of tests and of the film
  MOST_OUT = 6, // copies under way at all
  FILM = 16e6, // bytes of moments
  STATES = 26e6; // bytes of full states

export class Training {
  /** @param {import("./calls.js").Report} report */
  constructor(report) {
    this.report = report;
    this.running = this.isOver = false;
    this.limited = Infinity; // no step from here on
    this.pausing = Infinity; // pause before this step
    /** @type {Trainer} */ this.trainer = /** @type {any} */ (null);
    this.turns = new MessageChannel();
    this.turns.port1.onmessage = () => this.work();
    this.isDue = false; // whether a turn is under way
    /** @type {Float32Array<ArrayBuffer>[]} */ this.free = [];
    this.out = 0; // buffers on their way
    this.film = new Kept(FILM, 2, 1.12);
    this.states = new States(STATES, 10);
    this.momentSize = this.replayTo = 0; // bytes; a step
    /** @type {MessagePort | null} */ this.viewer = null;
    this.since = this.sinceEpoch = new Sums();
    this.seconds = 0; // of the epoch
    this.lastShown = this.lastProgress = this.imagesPerSecond = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.later = undefined;
  }

  /**
   * @param {import("../network/choices.js").Choices} choices @param {Uint8Array} images  [N * 784 * bits / 8], its own
   * @param {{bits?: import("../network/images.js").Bits, events?: import("../network/dials.js").Event[],
   *          state?: import("../network/trainer.js").State | null, replayTo?: number,
   *          film?: import("./kept.js").Stood}} from  no pictures before `replayTo`
   * @param {MessagePort} viewer
   */
  async start(choices, images, { bits, events = [], state = null, replayTo = 0, film }, viewer) {
    this.viewer = viewer;
    const arithmetic = await kernel();
    this.trainer = new Trainer(arithmetic, choices, images, events.slice(), bits);
    release(images.buffer); // they are in the kernel's memory
    if (state) this.trainer.restore(state);
    this.replayTo = replayTo;
    const { steps, learner } = this.trainer;
    this.momentSize = learner.layout.count + 4000 * choices.dim; // float16 of a decoder, half of all parameters
    this.states = new States(STATES, Math.max(10, Math.round(steps / 4)));
    if (this.isOver) return;
    viewer.onmessage = ({ data }) => {
      this.out -= 1;
      this.free.length < BUFFERS ? this.free.push(data) : release(data.buffer);
      if (this.running) this.turn();
    };
    this.rewind(film);
    if (state) this.states.add(this.trainer.state());
    if (!this.isShown) this.run(replayTo);
    return { compiled: isCompiled(arithmetic), steps, end: this.trainer.now.end };
  }

  /** Counts from here on. @param {import("./kept.js").Stood} [film] */
  rewind(film) {
    this.states.clear();
    this.film.clear(film);
    this.reportKept();
    [this.since, this.sinceEpoch] = [new Sums(), new Sums()];
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
    this.replayTo = 0;
    this.trainer.forget(0);
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
    while (this.mayAdvance) {
      if (!this.advance()) return;
      if (performance.now() - start > BURST) break;
    }
    const isDone = trainer.done;
    if (isDone || trainer.step >= this.pausing) this.running = false;
    if (!this.running) this.show();
    else if (performance.now() - this.lastShown >= PICTURE) this.show();
    else if (!this.mayAdvance) this.showLater();
    if (isDone) this.report("end", { reason: "done", sentence: "" });
    else if (this.running && this.mayAdvance) this.turn();
  }

  /** Not while the other side is far behind: copies would pile up. */
  get mayAdvance() {
    const { trainer } = this;
    return trainer.step < Math.min(this.pausing, this.limited) && !trainer.done && this.out < MOST_OUT;
  }

  /** The picture and the terms of now. */
  show() {
    clearTimeout(this.later);
    this.later = undefined;
    this.lastShown = performance.now();
    if (this.isShown && (!this.running || this.out < BUFFERS)) this.picture();
    this.progress();
  }

  /** Where nothing can be done before something else happens: others may wait for what has been reached. */
  showLater() {
    this.later ??= setTimeout(() => this.running && this.show(), PICTURE - (performance.now() - this.lastShown));
  }

  /** One step and what follows from it; false where the loss is infinite. */
  advance() {
    const { trainer } = this,
      { step } = trainer;
    if (step > 0 && step >= this.states.next) this.keep();
    const start = performance.now(),
      sums = trainer.advance();
    this.seconds += (performance.now() - start) / 1000;
    if (!Number.isFinite(sums.reconstruction + sums.kl)) {
      this.diverged(step);
      return false;
    }
    this.since.add(sums);
    this.sinceEpoch.add(sums);
    if (!this.isShown) return true;
    const isTested = trainer.step % trainer.steps === 0 || trainer.done,
      isKept = trainer.step >= this.film.next;
    if (isTested) this.finish();
    if (isTested || isKept) this.picture(isTested, isKept);
    return true;
  }

  /** An epoch's record. */
  finish() {
    const { trainer, seconds } = this,
      { step } = trainer,
      train = this.sinceEpoch.terms(trainer.dials.at(step - 1).beta);
    this.report("epoch", { epoch: Math.ceil(step / trainer.steps), step, train, seconds });
    this.sinceEpoch = new Sums();
    this.seconds = 0;
  }

  progress() {
    const { trainer, since } = this,
      { beta, rate, end } = trainer.now,
      seconds = (performance.now() - this.lastProgress) / 1000;
    if (since.images && seconds > 0 && this.running) this.imagesPerSecond = since.images / seconds;
    const left = (end - trainer.step) * Math.min(trainer.choices.batch, trainer.count);
    this.report("progress", {
      step: trainer.step,
      epoch: trainer.step / trainer.steps,
      train: since.terms(beta),
      imagesPerSecond: this.imagesPerSecond,
      secondsLeft: this.imagesPerSecond ? left / this.imagesPerSecond : null,
      beta,
      rate,
      running: this.running,
      replaying: !this.isShown,
    });
    this.since = new Sums();
    this.lastProgress = performance.now();
  }

  /** A copy of the parameters for the other side. */
  picture(isTested = false, isKept = this.trainer.step >= this.film.next) {
    const { trainer } = this,
      { values } = trainer.learner,
      copy = this.free.pop() ?? new Float32Array(values.length);
    copy.set(values);
    this.out += 1;
    if (isKept) this.film.note(trainer.step, this.momentSize);
    const { beta } = trainer.dials.at(Math.max(0, trainer.step - 1)),
      film = isKept ? this.film.steps : null;
    this.viewer?.postMessage({ step: trainer.step, values: copy, beta, isTested, film }, [copy.buffer]);
    if (isKept) this.reportKept();
  }

  /** A full state. */
  keep() {
    this.states.add(this.trainer.state());
    this.reportKept();
  }

  reportKept() {
    this.report("kept", { moments: this.film.steps.slice(), states: this.states.steps.slice() });
  }

  /** Back to the last state from which training went on. @param {number} step  whose loss is infinite */
  diverged(step) {
    this.running = false;
    const good = this.states.before(step - 1);
    this.trainer.forget(good?.step ?? 0);
    if (good) this.trainer.restore(good);
    else this.trainer.begin();
    this.film.forget(this.trainer.step);
    [this.since, this.sinceEpoch] = [new Sums(), new Sums()];
    this.picture();
    this.progress();
    const sentence =
      `The loss became infinite at step ${step.toLocaleString("en")}: try a smaller learning rate. ` +
      `The model is back at step ${this.trainer.step.toLocaleString("en")}.`;
    this.report("end", { reason: "diverged", sentence });
  }

  /** The newest full state at or before a step; null: the beginning, by the seed. @param {number} step */
  stateBefore(step) {
    return this.states.copyBefore(step);
  }

  /** Where the film stands, for `start`; a branch from now on will replay nothing. */
  filmed() {
    if (this.trainer.step) this.keep();
    return this.film.stood;
  }

  /** What this training is: it replays to the same hash. */
  record() {
    const { trainer } = this;
    return { choices: trainer.choices, events: trainer.events.slice(), steps: trainer.step, hash: trainer.hash };
  }

  end() {
    this.running = false;
    this.isOver = true;
    clearTimeout(this.later);
    this.turns.port1.close();
    this.viewer?.close();
  }

  tensors() {
    return this.trainer.tensors();
  }
}
