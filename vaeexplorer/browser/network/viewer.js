// @ts-check
/** What a network makes of the test images: their codes, its loss on them, and the decoder for the page. */
import { PIXELS } from "./choices.js";
import { Model } from "./model.js";
import { TEST, keyOf } from "./random.js";
import { packDecoder } from "./tensors.js";

const MOST = 200; // images at a time

export class Viewer {
  /** @param {import("../kernel/exports.js").Kernel} kernel  used for this alone
   * @param {import("./choices.js").Choices} choices @param {Uint8Array} images  [N * 784] */
  constructor(kernel, choices, images) {
    this.choices = choices;
    this.count = images.length / PIXELS;
    this.model = new Model(kernel, choices, Math.min(MOST, this.count), this.count + 1);
    this.model.open();
    this.model.bytes.set(images, this.model.images);
  }

  /** Other parameters, as a trainer has them. @param {Float32Array} values */
  use(values) {
    this.model.values.set(values);
  }

  /** @returns {{codes: Float32Array, logvars: Float32Array | null}} [N * D] each; no logvars of an AE */
  codes() {
    const { model, count, choices } = this,
      codes = new Float32Array(count * choices.dim),
      logvars = model.isVariational ? new Float32Array(count * choices.dim) : null;
    this.batches((start) => {
      model.encode();
      model.sample();
      model.read(codes, logvars, start);
    });
    return { codes, logvars };
  }

  /** The loss on the test images, by noise of their own that is always the same, in nats an image.
   * @param {number} beta @returns {{reconstruction: number, kl: number, total: number}} */
  test(beta) {
    const { model, choices, count } = this;
    let reconstruction = 0,
      kl = 0;
    this.batches((start) => {
      if (model.isVariational)
        model.kernel.normals(model.eps, model.rows * model.layout.width, keyOf(choices.seed, TEST, start));
      model.encode();
      kl += model.sample() / count;
      model.decode();
      reconstruction += model.loss(1) / count;
    });
    return { reconstruction, kl, total: reconstruction + beta * kl };
  }

  /** @param {(start: number) => void} each  with a batch loaded */
  batches(each) {
    for (let start = 0; start < this.count; start += MOST) {
      this.model.load(Array.from({ length: Math.min(MOST, this.count - start) }, (_, i) => start + i));
      each(start);
    }
  }

  /** q(z|x) of an image. @param {ArrayLike<number>} image  [784] in [0, 1]
   * @returns {{mean: Float32Array, logvar: Float32Array | null}} */
  encode(image) {
    const { model, choices, count } = this,
      mean = new Float32Array(choices.dim),
      logvar = model.isVariational ? new Float32Array(choices.dim) : null;
    const to = model.images + count * PIXELS;
    for (let p = 0; p < PIXELS; p++) model.bytes[to + p] = Math.max(0, Math.min(255, 255 * image[p] + 0.5));
    model.load([count]);
    model.encode();
    model.sample();
    model.read(mean, logvar, 0);
    return { mean, logvar };
  }

  /** The decoder, for `engine/network.js`. @param {string} id @param {boolean} isHalf  in float16 */
  packed(id, isHalf) {
    const { model, choices } = this;
    return packDecoder(choices, model.layout, model.values, { id, variance: model.variance, isHalf });
  }
}
