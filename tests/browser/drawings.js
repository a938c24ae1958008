/** Small images and choices for tests of training. */

/** Grey bars in three directions, on paper. @param {number} count */
export function drawings(count) {
  const images = new Uint8Array(784 * count);
  for (let i = 0; i < count; i++)
    for (let p = 0; p < 784; p++) {
      const [x, y] = [p % 28, Math.floor(p / 28)],
        across = [x, y, (x + y) / 2][i % 3] - 4 - (i % 20);
      images[i * 784 + p] = Math.abs(across) < 2.5 && x > 3 && y > 3 ? 255 - 40 * Math.abs(across) : 0;
    }
  return images;
}

/** @type {import("./network/choices.js").Choices} */
export const CHOICES = {
  dataset: "mnist",
  model: "vae",
  dim: 3,
  widths: [40, 20],
  activation: "silu",
  likelihood: "bernoulli",
  beta: 1,
  warmup: 0,
  rate: 2e-3,
  schedule: "one-cycle",
  epochs: 20,
  batch: 32,
  seed: 0,
  images: 90,
};
