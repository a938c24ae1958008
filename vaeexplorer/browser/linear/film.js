// @ts-check
/**
 * A training beside PCA, as `packing/film.py` packs it.
 *
 * @typedef {{k: number, shown: number, axes: number, points: number, steps: number[], error: number[], optimum: number,
 *            predicted: number | null, plateau: number | null, angles: number[][], cosines: number[][][],
 *            values: number[], total: number, originals: Uint8Array, best: Uint8Array, principal: Uint8Array,
 *            reconstructions: Uint8Array, learned: Uint8Array, correlation: Uint8Array, labels: Uint8Array,
 *            scores: Float32Array, codes: Float32Array, rotated: Float32Array}} Film
 *   of T recorded steps: `learned` [T, 3 ways, axes, 784]; `correlation` [T, k, k] as 128 + 127 r; `scores`
 *   [points, 2]; `codes` and `rotated` [T, points, 2]
 */
import { PIXELS } from "../engine/network.js";
import { Unpacker } from "../engine/packed.js";

/** @param {ArrayBuffer} bytes @returns {Film} @throws {import("../engine/packed.js").UnpackError} */
export function unpackFilm(bytes) {
  const packed = new Unpacker(bytes, "training", "film"),
    { header } = packed;
  const { k, shown, axes, points } = header,
    frames = header.steps.length;
  const film = {
    ...header,
    originals: packed.integers(shown * PIXELS),
    best: packed.integers(shown * PIXELS),
    principal: packed.integers(axes * PIXELS),
    reconstructions: packed.integers(frames * shown * PIXELS),
    learned: packed.integers(frames * 3 * axes * PIXELS),
    correlation: packed.integers(frames * k * k),
    labels: packed.integers(points),
    scores: packed.floats(points * 2, "<f2"),
    codes: packed.floats(frames * points * 2, "<f2"),
    rotated: packed.floats(frames * points * 2, "<f2"),
  };
  packed.end();
  return film;
}

/** Index of the recorded step nearest to a wanted one. @param {number[]} steps @param {number} wanted */
export function nearestFrame(steps, wanted) {
  let best = 0;
  steps.forEach((step, at) => {
    if (Math.abs(step - wanted) < Math.abs(steps[best] - wanted)) best = at;
  });
  return best;
}

/** One of the two coordinates of all points at a frame.
 * @param {Float32Array} pairs  [T, points, 2] @param {number} points @param {number} frame @param {number} which */
export const coordinate = (pairs, points, frame, which) =>
  Float32Array.from({ length: points }, (_, p) => pairs[2 * (frame * points + p) + which]);
