// @ts-check
/** The film of a training as a GIF: the codes moving over the manifold of each moment, in the colours of the page. */
import { encodeGif } from "../files/gif.js";
import { PIXELS, SIDE, decode, unpack } from "../engine/network.js";

const TILES = 10, // images of the manifold, across and up
  SIZE = TILES * SIDE,
  GREYS = 64, // codes of the palette that are shades between ground and ink
  STRENGTH = 0.3, // of the manifold's ink
  MOST = 60, // pictures
  DELAY = 8, // hundredths of a second
  LAST = 12; // times that the last one is shown

/** @typedef {import("../learning/viewing.js").KeptMoment} KeptMoment */

/**
 * @param {{steps: number[], momentAt: (step: number) => Promise<KeptMoment | null>,
 *          labels: Uint8Array, axes: [number, number], reach: number, colors: string[], ground: number[],
 *          ink: number[], onShare: (share: number) => void}} film
 *   reach: of the plane, latent units from the middle; ground, ink: RGB
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function filmOf({ steps, momentAt, labels, axes, reach, colors, ground, ink, onShare }) {
  const stride = Math.max(1, Math.ceil(steps.length / MOST)),
    wanted = steps.filter((_, k) => k % stride === 0 || k === steps.length - 1);
  /** @type {Uint8Array[]} */ const frames = [];
  for (const step of wanted) {
    const moment = await momentAt(step);
    if (moment) frames.push(frame(moment, labels, axes, reach));
    onShare(frames.length / wanted.length);
  }
  const last = frames.at(-1);
  if (last) for (let k = 1; k < LAST; k++) frames.push(last);
  return encodeGif(frames, { width: SIZE, height: SIZE }, 1, DELAY, palette(colors, ground, ink));
}

/** A picture in codes of the palette. @param {KeptMoment} moment
 * @param {Uint8Array} labels @param {[number, number]} axes @param {number} reach */
function frame({ weights, codes }, labels, [a, b], reach) {
  const network = unpack(weights),
    dim = network.latentDim,
    picture = new Uint8Array(SIZE * SIZE);
  for (let row = 0; row < TILES; row++)
    for (let column = 0; column < TILES; column++) {
      const z = new Float32Array(dim);
      z[a] = reach * ((2 * column + 1) / TILES - 1);
      if (b !== a) z[b] = reach * (1 - (2 * row + 1) / TILES);
      const image = decode(network, z);
      for (let p = 0; p < PIXELS; p++)
        picture[(row * SIDE + Math.floor(p / SIDE)) * SIZE + column * SIDE + (p % SIDE)] = Math.round(
          STRENGTH * image[p] * (GREYS - 1),
        );
    }
  for (let i = 0; i < labels.length; i++) {
    const up = b === a ? (labels[i] - 4.5) / 1.5 : codes[i * dim + b];
    const x = Math.round((SIZE / 2) * (1 + codes[i * dim + a] / reach)),
      y = Math.round((SIZE / 2) * (1 - up / reach));
    if (x < 1 || y < 1 || x >= SIZE || y >= SIZE) continue;
    for (const at of [y * SIZE + x, y * SIZE + x - 1, (y - 1) * SIZE + x, (y - 1) * SIZE + x - 1])
      picture[at] = GREYS + labels[i];
  }
  return picture;
}

/** Shades from ground to ink, and the classes' colours. @param {string[]} colors  #rrggbb @param {number[]} ground
 * @param {number[]} ink */
function palette(colors, ground, ink) {
  const shades = Array.from({ length: GREYS }, (_, k) =>
    ground.map((value, c) => Math.round(value + ((ink[c] - value) * k) / (GREYS - 1))),
  );
  return [...shades, ...colors.map((color) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)))];
}
