// @ts-check
/** The gradient of what a step minimises, by every parameter, and Adam's step along it. */
import { PIXELS, termWeights } from "./choices.js";
import { LN_2_PI, Model } from "./model.js";

/** @typedef {{reconstruction: number, kl: number, images: number}} Sums  of a batch, in nats */

const FIRST_DECAY = 0.9,
  SECOND_DECAY = 0.999;

export class Learner extends Model {
  /** @param {import("../kernel/exports.js").Kernel} kernel @param {import("./choices.js").Choices} choices
   * @param {number} images  how many lie in memory */
  constructor(kernel, choices, images) {
    super(kernel, choices, choices.batch, images);
    const { room, layout, most } = this,
      layers = [...layout.encoder, ...layout.decoder];
    this.gradients = room.floats(layout.count);
    this.first = room.floats(layout.count); // moments, by Adam
    this.second = room.floats(layout.count);
    this.columnStarts = room.floats(PIXELS + 1);
    this.columnEntries = room.bytes(8 * most * PIXELS);
    const widest = Math.max(...layers.map(({ K }) => K));
    this.columns = room.floats(most * widest);
    this.packed = room.floats(Math.max(...layers.map(({ K, N }) => Math.max(K * N, most * K, most * N))));
    this.dz = this.isVariational ? room.floats(most * layout.width) : this.z;
    this.open();
    const view = (/** @type {number} */ at) => new Float32Array(kernel.memory.buffer, at, layout.count).fill(0);
    this.slope = view(this.gradients);
    this.m = view(this.first);
    this.v = view(this.second);
  }

  /**
   * Gradients of the batch that `load` brought, by the noise at `eps`.
   * @param {number} beta
   * @param {(from: number, count: number) => void} [finish]  is told of parameters, by where they lie, as soon as
   *   nothing needs them any more: what is done with them then finds them in the processor's cache
   * @returns {Sums}
   */
  differentiate(beta, finish = () => {}) {
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
      finish(layout.logVariance, 4);
    }
    this.blank(this.y, PIXELS);
    let g = this.y;
    for (let k = last; k >= 0; k--) {
      const before = this.decoded[k - 1];
      this.weigh(decoder[k], before?.out ?? this.z, g);
      g = this.backward(decoder[k], g, before?.out ?? this.dz);
      finish(decoder[k].weight, size(decoder[k]));
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
      this.weigh(encoder[k], before?.out ?? this.x, g);
      if (before) g = this.backward(encoder[k], g, before.out);
      finish(encoder[k].weight, size(encoder[k]));
      if (before) kernel.back(g, before.slope, this.by(encoder[k - 1]), rows, encoder[k - 1].N);
    }
    return { reconstruction, kl, images: real };
  }

  /** d/d ln sigma_x^2 of (|x - x'|^2 / sigma_x^2 + 784 ln sigma_x^2) / 2, where that comes to so many nats.
   * @param {number} nats @param {number} weight */
  differentiateVariance(nats, weight) {
    const constant = 0.5 * this.real * PIXELS * (this.logVariance + LN_2_PI);
    this.slope[this.layout.logVariance ?? 0] = weight * (0.5 * this.real * PIXELS - (nats - constant));
  }

  /** The gradient by a layer's weights: its inputs, transposed, times the gradient by its outputs.
   * @param {import("./choices.js").Layer} layer @param {number} from @param {number} g */
  weigh({ weight, K, N, isWide }, from, g) {
    const { kernel, rows, packed } = this,
      to = this.gradients + 4 * weight;
    if (isWide) {
      kernel.columns(this.starts, this.entries, this.columnStarts, this.columnEntries, rows, K);
      kernel.packWide(g, packed, rows, N);
      kernel.sparse(this.columnStarts, this.columnEntries, packed, to, K, rows, N, 1);
    } else {
      kernel.pack(g, packed, rows, N);
      kernel.productT(from, packed, to, K, rows, N, this.columns);
    }
  }

  /** The gradient by a layer's inputs, in the place of what is not needed any more.
   * @param {import("./choices.js").Layer} layer @param {number} g @param {number} to */
  backward({ weight, K, N }, g, to) {
    this.kernel.turn(this.parameters + 4 * weight, this.packed, K, N);
    this.kernel.product(g, this.packed, to, this.rows, N, K, N);
    return to;
  }

  /** Where the gradient by a layer's bias goes. @param {import("./choices.js").Layer} layer */
  by({ bias }) {
    return this.gradients + 4 * bias;
  }

  /** Gradients, and Adam's step number t, from 1 on. @param {number} beta @param {number} t @param {number} rate */
  learn(beta, t, rate) {
    const step = rate / (1 - power(FIRST_DECAY, t)),
      correction = 1 / Math.sqrt(1 - power(SECOND_DECAY, t)),
      arrays = [this.parameters, this.gradients, this.first, this.second];
    return this.differentiate(beta, (from, count) => {
      const [x, g, m, v] = arrays.map((at) => at + 4 * from);
      this.kernel.adam(x, g, m, v, count, step, correction);
    });
  }
}

/** Numbers of a layer, weights and biases. @param {import("./choices.js").Layer} layer */
const size = ({ K, N }) => (K + 1) * N;

/** By products alone, which are the same in every browser. @param {number} base @param {number} exponent */
function power(base, exponent) {
  let result = 1;
  for (let rest = exponent, square = base; rest > 0; rest = Math.floor(rest / 2), square *= square)
    if (rest % 2) result *= square;
  return result;
}
