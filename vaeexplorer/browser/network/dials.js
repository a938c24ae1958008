// @ts-check
/**
 * beta and the rate of every step: they follow from the choices, and from what was changed at which step.
 *
 * @typedef {{step: number, name: "beta" | "rate" | "settle", value: number}} Event
 *   applies before that step, counted from 0; settle: the rate falls to almost 0 over so many epochs, and there
 *   training ends
 */

const START = 1 / 25,
  PEAK = 0.3, // the share of the steps after which one-cycle falls
  END = 1e-5;

export class Dials {
  /** @param {import("./choices.js").Choices} choices @param {number} steps  an epoch
   * @param {Event[]} events  in order @param {(turns: number) => number} cosine  of the kernel */
  constructor(choices, steps, events, cosine) {
    this.choices = choices;
    this.steps = steps;
    this.events = events;
    this.cosine = cosine;
    this.next = 0; // of the events
    this.beta = choices.beta;
    this.rate = choices.rate;
    this.end = choices.epochs * steps;
    /** @type {{from: number, rate: number} | null} */ this.settling = null;
  }

  /** To before the first step. */
  rewind() {
    this.next = 0;
    this.beta = this.choices.beta;
    this.rate = this.choices.rate;
    this.end = this.choices.epochs * this.steps;
    this.settling = null;
  }

  /** Steps come in order, or from 0 on again after `rewind`. @param {number} step */
  at(step) {
    for (; this.next < this.events.length && this.events[this.next].step <= step; this.next++) {
      const { name, value, step: from } = this.events[this.next];
      if (name === "beta") this.beta = value;
      if (name === "rate") this.rate = value;
      if (name === "rate" && this.settling) this.settling.rate = value;
      if (name === "settle" && !this.settling) {
        this.settling = { from, rate: this.rateAt(from) };
        this.end = from + Math.max(1, Math.round(value * this.steps));
      }
    }
    const { warmup } = this.choices,
      epoch = Math.floor(step / this.steps) + 1;
    return { beta: this.beta * (warmup ? Math.min(1, epoch / warmup) : 1), rate: this.rateAt(step), end: this.end };
  }

  /** @param {number} step */
  rateAt(step) {
    if (this.settling) {
      const { from, rate } = this.settling;
      return rate * this.curve(1, END, (step - from) / Math.max(1, this.end - 1 - from));
    }
    if (this.choices.schedule === "constant") return this.rate;
    const position = step / Math.max(1, this.end - 1);
    const share =
      position < PEAK ? this.curve(START, 1, position / PEAK) : this.curve(1, END, (position - PEAK) / (1 - PEAK));
    return this.rate * share;
  }

  /** Half a cosine from one value to another. @param {number} from @param {number} to @param {number} position */
  curve(from, to, position) {
    return to + ((from - to) * (1 + this.cosine(Math.min(1, position) / 2))) / 2;
  }
}
