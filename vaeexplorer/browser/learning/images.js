// @ts-check
/**
 * Images to train on, unpacked from what `packing/images.py` writes: a gzipped frame (packed.js) of images at 4 or 8
 * bits a pixel, and labels.
 *
 * @typedef {{count: number, bits: import("../network/images.js").Bits, images: Uint8Array, labels: Uint8Array}} Images
 *   images: grey levels [count * 784 * bits / 8] (network/images.js); labels: [M], of these images and perhaps of more
 *   that follow them, or none
 */
import { PIXELS } from "../engine/network.js";
import { Unpacker } from "../engine/packed.js";
import { bytesOf, spread } from "../network/images.js";
import { release } from "./calls.js";

/** @param {ArrayBuffer} bytes  gzipped @returns {Promise<Images>} as they were packed: 4 bits take half the memory
 * @throws {import("../engine/packed.js").UnpackError} cut short, too long, or of another kind */
export async function unpackImages(bytes) {
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")),
    frame = await new Response(inflated).arrayBuffer(),
    packed = new Unpacker(frame, "images", "images"),
    { count, bits, labels } = packed.header;
  if (bits !== 4 && bits !== 8) throw packed.error("have a number of bits that is not known here");
  const unpacked = { count, bits, images: packed.integers(count * bytesOf(bits)), labels: packed.integers(labels) };
  packed.end();
  release(frame);
  return unpacked;
}

/** The same at a byte a pixel. @param {ArrayBuffer} bytes  gzipped @returns {Promise<Images>} */
export async function unpackBytes(bytes) {
  const unpacked = await unpackImages(bytes);
  return { ...unpacked, bits: 8, images: unpacked.bits === 8 ? unpacked.images : spreadAll(unpacked.images) };
}

/** Images of 4 bits a pixel, at a byte a pixel. @param {Uint8Array} pairs  from a multiple of 4 bytes on */
export function spreadAll(pairs) {
  const images = new Uint8Array(2 * pairs.length),
    source = new Uint32Array(pairs.buffer, pairs.byteOffset, pairs.length / 4),
    target = new Uint32Array(images.buffer);
  for (let to = 0; to < target.length; to += PIXELS / 4) spread(source, to / 2, target, to);
  return images;
}
