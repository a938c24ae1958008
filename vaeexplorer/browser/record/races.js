// @ts-check
/**
 * Which two trainings a race is of.
 *
 * @typedef {import("./choices.js").Choices} Choices
 * @typedef {{name: string, about: string, of: [Partial<Choices>, Partial<Choices>]}} Race
 */

/** @type {Record<string, Race>} */
export const RACES = {
  "ae-vae": {
    name: "AE vs VAE",
    about: "The same network, without noise and KL, and with them.",
    of: [{ model: "ae" }, { model: "vae" }],
  },
  beta: {
    name: "β 1 vs 8",
    about: "What does a larger weight of the KL term cost, and what does it gain?",
    of: [
      { model: "vae", beta: 1 },
      { model: "vae", beta: 8 },
    ],
  },
  mean: {
    name: "sum vs mean",
    about: "The same loss, but its pixels averaged: β is 784 times as large.",
    of: [
      { model: "vae", reduction: { pixels: "sum", dims: "sum", batch: "mean" } },
      { model: "vae", reduction: { pixels: "mean", dims: "sum", batch: "mean" } },
    ],
  },
  warmup: {
    name: "warm-up",
    about: "16 dimensions, β 2: rising over five epochs, or there from the start.",
    of: [
      { model: "vae", dim: 16, beta: 2, warmup: 0 },
      { model: "vae", dim: 16, beta: 2, warmup: 5 },
    ],
  },
};
