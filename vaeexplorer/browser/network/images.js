// @ts-check
/**
 * Images of 28 x 28 pixels at 8 bits a pixel, or at 4: then a byte holds a pixel (its upper half) and the one below it,
 * 16 grey levels each.
 *
 * @typedef {4 | 8} Bits
 */
import { PIXELS } from "./choices.js";

const WORDS = 7; // of 32 bits in a row of 28 pixels

/** Bytes of an image. @param {Bits} bits */
export const bytesOf = (bits) => (PIXELS * bits) / 8;

/** An image of 4 bits a pixel, at a byte a pixel. @param {Uint32Array} source @param {number} from  words
 * @param {Uint32Array} target @param {number} to  words */
export function spread(source, from, target, to) {
  for (const end = to + PIXELS / 4; to < end; to += WORDS)
    for (const row = to + WORDS; to < row; from++, to++) {
      const high = source[from] & 0xf0f0f0f0,
        low = source[from] & 0x0f0f0f0f;
      target[to] = high | (high >>> 4);
      target[to + WORDS] = low | (low << 4);
    }
}
