// @ts-check
/**
 * What a training is asked for, and the layers that follow from it: as `network/architecture.py` and `config.py` have
 * them, for dense networks.
 *
 * @typedef {"bernoulli" | "continuous-bernoulli" | "gaussian" | "gaussian-learned"} Likelihood
 * @typedef {{pixels?: "sum" | "mean", dims?: "sum" | "mean", batch?: "sum" | "mean"}} Reduction
 *   of the reconstruction over pixels, of the KL term over dimensions, of both over the batch
 * @typedef {{
 *   dataset: string, model: "ae" | "vae" | "linear-ae" | "linear-vae", dim: number, widths: number[],
 *   activation: "silu" | "relu" | "tanh", likelihood: Likelihood, variance?: number,
 *   beta: number, warmup: number, rate: number, schedule: "constant" | "one-cycle",
 *   epochs: number, batch: number, seed: number, images: number, reduction?: Reduction}} Choices
 *   widths: of the encoder, mirrored in the decoder, none of a linear model; variance: of the gaussian likelihood's
 *   pixels, 1/2 unless given; warmup: epochs over which beta rises from 0; rate: Adam's largest step size; images: how
 *   many of the training set; reduction: sums over pixels and dimensions and a mean over the batch unless given, which
 *   is the ELBO
 * @typedef {{inputs: number, outputs: number, K: number, N: number, weight: number, bias: number, isWide: boolean,
 *            parts: {name: string, outputs: number, column: number}[]}} Layer
 *   inputs, outputs: what the network has; K, N: padded for the kernel; weight, bias: where they begin among the
 *   parameters, in numbers; isWide: many inputs are 0 and are left out, and the weights lie in panels of 16 columns;
 *   parts: torch's layers within this one
 * @typedef {{encoder: Layer[], decoder: Layer[], width: number, count: number, logVariance: number | null}} Layout
 *   encoder: the last of it are the heads; width: of z, padded; count: of all parameters, padded; logVariance: where
 *   the learned ln sigma_x^2 lies
 */
import { padded } from "../kernel/memory.js";

export const PIXELS = 784;
export const LOGVAR_RANGE = /** @type {[number, number]} */ ([-14, 4]);

/** @param {Choices} choices */
export const isVariational = ({ model }) => model.endsWith("vae");
/** @param {Choices} choices */
export const isLinear = ({ model }) => model.startsWith("linear");

const NAMES = {
  model: ["ae", "vae", "linear-ae", "linear-vae"],
  activation: ["silu", "relu", "tanh"],
  likelihood: ["bernoulli", "continuous-bernoulli", "gaussian", "gaussian-learned"],
  schedule: ["constant", "one-cycle"],
};

/** @param {Choices} choices @throws {Error} a name that is not known, or a number out of its range, in one sentence */
export function check(choices) {
  for (const [key, known] of Object.entries(NAMES)) {
    const value = choices[/** @type {keyof typeof NAMES} */ (key)];
    if (!known.includes(value)) throw new Error(`${key} is one of ${known.join(", ")}, not ${value}.`);
  }
  const { dim, widths, batch, images, epochs, rate, beta, warmup, variance = 0.5 } = choices;
  for (const [key, value] of Object.entries({ dim, batch, images, epochs }))
    if (!Number.isInteger(value) || value < 1) throw new Error(`${key} is a whole number from 1 on, not ${value}.`);
  if (!isLinear(choices) && !(widths.length && widths.every((width) => Number.isInteger(width) && width > 0)))
    throw new Error(`widths are whole numbers from 1 on, at least one, not ${widths.join(", ") || "none"}.`);
  if (!(rate > 0 && variance > 0)) throw new Error(`rate and variance are above 0, not ${rate} and ${variance}.`);
  if (!(beta >= 0 && warmup >= 0)) throw new Error(`beta and warmup are at least 0, not ${beta} and ${warmup}.`);
}

/**
 * The weight of each term in what a step minimises, for `count` images in the batch.
 * @param {Choices} choices @param {number} count @returns {{reconstruction: number, kl: number}}
 */
export function termWeights({ reduction = {}, dim }, count) {
  const batch = reduction.batch === "sum" ? 1 : count;
  return {
    reconstruction: 1 / batch / (reduction.pixels === "mean" ? PIXELS : 1),
    kl: 1 / batch / (reduction.dims === "mean" ? dim : 1),
  };
}

/**
 * The beta whose loss, summed over pixels and dimensions, has proportional gradients: a mean over pixels multiplies it
 * by 784, a mean over dimensions divides it by D.
 * @param {Choices} choices
 */
export const effectiveBeta = ({ beta, dim, reduction = {} }) =>
  (beta * (reduction.pixels === "mean" ? PIXELS : 1)) / (reduction.dims === "mean" ? dim : 1);

/** @param {Choices} choices @returns {Layout} */
export function layout(choices) {
  const widths = isLinear(choices) ? [] : choices.widths,
    { dim } = choices,
    width = padded(dim, 8),
    cuts = choices.activation === "relu" && widths.length > 0;
  let count = 0;
  /** @param {number} inputs @param {number} K @param {number} N @param {Layer["parts"]} parts
   * @param {boolean} isWide */
  const layer = (inputs, K, N, parts, isWide) => {
    const outputs = parts.reduce((sum, part) => sum + part.outputs, 0),
      made = { inputs, outputs, K, N, weight: count, bias: count + K * N, isWide, parts };
    count += K * N + N;
    return made;
  };
  /** @param {string} part @param {number[]} sizes */
  const chain = (part, sizes) =>
    sizes.slice(1).map((outputs, index) => {
      const inputs = sizes[index],
        K = part === "decoder" && index === 0 ? width : padded(inputs, 8);
      const parts = [{ name: `${part}.${2 * index}`, outputs, column: 0 }],
        isFirst = part === "trunk" && index === 0;
      return layer(inputs, K, padded(outputs, 8), parts, isFirst || (index > 0 && cuts));
    });
  const trunk = chain("trunk", [PIXELS, ...widths]),
    features = widths.at(-1) ?? PIXELS,
    heads = [{ name: "mean", outputs: dim, column: 0 }];
  if (isVariational(choices)) heads.push({ name: "logvar", outputs: dim, column: width });
  trunk.push(layer(features, padded(features, 8), heads.length * width, heads, cuts || trunk.length === 0));
  const decoder = chain("decoder", [dim, ...widths.slice().reverse(), PIXELS]);
  const logVariance = choices.likelihood === "gaussian-learned" ? count : null;
  if (logVariance !== null) count += 4;
  return { encoder: trunk, decoder, width, count, logVariance };
}

/** Where the weight from input i to column n of a layer lies among the parameters.
 * @param {Layer} layer @param {number} i @param {number} n */
export function place({ weight, K, N, isWide }, i, n) {
  const lanes = isWide && n - (n % 16) + 16 <= N ? 16 : 8;
  return weight + (n - (n % lanes)) * K + i * lanes + (n % lanes);
}
