// @ts-check
/**
 * A training, step by step. Choices, images and events decide every bit of it: initial weights, the order of images and
 * the noise follow from the seed, the epoch and the step, and from nothing that ran before. An AE begins with its VAE's
 * weights and sees the images in the same order.
 *
 * @typedef {{step: number, values: Float32Array, m: Float32Array, v: Float32Array}} State
 *   all parameters and Adam's moments, as they lie in memory
 */
import { PIXELS, check, isLinear, place } from "./choices.js";
import { Dials } from "./dials.js";
import { Learner } from "./gradient.js";
import { bytesOf } from "./images.js";
import { NOISE, ORDER, WEIGHTS, keyOf, shuffled, uniform } from "./random.js";
import { tensorsOf } from "./tensors.js";

const LEAST = 0.002; // a pixel's mean is moved to at least this, and to at most 1 less this
const FIRST_LOG_VARIANCE = -3;
/** So that one network's weights are those of another with the same layers. */
const NUMBERS = /** @type {Record<string, number>} */ ({ trunk: 0, mean: 100, logvar: 200, decoder: 300 });

export class Trainer {
  /**
   * @param {import("../kernel/exports.js").Kernel} kernel  used for this alone
   * @param {import("./choices.js").Choices} choices
   * @param {Uint8Array} images  [N * 784 * bits / 8]; the first `choices.images` are learned
   * @param {import("./dials.js").Event[]} [events]  in the order of their steps; grows by `set`
   * @param {import("./images.js").Bits} [bits]  of a pixel (images.js)
   * @throws {Error} choices out of range, in one sentence
   */
  constructor(kernel, choices, images, events = [], bits = 8) {
    check(choices);
    this.choices = choices;
    this.count = Math.min(choices.images, images.length / bytesOf(bits));
    this.steps = Math.ceil(this.count / choices.batch); // an epoch
    this.events = events;
    this.learner = new Learner(kernel, choices, this.count, bits);
    this.learner.bytes.set(images.subarray(0, this.count * bytesOf(bits)), this.learner.images);
    this.dials = new Dials(choices, this.steps, events, kernel.cosine);
    this.step = 0; // how many are done
    this.epoch = -1; // whose order is at hand
    this.order = new Uint32Array(0);
    this.begin();
  }

  /** Back to the first step. */
  begin() {
    const { learner, choices } = this,
      { layout, values } = learner;
    this.step = 0;
    this.epoch = -1;
    this.dials.rewind();
    for (const array of [values, learner.m, learner.v]) array.fill(0);
    for (const layer of [...layout.encoder, ...layout.decoder])
      for (const { name, outputs, column } of layer.parts) {
        const [kind, index] = name.split("."),
          key = keyOf(choices.seed, WEIGHTS, NUMBERS[kind] + Number(index ?? 0)),
          bound = 1 / Math.sqrt(layer.inputs); // of torch's own initialization
        const one = (/** @type {number} */ i) => bound * (2 * uniform(key, i) - 1);
        for (let o = 0; o < outputs; o++) {
          for (let i = 0; i < layer.inputs; i++) values[place(layer, i, column + o)] = one(o * layer.inputs + i);
          values[layer.bias + column + o] = one(outputs * layer.inputs + o);
        }
      }
    if (layout.logVariance !== null) values[layout.logVariance] = FIRST_LOG_VARIANCE;
    this.beginAtMeanImage();
  }

  /** The decoder's last bias, so that it begins at the mean image (`models.begin_at_mean_image`). */
  beginAtMeanImage() {
    const { learner, choices, count } = this,
      { bytes, layout, values } = learner,
      last = /** @type {import("./choices.js").Layer} */ (layout.decoder.at(-1)),
      isMean = choices.likelihood.startsWith("gaussian") && isLinear(choices);
    const sums = new Float64Array(PIXELS);
    for (let i = 0; i < count; i++) {
      const at = learner.opened(i, 0);
      for (let p = 0; p < PIXELS; p++) sums[p] += bytes[at + p];
    }
    for (let p = 0; p < PIXELS; p++) {
      const mean = sums[p] / count / 255,
        inside = Math.min(1 - LEAST, Math.max(LEAST, mean));
      values[last.bias + p] = isMean ? mean : learner.kernel.ln(inside / (1 - inside));
    }
  }

  /** Whether all steps are done. */
  get done() {
    return this.step >= this.now.end;
  }

  /** beta, rate and the number of all steps, as they stand at the next one. */
  get now() {
    return this.dials.at(this.step);
  }

  /** Something changes from the next step on. @param {"beta" | "rate" | "settle"} name @param {number} value
   * @returns {import("./dials.js").Event} */
  set(name, value) {
    const event = { step: this.step, name, value },
      isSame = (/** @type {import("./dials.js").Event} */ { step, name: other }) =>
        step === event.step && other === name;
    const known = this.events.findIndex(isSame),
      next = this.events.findIndex(({ step }) => step > event.step);
    if (known >= 0)
      this.events[known] = event; // a dial that moves on between two steps
    else this.events.splice(next < 0 ? this.events.length : next, 0, event);
    this.dials.rewind();
    return event;
  }

  /** No event from a step on. @param {number} from */
  forget(from) {
    const kept = this.events.filter(({ step }) => step < from);
    this.events.splice(0, this.events.length, ...kept);
  }

  /** One step. @returns {import("./gradient.js").Sums} of its batch, before its weights moved */
  advance() {
    const { choices, learner, steps, step } = this,
      { beta, rate } = this.now,
      epoch = Math.floor(step / steps),
      from = (step % steps) * choices.batch;
    if (epoch !== this.epoch) {
      this.order = shuffled(this.count, keyOf(choices.seed, ORDER, epoch));
      this.epoch = epoch;
    }
    learner.load(this.order.subarray(from, Math.min(this.count, from + choices.batch)));
    if (learner.isVariational)
      learner.kernel.normals(learner.eps, learner.rows * learner.layout.width, keyOf(choices.seed, NOISE, step));
    return learner.learn(beta, ++this.step, rate);
  }

  /** @returns {State} a copy */
  state() {
    const { values, m, v } = this.learner;
    return { step: this.step, values: values.slice(), m: m.slice(), v: v.slice() };
  }

  /** @param {State} state  of the same choices and of the same events before it */
  restore({ step, values, m, v }) {
    this.learner.values.set(values);
    this.learner.m.set(m);
    this.learner.v.set(v);
    this.step = step;
    this.epoch = -1;
    this.dials.rewind();
  }

  /** @returns {import("./tensors.js").Tensors} */
  tensors() {
    return tensorsOf(this.learner.layout, this.learner.values);
  }

  /** 64 bits over all parameters, in hexadecimal: equal for equal bits. */
  get hash() {
    const { values } = this.learner,
      words = new Uint32Array(values.buffer, values.byteOffset, values.length);
    let a = 0x811c9dc5,
      b = 0x9e3779b9;
    for (const word of words) {
      a = Math.imul(a ^ word, 0x01000193);
      b = Math.imul((b << 5) ^ (b >>> 27) ^ word, 0x85ebca6b);
    }
    return [a, b].map((part) => (part >>> 0).toString(16).padStart(8, "0")).join("");
  }
}
