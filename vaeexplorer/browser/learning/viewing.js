// @ts-check
/**
 * What a training looks like: of each copy of the parameters the codes of the test images, and the decoder for the
 * page; of some the loss on the test images; and the moments that are kept.
 */
import { isCompiled, kernel } from "../kernel/kernel.js";
import { PIXELS } from "../network/choices.js";
import { halves } from "../network/tensors.js";
import { Viewer } from "../network/viewer.js";
import { release } from "./calls.js";
import { decodeAll, decoderOf } from "./pictures.js";

/**
 * @typedef {{step: number, weights: ArrayBuffer | null, codes: Float32Array, logvars: Float32Array | null}} Moment
 * @typedef {Moment & {weights: ArrayBuffer}} KeptMoment
 * @typedef {Moment & {decoder: Float32Array<ArrayBuffer> | null}} Seen
 *   decoder: its parameters, where weights are null; comes back by `reuse`
 * @typedef {{weights: ArrayBuffer, codes: Uint16Array}} Filmed  both in float16
 */

export class Viewing {
  /** @param {import("./calls.js").Report} report */
  constructor(report) {
    this.report = report;
    /** @type {Viewer} */ this.viewer = /** @type {any} */ (null);
    /** @type {MessagePort | null} */ this.trainer = null;
    this.isOver = false;
    this.step = 0;
    this.isCompiled = false;
    /** @type {Float32Array<ArrayBuffer>[]} decoders that came back */ this.free = [];
    /** @type {Map<number, Filmed>} by step */
    this.film = new Map();
  }

  /** @param {import("../network/choices.js").Choices} choices @param {Uint8Array} images  [N * 784]
   * @param {MessagePort} trainer @param {[number, Filmed][]} moments  that were kept before */
  async start(choices, images, trainer, moments) {
    this.trainer = trainer;
    this.film = new Map(moments);
    const arithmetic = await kernel();
    this.isCompiled = isCompiled(arithmetic);
    this.viewer = new Viewer(arithmetic, choices, images);
    if (this.isOver) return;
    trainer.onmessage = ({ data }) => {
      this.look(data);
      trainer.postMessage(data.values, [data.values.buffer]);
    };
  }

  /** @param {import("./training.js").Copy} copy */
  look({ step, values, beta, isTested, film }) {
    const { viewer } = this;
    viewer.use(values);
    this.step = step;
    const { codes, logvars } = viewer.codes();
    if (film) {
      this.film.set(step, { weights: viewer.packed(String(step), true), codes: halves(codes) });
      for (const [known, { weights }] of this.film) {
        if (film.includes(known)) continue;
        this.film.delete(known);
        release(weights);
      }
    }
    const weights = this.isCompiled ? null : viewer.packed(String(step), false); // plain JavaScript decodes one by one
    this.report("moment", { step, weights, decoder: this.isCompiled ? this.decoder() : null, codes, logvars });
    if (isTested) this.report("test", { step, ...viewer.test(beta) });
  }

  /** A copy of the decoder's parameters. */
  decoder() {
    const { values, layout } = this.viewer.model,
      now = values.subarray(...decoderOf(layout)),
      copy = this.free.pop() ?? new Float32Array(now.length);
    copy.set(now);
    return copy;
  }

  /** A moment's decoder that nobody reads any more. @param {Float32Array<ArrayBuffer>} decoder */
  reuse(decoder) {
    this.free.push(decoder);
  }

  end() {
    this.isOver = true;
    this.trainer?.close();
  }

  /** The images at points of the newest copy. @param {Float32Array} zs  [N * D]
   * @returns {Uint8Array<ArrayBuffer>} [N * 784] grey levels */
  decodeAll(zs) {
    const { model, choices } = this.viewer,
      count = zs.length / choices.dim,
      images = new Uint8Array(count * PIXELS);
    for (let from = 0; from < count; from += model.most) {
      const some = decodeAll(model, zs.subarray(from * choices.dim, (from + model.most) * choices.dim));
      model.kernel.bytes(some.byteOffset, model.x, model.rows * PIXELS); // where a batch's images lie
      images.set(model.bytes.subarray(model.x, model.x + some.length), from * PIXELS);
    }
    return images;
  }

  /** The loss on the test images now. @param {number} beta */
  test(beta) {
    return { step: this.step, ...this.viewer.test(beta) };
  }

  /** q(z|x) of an image [784] in [0, 1], by the newest copy. @param {Float32Array} image */
  encode(image) {
    if (image.length !== PIXELS) throw new Error(`An image has 784 pixels, not ${image.length}.`);
    const { mean, logvar } = this.viewer.encode(image);
    return { step: this.step, mean: Array.from(mean), logvar: logvar && Array.from(logvar) };
  }

  /** Codes of other images and the loss on them, by the newest copy. @param {Uint8Array} images  [N * 784]
   * @param {number} beta */
  async measure(images, beta) {
    const other = new Viewer(await kernel(), this.viewer.choices, images);
    other.use(this.viewer.model.values);
    return { step: this.step, ...other.codes(), ...other.test(beta) };
  }

  /** The moments that are kept, by step. @returns {[number, Filmed][]} */
  filmed() {
    return [...this.film];
  }

  /** The kept moment nearest to a step. @param {number} step @returns {KeptMoment | null} */
  momentAt(step) {
    const steps = [...this.film.keys()],
      nearest = steps.reduce((best, at) => (Math.abs(at - step) < Math.abs(best - step) ? at : best), steps[0]),
      kept = this.film.get(nearest);
    if (!kept) return null;
    return { step: nearest, weights: kept.weights.slice(0), codes: Float32Array.from(kept.codes, half), logvars: null };
  }
}

/** A number of float16 bits. @param {number} bits */
function half(bits) {
  const exponent = (bits >> 10) & 31,
    fraction = bits & 1023,
    size = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24;
  return bits & 0x8000 ? -size : size;
}
