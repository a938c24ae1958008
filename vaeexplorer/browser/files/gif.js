// @ts-check
/** Images as an animated GIF, uncompressed: one code a pixel, and the code table is cleared before it can grow. */

const CODES = 128; // codes of 8 bits then fill a byte each
const RUN = CODES - 2; // pixels between two clears

/** @param {Uint8Array[]} frames  each [side * side], grey levels, or numbers of colours where there is a palette
 * @param {number} side @param {number} scale  pixels of the GIF for each pixel of a frame, across and up
 * @param {number} delay  hundredths of a second @param {number[][]} [palette]  at most 128 colours, RGB
 * @returns {Uint8Array<ArrayBuffer>} */
export function encodeGif(frames, side, scale, delay, palette) {
  const size = side * scale,
    word = (/** @type {number} */ value) => [value & 255, value >> 8],
    shift = palette ? 0 : 1;
  const bytes = [...new TextEncoder().encode("GIF89a"), ...word(size), ...word(size), 0xf6, 0, 0];
  for (let code = 0; code < CODES; code++) {
    const grey = Math.round((code * 255) / (CODES - 1));
    bytes.push(...(palette ? (palette[code] ?? [0, 0, 0]) : [grey, grey, grey]));
  }
  bytes.push(0x21, 0xff, 11, ...new TextEncoder().encode("NETSCAPE2.0"), 3, 1, 0, 0, 0); // for ever
  for (const frame of frames) {
    bytes.push(0x21, 0xf9, 4, 0, ...word(delay), 0, 0, 0x2c, 0, 0, 0, 0, ...word(size), ...word(size), 0, 7);
    for (let at = 0; at < size * size; at += RUN) {
      const count = Math.min(RUN, size * size - at);
      bytes.push(count + 1, CODES);
      for (let p = at; p < at + count; p++) {
        const row = Math.floor(p / size / scale),
          column = Math.floor((p % size) / scale);
        bytes.push(frame[row * side + column] >> shift);
      }
    }
    bytes.push(1, CODES + 1, 0);
  }
  bytes.push(0x3b);
  return Uint8Array.from(bytes);
}
