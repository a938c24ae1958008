// @ts-check
/**
 * Which moments of a training are kept: at growing intervals, and never more bytes than a budget. When it is full,
 * every second one goes and intervals double.
 *
 * @typedef {{steps: number[], interval: number, ratio: number, next: number}} Stood
 */
import { release } from "./calls.js";

export class Kept {
  /** @param {number} budget  bytes @param {number} interval  steps to the next at least
   * @param {number} ratio  of the next one's step to the last one's, at least */
  constructor(budget, interval, ratio) {
    this.budget = budget;
    this.first = { interval, ratio };
    this.interval = interval;
    this.ratio = ratio;
    this.next = 0;
    /** @type {number[]} */ this.steps = [];
  }

  /** Where it stands. @returns {Stood} */
  get stood() {
    const { steps, interval, ratio, next } = this;
    return { steps, interval, ratio, next };
  }

  /** From the beginning, or from where another stood. @param {Stood} [stood] */
  clear(stood = { ...this.first, next: 0, steps: [] }) {
    Object.assign(this, stood);
  }

  /** None from a step on. @param {number} step */
  forget(step) {
    this.steps = this.steps.filter((each) => each < step);
    this.next = step;
  }

  /** @param {number} step @param {number} size  bytes of each */
  note(step, size) {
    this.steps.push(step);
    if (this.steps.length > 1 && this.steps.length * size > this.budget) {
      const last = this.steps.length - 1;
      this.steps = this.steps.filter((_, index) => (last - index) % 2 === 0);
      this.interval *= 2;
      this.ratio **= 2;
    }
    this.next = Math.max(step + this.interval, Math.ceil(step * this.ratio));
  }
}

/** Full states of a training, at even intervals. */
export class States extends Kept {
  /** @param {number} budget  bytes @param {number} interval  steps */
  constructor(budget, interval) {
    super(budget, interval, 1);
    /** @type {import("../network/trainer.js").State[]} */ this.all = [];
  }

  clear() {
    super.clear();
    this.all = [];
  }

  /** @param {import("../network/trainer.js").State} state */
  add(state) {
    this.note(state.step, 3 * state.values.byteLength);
    const all = [...this.all, state],
      isKept = (/** @type {{step: number}} */ { step }) => this.steps.includes(step);
    for (const { values, m, v } of all.filter((each) => !isKept(each)))
      for (const { buffer } of [values, m, v]) release(buffer);
    this.all = all.filter(isKept);
  }

  /** The newest at or before a step. @param {number} step */
  before(step) {
    return this.all.filter((state) => state.step <= step).at(-1) ?? null;
  }

  /** The same, as a copy. @param {number} step @returns {import("../network/trainer.js").State | null} */
  copyBefore(step) {
    const state = this.before(step);
    return state && { step: state.step, values: state.values.slice(), m: state.m.slice(), v: state.v.slice() };
  }
}
