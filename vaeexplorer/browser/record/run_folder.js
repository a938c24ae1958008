// @ts-check
/**
 * A training as a run folder that `vaeexplorer.load_run` reads, in a zip: what `runs/finish.py` writes, written here.
 *
 * @typedef {import("../learning/session.js").Choices} Choices
 * @typedef {{reconstruction: number, kl: number, total: number}} Losses
 * @typedef {{epoch: number, train: Losses, test: Losses, seconds: number}} Epoch
 * @typedef {{choices: Choices, beta: number, events: import("../learning/session.js").Event[], steps: number,
 *            hash: string, weights: Record<string, {shape: number[], values: Float32Array}>, history: Epoch[],
 *            codes: {mean: Float32Array, logvar: Float32Array | null, error: Float32Array}, labels: Uint8Array,
 *            snapshots: Float32Array[], figures: Record<string, number>, images: {source: string, hash: string,
 *            testSource: string, testHash: string, version: string}}} Finished
 *   beta: at the end, as the terms were weighed in nats; codes and labels: of all test images; snapshots: codes of the
 *   first ones after each epoch, [N * D] each; figures: of the test images
 */
import { npz, safetensors } from "../files/tensors.js";
import { sha256 } from "../files/sha256.js";
import { zip } from "../files/zip.js";
import { isVariational, runConfig } from "./choices.js";

const DIGITS = 6;

/** @param {Finished} run */
export function runName({ choices }) {
  const parts = [choices.dataset, choices.model, `${choices.dim}d`, "tab"];
  if (choices.seed) parts.push(`seed${choices.seed}`);
  return parts.join("-");
}

/** @param {Finished} run @returns {Uint8Array<ArrayBuffer>} a zip of one folder, of the run's name */
export function runFolder(run) {
  const { choices, codes, labels } = run,
    count = labels.length,
    encode = (/** @type {string} */ text) => new TextEncoder().encode(text);
  /** @type {Record<string, import("../files/tensors.js").Tensor>} */
  const arrays = {
    mean: { shape: [count, choices.dim], values: codes.mean },
    labels: { shape: [count], values: labels },
    error: { shape: [count], values: codes.error },
  };
  if (codes.logvar) arrays.logvar = { shape: [count, choices.dim], values: codes.logvar };
  const files = {
    "history.csv": encode(historyCsv(run.history)),
    "weights.safetensors": safetensors(run.weights),
    "codes.npz": npz(arrays),
    "snapshots.npz": npz(inBytes(run.snapshots, choices.dim)),
  };
  const hashes = Object.fromEntries(Object.entries(files).map(([name, content]) => [name, sha256(content)]));
  const text = JSON.stringify(document(run, hashes), null, 2),
    name = runName(run);
  /** @type {[string, Uint8Array][]} */
  const all = [["run.json", encode(text)], ...Object.entries(files)];
  return zip(all.map(([file, bytes]) => [`${name}/${file}`, bytes]));
}

/** @param {Epoch[]} history */
export function historyCsv(history) {
  const parts = ["reconstruction", "kl", "total"];
  const names = ["train", "test"].flatMap((split) => parts.map((part) => `${split}_${part}`));
  const rows = history.map(({ epoch, train, test, seconds }) => {
    const losses = [train, test].flatMap(({ reconstruction, kl, total }) => [reconstruction, kl, total]);
    return [epoch, ...losses.map((value) => Number(value.toPrecision(DIGITS))), seconds.toFixed(3)].join();
  });
  return `${[["epoch", ...names, "seconds"].join(), ...rows].join("\n")}\n`;
}

/** Codes as 256 steps from the least to the greatest of each epoch and dimension, as `codes.to_bytes` has them.
 * @param {Float32Array[]} snapshots  [N * D] each @param {number} dim */
function inBytes(snapshots, dim) {
  const epochs = snapshots.length,
    size = snapshots[0].length;
  const range = new Float32Array(2 * epochs * dim),
    codes = new Uint8Array(epochs * size);
  snapshots.forEach((each, epoch) => {
    for (let j = 0; j < dim; j++) {
      let [low, high] = [Infinity, -Infinity];
      for (let at = j; at < size; at += dim) {
        low = Math.min(low, each[at]);
        high = Math.max(high, each[at]);
      }
      range[epoch * dim + j] = low;
      range[(epochs + epoch) * dim + j] = high;
      for (let at = j; at < size; at += dim)
        codes[epoch * size + at] = Math.round((255 * (each[at] - low)) / (high - low || 1));
    }
  });
  return {
    codes: { shape: [epochs, size / dim, dim], values: codes },
    range: { shape: [2, epochs, 1, dim], values: range },
  };
}

/** What run.json says. @param {Finished} run @param {Record<string, string>} files  their SHA-256 */
function document({ choices, beta, events, steps, hash, history, labels, figures, images }, files) {
  const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0);
  return {
    schema: 1,
    config: runConfig(choices, isVariational(choices) ? beta : 1),
    metrics: Object.fromEntries(Object.entries(figures).map(([name, value]) => [`test_${name}`, value])),
    provenance: {
      vaeexplorer: images.version,
      "trained in": "a browser",
      seed: choices.seed,
      steps,
      events: events.map(({ step, name, value }) => `${name} ${value} at step ${step}`).join(", ") || "none",
      "bits of the last weights": hash,
      seconds: Number(seconds.toFixed(1)),
      train_images: images.source,
      train_images_count: choices.images,
      train_images_hash: images.hash,
      test_images: images.testSource,
      test_images_count: labels.length,
      test_images_hash: images.testHash,
      weights: "float32",
    },
    files,
  };
}
