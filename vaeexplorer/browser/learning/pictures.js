// @ts-check
/** Images that a training's decoder makes of codes, by the kernel. */
import { pixelMean } from "../engine/network.js";
import { PIXELS, isLinear } from "../network/choices.js";
import { Model } from "../network/model.js";

/** The mean images of p(x|z), in [0, 1]. @param {Model} model @param {ArrayLike<number>} zs  [N * D], N at most the
 * model's `most` @returns {Float32Array} [N * 784], the model's own, overwritten by what it does next */
export function decodeAll(model, zs) {
  const { kernel, choices, layout } = model,
    { likelihood, dim } = choices,
    last = /** @type {import("../network/choices.js").Layer} */ (layout.decoder.at(-1));
  model.place(zs, dim);
  model.decode();
  const isLogit = likelihood === "bernoulli" || (likelihood.startsWith("gaussian") && !isLinear(choices));
  kernel[isLogit ? "sigmoid" : "none"](model.y, model.bias(last), 0, model.rows, PIXELS);
  const images = model.floats.subarray(model.y / 4, model.y / 4 + model.real * PIXELS);
  if (!isLogit) pixelMean(images, likelihood);
  return images;
}

/** The decoder of the newest moment beside whoever drags a point: one image at a time. */
export class Newest {
  /** @param {import("../kernel/exports.js").Kernel} kernel  used for this alone
   * @param {import("../network/choices.js").Choices} choices */
  constructor(kernel, choices) {
    this.model = new Model(kernel, choices, 1, 0);
    this.model.open();
    this.isThere = false;
  }

  /** @param {Float32Array} values  of the decoder, which are copied */
  use(values) {
    this.isThere = true;
    this.model.values.set(values, decoderOf(this.model.layout)[0]);
  }

  /** @param {ArrayLike<number>} z  [D]
   * @returns {Float32Array | null} [784] in [0, 1], overwritten by the next call; null before the first moment */
  decode(z) {
    return this.isThere ? decodeAll(this.model, z) : null;
  }
}

/** Where the decoder lies among the parameters: from, and up to. @param {import("../network/choices.js").Layout} layout
 * @returns {[number, number]} */
export function decoderOf({ decoder }) {
  const last = decoder[decoder.length - 1];
  return [decoder[0].weight, last.bias + last.N];
}
