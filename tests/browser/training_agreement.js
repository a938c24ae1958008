// @ts-check
/**
 * What the browser's training makes of weights, batches and noise that `test_training.py` wrote: gradients of the first
 * batch, and the loss of every step. node training_agreement.js FOLDER: a line of JSON a case.
 */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { kernel } from "./kernel/kernel.js";
import { Learner } from "./network/gradient.js";
import { fill, tensorsOf } from "./network/tensors.js";

const folder = process.argv[2];
/** @type {Record<string, number[]>} */ const losses = {};
for (const name of readdirSync(folder)) {
  const read = (/** @type {string} */ file) => {
    const { buffer, byteOffset, byteLength } = readFileSync(`${folder}/${name}/${file}`);
    return buffer.slice(byteOffset, byteOffset + byteLength);
  };
  const { choices, steps, beta, rate } = JSON.parse(readFileSync(`${folder}/${name}/case.json`, "utf8")),
    images = new Uint8Array(read("images.bin")),
    noise = new Float32Array(read("noise.bin")),
    learner = new Learner(await kernel(), choices, images.length / 784),
    { layout, values, slope } = learner,
    { width } = layout;
  learner.bytes.set(images, learner.images);
  fill(layout, values, (tensor) => new Float32Array(read(`weights/${tensor}.bin`)));
  losses[name] = [];
  for (let step = 0; step < steps; step++) {
    const numbers = Array.from({ length: choices.batch }, (_, i) => (step * choices.batch + i) % (images.length / 784));
    learner.load(numbers);
    numbers.forEach((_, r) => {
      for (let d = 0; d < choices.dim; d++)
        learner.floats[learner.eps / 4 + r * width + d] = noise[(step * choices.batch + r) * choices.dim + d];
    });
    if (step === 0) {
      learner.differentiate(beta);
      for (const [tensor, gradient] of Object.entries(tensorsOf(layout, slope)))
        writeFileSync(`${folder}/${name}/gradients/${tensor}.bin`, gradient.values);
    }
    const { reconstruction, kl } = learner.learn(beta, step + 1, rate);
    losses[name].push((reconstruction + beta * kl) / choices.batch);
  }
}
console.log(JSON.stringify(losses));
