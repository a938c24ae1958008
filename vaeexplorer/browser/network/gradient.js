// @ts-check
/** The gradient of what a step minimises, by every parameter, and Adam's step along it. */
import { PIXELS, termWeights } from "./choices.js";
import { LN_2_PI, Model } from "./model.js";

/** @typedef {{reconstruction: number, kl: number, images: number}} Sums  of a batch, in nats */

const FIRST_DECAY = 0.9,
  SECOND_DECAY = 0.999;
const PANEL = 8, // columns of weights that lie side by side
  WIDE = 16; // the same of layers with many inputs of 0

export class Learner extends Model {
  /** @param {import("../kernel/exports.js").Kernel} kernel @param {import("./choices.js").Choices} choices
   * @param {number} images  how many lie in memory @param {import("./images.js").Bits} [bits]  of a pixel there */
  constructor(kernel, choices, images, bits) {
    super(kernel, choices, choices.batch, images, bits);
    const { room, layout, most } = this,
      layers = [...layout.encoder, ...layout.decoder];
    this.gradients = room.floats(layout.count);
    this.first = room.floats(layout.count); // moments, by Adam
    this.second = room.floats(layout.count);
    const widest = Math.max(...layers.map(({ K }) => K));
    this.byColumn = this.entriesOf(widest);
    this.columns = room.floats(most * widest);
    this.packed = room.floats(Math.max(...layers.map(({ K, N }) => Math.max(K * N, most * N))));
    this.dz = this.isVariational ? room.floats(most * layout.width) : this.z;
    this.open();
    const view = (/** @type {number} */ at) => new Float32Array(kernel.memory.buffer, at, layout.count);
    this.slope = view(this.gradients);
    this.m = view(this.first).fill(0);
    this.v = view(this.second).fill(0);
  }

  /**
   * Gradients of the batch that `load` brought, by the noise at `eps`.
   * @param {number} beta
   * @param {(from: number, count: number, gradient: number) => void} [finish]  is given the gradient by `count`
   *   parameters from number `from` on, by its offset, once nothing needs these parameters any more. It comes in
   *   pieces that the processor's cache holds, each in the place of the one before. Without it, all are at `slope`.
   * @returns {Sums}
   */
  differentiate(beta, finish) {
    const { kernel, layout, real, rows } = this,
      weights = termWeights(this.choices, real),
      { encoder, decoder, width } = layout,
      last = decoder.length - 1;
    this.encode();
    const kl = this.sample();
    this.decode();
    const reconstruction = this.loss(weights.reconstruction, this.by(decoder[last]));
    if (layout.logVariance !== null) {
      this.differentiateVariance(reconstruction, weights.reconstruction);
      finish?.(layout.logVariance, 4, this.gradients + 4 * layout.logVariance);
    }
    this.blank(this.y, PIXELS);
    let g = this.y;
    for (let k = last; k >= 0; k--) {
      const before = this.decoded[k - 1],
        to = before?.out ?? this.dz;
      this.passBack(decoder[k], before?.out ?? this.z, g, to, finish);
      g = to;
      if (before) kernel.back(g, before.slope, this.by(decoder[k - 1]), rows, decoder[k - 1].N);
    }
    g = this.q;
    const heads = encoder.length - 1;
    if (this.isVariational) {
      kernel.sampleBack(this.q, this.eps, this.dz, real, this.choices.dim, width, beta * weights.kl);
      this.blank(this.q, 2 * width);
    }
    kernel.sum(g, this.by(encoder[heads]), rows, encoder[heads].N);
    for (let k = heads; k >= 0; k--) {
      const before = this.encoded[k - 1];
      this.passBack(encoder[k], before?.out ?? this.x, g, before?.out ?? null, finish);
      if (!before) break;
      g = before.out;
      kernel.back(g, before.slope, this.by(encoder[k - 1]), rows, encoder[k - 1].N);
    }
    return { reconstruction, kl, images: real };
  }

  /** d/d ln sigma_x^2 of (|x - x'|^2 / sigma_x^2 + 784 ln sigma_x^2) / 2, where that comes to so many nats.
   * @param {number} nats @param {number} weight */
  differentiateVariance(nats, weight) {
    const constant = 0.5 * this.real * PIXELS * (this.logVariance + LN_2_PI);
    this.slope[this.layout.logVariance ?? 0] = weight * (0.5 * this.real * PIXELS - (nats - constant));
  }

  /**
   * The gradient g by a layer's outputs to that by its inputs, which may take their place, and by its weights: the
   * inputs, transposed, times g.
   * @param {import("./choices.js").Layer} layer @param {number} from  its inputs @param {number} g
   * @param {number | null} to  where the gradient by the inputs goes; null: nobody needs it
   * @param {Parameters<Learner["differentiate"]>[1]} finish
   */
  passBack({ weight, bias, K, N, isWide }, from, g, to, finish) {
    const { kernel, rows, packed, columns, byColumn, gradients } = this;
    if (isWide) {
      const { starts, entries } = this.nonzero(from, K);
      kernel.columns(starts, entries, byColumn.starts, byColumn.entries, rows, K);
    } else kernel.pack(from, columns, rows, K, 4);
    if (to !== null) {
      kernel.turn(this.parameters + 4 * weight, packed, K, N, Number(isWide));
      kernel.product(g, packed, to, rows, N, K, N);
    }
    kernel.pack(g, packed, rows, N, isWide ? WIDE : PANEL);
    for (let n = 0, width = isWide ? WIDE : PANEL; n < N; n += width) {
      if (n + width > N) width = PANEL;
      const first = weight + n * K,
        into = finish ? gradients : gradients + 4 * first,
        panel = packed + 4 * n * rows;
      if (isWide) kernel.sparse(byColumn.starts, byColumn.entries, panel, into, K, rows, width, 1);
      else kernel.productT(columns, panel, into, K, rows, width);
      finish?.(first, width * K, into);
    }
    finish?.(bias, N, gradients + 4 * bias);
  }

  /** Where the gradient by a layer's bias goes. @param {import("./choices.js").Layer} layer */
  by({ bias }) {
    return this.gradients + 4 * bias;
  }

  /** Gradients, and Adam's step number t, from 1 on. @param {number} beta @param {number} t @param {number} rate */
  learn(beta, t, rate) {
    const { kernel, parameters, first, second } = this,
      step = rate / (1 - power(FIRST_DECAY, t)),
      correction = 1 / Math.sqrt(1 - power(SECOND_DECAY, t));
    return this.differentiate(beta, (from, count, gradient) => {
      const at = 4 * from;
      kernel.adam(parameters + at, gradient, first + at, second + at, count, step, correction);
    });
  }
}

/** By products alone, which are the same in every browser. @param {number} base @param {number} exponent */
function power(base, exponent) {
  let result = 1;
  for (let rest = exponent, square = base; rest > 0; rest = Math.floor(rest / 2), square *= square)
    if (rest % 2) result *= square;
  return result;
}
