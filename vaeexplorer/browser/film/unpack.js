// @ts-check
/**
 * The film of a run, as `packing/run_film.py` packs it.
 *
 * @typedef {{frames: number, count: number, dim: number, axes: number[], epochs: number[], boxes: number[][] | null,
 *            curves: Record<string, number[]>, labels: Uint8Array, hasImages: boolean,
 *            codes(frame: number): {xs: Float32Array, ys: Float32Array}, images(frame: number): Uint8Array}} RunFilm
 *   axes: the dimensions that are shown, one or two; epochs: how far the training had come at each frame; boxes: left,
 *   right, bottom and top of the decoded lattice, null where the images are draws or there are none; curves: nats per
 *   image after each epoch; images: 144 of them, grey levels [144 * 784]
 */
import { PIXELS } from "../engine/network.js";
import { Unpacker } from "../engine/packed.js";
import { spreadAll } from "../learning/images.js";

export const TILES = 12; // images of the lattice, across and up
const ROWS = 1.5; // classes a latent unit apart, where there is one dimension

/** @param {ArrayBuffer} gzipped @returns {Promise<RunFilm>}
 * @throws {import("../engine/packed.js").UnpackError} cut short, too long, or of another kind */
export async function unpackRunFilm(gzipped) {
  const inflated = new Blob([gzipped]).stream().pipeThrough(new DecompressionStream("gzip"));
  const packed = new Unpacker(await new Response(inflated).arrayBuffer(), "frames of the film", "run-film"),
    { frames, count, axes, bytes, images: hasImages } = packed.header,
    shown = axes.length,
    size = (TILES * TILES * PIXELS) / 2;
  const ends = packed.floats(2 * frames * shown, "<f4"),
    upper = packed.integers(frames * count * shown),
    lower = bytes > 1 ? packed.integers(frames * count * shown) : null,
    labels = packed.integers(count),
    grids = packed.integers(hasImages ? frames * size : 0);
  packed.end();
  const along = (/** @type {number} */ frame, /** @type {number} */ axis) => {
    const low = ends[frame * shown + axis],
      step = (ends[(frames + frame) * shown + axis] - low) / (lower ? 65535 : 255);
    return Float32Array.from({ length: count }, (_, i) => {
      const at = (frame * count + i) * shown + axis;
      return low + step * (lower ? 256 * upper[at] + lower[at] : upper[at]);
    });
  };
  const rows = Float32Array.from(labels, (label) => (label - 4.5) / ROWS);
  return {
    ...packed.header,
    hasImages,
    labels,
    codes: (frame) => ({ xs: along(frame, 0), ys: shown > 1 ? along(frame, 1) : rows }),
    images: (frame) => spreadAll(grids.subarray(frame * size, (frame + 1) * size)),
  };
}

/** The frame that is seen at an epoch: the last one that was recorded by then. @param {RunFilm} film
 * @param {number} epoch */
export const frameAt = ({ epochs }, epoch) => Math.max(0, epochs.filter((each) => each <= epoch + 1e-6).length - 1);

/** All moments of several films, in their order. @param {RunFilm[]} films @returns {number[]} epochs */
export const moments = (films) => [...new Set(films.flatMap(({ epochs }) => epochs))].sort((one, other) => one - other);

/** What a plane must show of a film: all but the outermost codes of the last frame; of a VAE the region of the prior,
 * so that codes are seen to contract. @param {RunFilm} film @param {boolean} isVariational
 * @returns {{low: [number, number], high: [number, number]}} */
export function home(film, isVariational) {
  const half = 4;
  if (isVariational) return { low: [-half, -half], high: [half, half] };
  const { xs, ys } = film.codes(film.frames - 1);
  const ends = [xs, ys].map((values) => {
    const sorted = Float32Array.from(values).sort(),
      margin = Math.floor(sorted.length / 200),
      [low, high] = [sorted[margin], sorted[sorted.length - 1 - margin]],
      room = 0.06 * (high - low) || 1;
    return [low - room, high + room];
  });
  return { low: [ends[0][0], ends[1][0]], high: [ends[0][1], ends[1][1]] };
}
