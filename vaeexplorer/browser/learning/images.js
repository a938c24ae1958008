// @ts-check
/**
 * Images to train on, unpacked from what `packing/images.py` writes: a gzipped frame (packed.js) of images at 4 or 8
 * bits a pixel, and labels.
 *
 * @typedef {{count: number, images: Uint8Array, labels: Uint8Array}} Images
 *   images: grey levels [count * 784]; labels: [M], of these images and perhaps of more that follow them, or none
 */
import { PIXELS, SIDE } from "../engine/network.js";
import { Unpacker } from "../engine/packed.js";

/** @param {ArrayBuffer} bytes  gzipped @returns {Promise<Images>}
 * @throws {import("../engine/packed.js").UnpackError} cut short, too long, or of another kind */
export async function unpackImages(bytes) {
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const packed = new Unpacker(await new Response(inflated).arrayBuffer(), "images", "images"),
    { count, bits, labels } = packed.header;
  if (bits !== 4 && bits !== 8) throw packed.error("have a number of bits that is not known here");
  const pixels = packed.integers((count * PIXELS * bits) / 8);
  const unpacked = { count, images: bits === 8 ? pixels : spread(pixels), labels: packed.integers(labels) };
  packed.end();
  return unpacked;
}

/** A byte holds a pixel and the one below it, 16 grey levels each. @param {Uint8Array} pairs */
export function spread(pairs) {
  const images = new Uint8Array(2 * pairs.length);
  for (let at = 0, to = 0; at < pairs.length; to += SIDE)
    for (let column = 0; column < SIDE; column++, at++, to++) {
      images[to] = (pairs[at] >> 4) * 17;
      images[to + SIDE] = (pairs[at] & 15) * 17;
    }
  return images;
}
