// @ts-check
/**
 * An autoencoder in the memory of a kernel: images by number go in, q(z|x), reconstruction and its loss come out.
 * A batch is filled up to a multiple of four images; what is computed for the surplus counts nowhere.
 */
import { Room, padded } from "../kernel/memory.js";
import { PIXELS, isLinear, isVariational, layout } from "./choices.js";
import { bytesOf, spread } from "./images.js";

/**
 * @typedef {import("../kernel/exports.js").Kernel} Kernel
 * @typedef {{starts: number, entries: number}} Entries  where the inputs of a layer that are not 0 lie, by row
 */

export const LN_2_PI = 1.8378770664093453;

export class Model {
  /** @param {Kernel} kernel  used for this alone @param {import("./choices.js").Choices} choices
   * @param {number} most  images at a time @param {number} images  how many lie in memory
   * @param {import("./images.js").Bits} [bits]  of a pixel there */
  constructor(kernel, choices, most, images, bits = 8) {
    this.kernel = kernel;
    this.choices = choices;
    this.isVariational = isVariational(choices);
    const { encoder, decoder, width, count } = (this.layout = layout(choices));
    const rows = (this.most = padded(most, 4)),
      room = (this.room = new Room(kernel));
    this.parameters = room.floats(count);
    this.bits = bits;
    this.images = room.bytes(images * bytesOf(bits));
    this.batch = bits === 8 ? this.images : room.bytes(rows * PIXELS); // images at a byte a pixel
    this.numbers = room.floats(rows);
    this.x = room.floats(rows * PIXELS);
    this.y = room.floats(rows * PIXELS);
    /** Of the images, and of a layer behind a ReLU. @type {Entries} */
    this.pixels = this.entriesOf(PIXELS);
    const behind = [...encoder.slice(1), ...decoder].filter(({ isWide }) => isWide);
    this.passed = this.entriesOf(Math.max(0, ...behind.map(({ K }) => K)));
    /** The output of each layer but the decoder's last, and the slope of its activation there. */
    const outputs = (/** @type {import("./choices.js").Layer[]} */ layers) =>
      layers.map(({ N }) => ({ out: room.floats(rows * N), slope: room.floats(rows * N) }));
    this.encoded = outputs(encoder.slice(0, -1));
    this.decoded = outputs(decoder.slice(0, -1));
    this.q = room.floats(rows * (encoder.at(-1)?.N ?? 0));
    this.z = this.isVariational ? room.floats(rows * width) : this.q;
    this.eps = room.floats(rows * width);
    this.sums = room.floats(PIXELS); // of gradients that nobody asked for
    this.rows = this.real = 0; // of the batch, with and without what fills it up
    this.floats = this.values = new Float32Array(0); // of all memory, and of the parameters
    this.integers = new Uint32Array(0);
    this.bytes = new Uint8Array(0);
  }

  /** Room for what of a batch's [rows, K] is not 0. @param {number} K @returns {Entries} */
  entriesOf(K) {
    return { starts: this.room.floats(Math.max(this.most, K) + 1), entries: this.room.bytes(8 * this.most * K) };
  }

  /** Once all has its place. */
  open() {
    this.room.grow();
    const { buffer } = this.kernel.memory;
    this.floats = new Float32Array(buffer);
    this.integers = new Uint32Array(buffer);
    this.bytes = new Uint8Array(buffer);
    this.values = new Float32Array(buffer, this.parameters, this.layout.count);
    this.values.fill(0);
  }

  /** The images of a batch. @param {ArrayLike<number>} numbers */
  load(numbers) {
    this.real = numbers.length;
    this.rows = padded(numbers.length, 4);
    const { integers } = this,
      to = this.numbers / 4;
    for (let i = 0; i < this.rows; i++)
      integers[to + i] = (this.opened(numbers[i < this.real ? i : 0], i) - this.batch) / PIXELS;
    this.kernel.rows(this.batch, this.numbers, this.x, this.pixels.starts, this.pixels.entries, this.rows, PIXELS);
  }

  /** Where an image lies at a byte a pixel. @param {number} number @param {number} row  of the batch
   * @returns {number} its offset */
  opened(number, row) {
    if (this.bits === 8) return this.images + number * PIXELS;
    const to = this.batch + row * PIXELS;
    spread(this.integers, (this.images + number * bytesOf(4)) / 4, this.integers, to / 4);
    return to;
  }

  /** Codes, in place of those of a batch. @param {ArrayLike<number>} zs  [N * D] @param {number} dim */
  place(zs, dim) {
    const { floats, layout } = this,
      count = zs.length / dim;
    this.real = count;
    this.rows = padded(count, 4);
    floats.fill(0, this.z / 4, this.z / 4 + this.rows * layout.width);
    for (let i = 0; i < count; i++)
      for (let d = 0; d < dim; d++) floats[this.z / 4 + i * layout.width + d] = zs[i * dim + d];
  }

  /** Images to the products of the heads. */
  encode() {
    const { kernel, rows, layout, choices } = this;
    let from = this.x;
    layout.encoder.forEach((layer, index) => {
      const { out, slope } = this.encoded[index] ?? { out: this.q, slope: 0 };
      this.multiply(layer, from, out);
      if (slope) kernel[choices.activation](out, this.bias(layer), slope, rows, layer.N);
      else if (!this.isVariational) kernel.none(out, this.bias(layer), 0, rows, layer.N);
      from = out;
    });
  }

  /** Heads to z, by the noise that lies at `eps`. Returns the KL terms' sum, in nats. */
  sample() {
    if (!this.isVariational) return 0;
    const { kernel, layout, choices } = this,
      heads = /** @type {import("./choices.js").Layer} */ (layout.encoder.at(-1));
    this.blank(this.z, layout.width);
    return kernel.sample(this.q, this.bias(heads), this.eps, this.z, this.real, choices.dim, layout.width);
  }

  /** z to the products of the decoder's last layer, at y. */
  decode() {
    const { kernel, rows, choices } = this;
    let from = this.z;
    this.layout.decoder.forEach((layer, index) => {
      const { out, slope } = this.decoded[index] ?? { out: this.y, slope: 0 };
      this.multiply(layer, from, out);
      if (slope) kernel[choices.activation](out, this.bias(layer), slope, rows, layer.N);
      from = out;
    });
  }

  /**
   * The reconstruction terms' sum over the batch, in nats (`objectives.reconstruction`); y becomes `weight` times their
   * gradient.
   * @param {number} weight @param {number} sums  where the gradient by the last bias goes
   */
  loss(weight, sums = this.sums) {
    const { kernel, choices, real } = this,
      { likelihood } = choices,
      bias = this.bias(/** @type {import("./choices.js").Layer} */ (this.layout.decoder.at(-1)));
    if (likelihood === "bernoulli" || likelihood === "continuous-bernoulli") {
      const name = likelihood === "bernoulli" ? "bernoulli" : "continuousBernoulli";
      return kernel[name](this.x, this.y, bias, sums, real, PIXELS, weight);
    }
    const name = isLinear(choices) ? "squared" : "squaredSigmoid",
      half = 1 / (2 * this.variance),
      nats = kernel[name](this.x, this.y, bias, sums, real, PIXELS, weight * half) * half;
    return likelihood === "gaussian" ? nats : nats + 0.5 * real * PIXELS * (this.logVariance + LN_2_PI);
  }

  /** sigma_x^2 of the gaussian likelihoods, fixed or learned. */
  get variance() {
    return this.layout.logVariance === null ? (this.choices.variance ?? 0.5) : this.kernel.exp(this.logVariance);
  }

  get logVariance() {
    return this.values[this.layout.logVariance ?? 0];
  }

  /** @param {import("./choices.js").Layer} layer @param {number} from @param {number} to */
  multiply({ weight, K, N, isWide }, from, to) {
    const at = this.parameters + 4 * weight;
    if (!isWide) return this.kernel.product(from, at, to, this.rows, K, N, K);
    const { starts, entries } = this.nonzero(from, K);
    this.kernel.sparse(starts, entries, at, to, this.rows, K, N, 0);
  }

  /** What of a layer's inputs is not 0. @param {number} from @param {number} K @returns {Entries} */
  nonzero(from, K) {
    if (from === this.x) return this.pixels;
    this.kernel.nonzero(from, this.passed.starts, this.passed.entries, this.rows, K);
    return this.passed;
  }

  /** @param {import("./choices.js").Layer} layer */
  bias({ bias }) {
    return this.parameters + 4 * bias;
  }

  /** The rows that fill up the batch, to 0. @param {number} at @param {number} width */
  blank(at, width) {
    this.floats.fill(0, at / 4 + this.real * width, at / 4 + this.rows * width);
  }

  /** Means and, of a VAE, ln sigma^2 of the batch, once `sample` has run; appended to the lists given.
   * @param {Float32Array} means @param {Float32Array | null} logvars @param {number} start  the first image's number */
  read(means, logvars, start) {
    const { floats } = this,
      { dim } = this.choices,
      { width } = this.layout,
      row = this.isVariational ? 2 * width : width;
    for (let r = 0, from = this.q / 4; r < this.real; r++, from += row)
      for (let d = 0; d < dim; d++) {
        means[(start + r) * dim + d] = floats[from + d];
        if (logvars) logvars[(start + r) * dim + d] = floats[from + width + d];
      }
  }
}
