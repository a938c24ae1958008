// @ts-check
/**
 * What a visitor can choose for a training: defaults, the values that the controls offer, a sentence for each, and
 * presets for the ideas of a lecture on autoencoders. No page is needed.
 *
 * @typedef {import("../learning/session.js").Choices} Choices
 * @typedef {import("../learning/session.js").Event} Event
 * @typedef {{name: string, about: string, choices: Partial<Choices>}} Preset
 */

export const BETAS = [0, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 1.5, 2, 3, 4, 8, 16];
export const RATES = [1e-4, 2e-4, 3e-4, 5e-4, 1e-3, 1.5e-3, 2e-3, 3e-3, 4e-3, 5e-3, 7e-3, 1e-2, 2e-2];
export const SIZES = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32]; // latent dimensions
export const BATCHES = [16, 32, 64, 128, 256, 512];
export const COUNTS = [1000, 5000, 10_000, 15_000, 30_000, 60_000];
export const EPOCHS = [1, 2, 3, 5, 10, 20, 30, 50, 100];
export const WARMUPS = [0, 1, 2, 3, 5, 10, 20];

/** Widths of the encoder by the name that a link has for them; the decoder has the same in reverse.
 * @type {Record<string, number[]>} */
export const WIDTHS = {
  64: [64, 64],
  128: [128, 128],
  256: [256, 256],
  400: [400],
  512: [512, 512, 256],
};

/** @type {Choices} */
export const DEFAULTS = {
  dataset: "mnist",
  model: "vae",
  dim: 2,
  widths: WIDTHS[256],
  activation: "silu",
  likelihood: "bernoulli",
  variance: 0.5,
  beta: 1,
  warmup: 0,
  rate: 3e-3,
  schedule: "constant",
  epochs: 20,
  batch: 128,
  seed: 0,
  images: 30_000,
  reduction: { pixels: "sum", dims: "sum", batch: "mean" },
};

/** One sentence a control. */
export const ABOUT = {
  dataset: "Which images are learned.",
  model: "An AE gives an image one point, a VAE a Gaussian; a linear one has no nonlinearity at all.",
  dim: "Numbers in the code z.",
  widths: "Units of the hidden layers: 784, these, and z.",
  likelihood: "How a reconstruction is judged, pixel by pixel.",
  batch: "Images a step: small batches are noisier, large ones slower to learn.",
  rate: "How far Adam goes in a step.",
  seed: "Decides first weights, order of images and noise: the same seed, the same bits.",
  images: "How many images to learn from; a few are memorised.",
  epochs: "How often all images are seen.",
  warmup: "Epochs in which β rises from 0, so that z is used before the KL term weighs.",
  schedule: "One cycle reaches about a nat less, but cannot be steered.",
  activation: "The nonlinearity between layers.",
  linear: "A linear AE finds PCA's subspace; a linear VAE finds its axes' lengths too.",
};

/** @type {Preset[]} */
export const PRESETS = [
  { name: "A VAE", about: "The default: reconstruction and KL in balance.", choices: {} },
  { name: "An autoencoder", about: "No KL: the codes sprawl, with holes between them.", choices: { model: "ae" } },
  {
    name: "Linear AE, which is PCA",
    about: "Reaches PCA's error, whatever its axes.",
    choices: { model: "linear-ae", likelihood: "gaussian", rate: 5e-3, schedule: "one-cycle" },
  },
  {
    name: "Linear VAE",
    about: "Probabilistic PCA: dimensions that explain too little collapse.",
    choices: { model: "linear-vae", likelihood: "gaussian-learned", dim: 16 },
  },
  {
    name: "The lecture's loss",
    about: "|x − x′|² + KL: a Gaussian of variance ½.",
    choices: { likelihood: "gaussian" },
  },
  { name: "β = 8", about: "KL weighs more: the codes contract, the images blur.", choices: { beta: 8 } },
  { name: "β = 0", about: "Nothing asks the codes to stay near the prior.", choices: { beta: 0 } },
  { name: "Sixteen dimensions", about: "Raise β and watch dimensions collapse.", choices: { dim: 16 } },
  {
    name: "Warm-up",
    about: "β rises over five epochs: more dimensions survive.",
    choices: { dim: 16, warmup: 5 },
  },
  {
    name: "Too few images",
    about: "Train falls, test rises: the network memorises.",
    choices: { images: 1000, epochs: 100 },
  },
  {
    name: "Mean in place of sum",
    about: "The commonest mistake: β is 784 times as large.",
    choices: { reduction: { pixels: "mean", dims: "sum", batch: "mean" } },
  },
];

/** @param {Choices} choices */
export const isVariational = ({ model }) => model.endsWith("vae");
/** @param {Choices} choices */
export const isLinear = ({ model }) => model.startsWith("linear");

/** beta as text: 1/16, 1/2, 1.5. @param {number} beta */
export const betaText = (beta) =>
  beta > 0 && beta < 1 && Number.isInteger(1 / beta) ? `1/${1 / beta}` : String(Number(beta.toPrecision(3)));

/** What the training is called: VAE, β 4. @param {Choices} choices */
export function title(choices) {
  const name = { ae: "AE", vae: "VAE", "linear-ae": "linear AE", "linear-vae": "linear VAE" }[choices.model];
  return isVariational(choices) ? `${name}, β ${betaText(choices.beta)}` : name;
}

/** @param {number[]} values @param {number} value */
export const nearest = (values, value) =>
  values.reduce((best, each) => (Math.abs(each - value) < Math.abs(best - value) ? each : best));

/** Steps of an epoch. @param {Choices} choices */
export const stepsOf = ({ images, batch }) => Math.ceil(images / batch);

/** @param {number[]} widths */
export const widthName = (widths) =>
  Object.entries(WIDTHS).find(([, each]) => each.join() === widths.join())?.[0] ?? widths.join("-");

/** What an address holds of the choices, by the names of `links.py`. @param {Choices} choices @param {Event[]} events
 * @param {string} dataset  which the page shows by itself */
export const toLink = (choices, events, dataset) => ({
  set: choices.dataset === dataset ? "" : choices.dataset,
  model: choices.model,
  dim: choices.dim,
  width: widthName(choices.widths),
  activation: choices.activation,
  likelihood: choices.likelihood,
  beta: choices.beta,
  warmup: choices.warmup,
  rate: choices.rate,
  schedule: choices.schedule,
  epochs: choices.epochs,
  batch: choices.batch,
  seed: [choices.seed],
  images: choices.images,
  reduce: reductionName(choices),
  events: events.length ? events : null,
});

/** @param {Record<string, any>} values  of a link @param {string} dataset  where the link names none
 * @returns {{choices: Choices, events: Event[]}} */
export function fromLink(values, dataset) {
  const [pixels, dims, batch] = values.reduce.split("-");
  const choices = {
    ...DEFAULTS,
    ...{
      dataset: values.set || dataset,
      model: values.model,
      dim: Math.round(values.dim),
      widths: WIDTHS[values.width],
    },
    ...{
      activation: values.activation,
      likelihood: values.likelihood,
      beta: values.beta,
      warmup: Math.round(values.warmup),
    },
    ...{
      rate: values.rate,
      schedule: values.schedule,
      epochs: Math.round(values.epochs),
      batch: Math.round(values.batch),
    },
    ...{ seed: values.seed[0], images: Math.round(values.images), reduction: { pixels, dims, batch } },
  };
  return { choices, events: values.events ?? [] };
}

/** sum-sum-mean: of the pixels, of the dimensions, of the batch. @param {Choices} choices */
export const reductionName = ({ reduction }) =>
  reduction ? `${reduction.pixels}-${reduction.dims}-${reduction.batch}` : "sum-sum-mean";

/** The run's configuration, as `RunConfig.from_json` reads it. @param {Choices} choices @param {number} beta  at the
 * end, as the terms were weighed in nats */
export const runConfig = (choices, beta) => ({
  data: { dataset: choices.dataset },
  model: {
    model: isVariational(choices) ? "vae" : "ae",
    arch: isLinear(choices) ? "linear" : "mlp",
    latent_dim: choices.dim,
    hidden: isLinear(choices) ? [] : choices.widths,
    activation: choices.activation,
  },
  objective: {
    likelihood: choices.likelihood,
    pixel_variance: choices.variance ?? DEFAULTS.variance,
    beta,
    kl_warmup: choices.warmup,
  },
  train: {
    epochs: choices.epochs,
    batch_size: choices.batch,
    learning_rate: choices.rate,
    schedule: choices.schedule,
    seed: choices.seed,
    device: "cpu",
    precision: "float32",
  },
});
