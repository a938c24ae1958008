// @ts-check
/** Images as an animated GIF, uncompressed: one code a pixel, and the code table is cleared before it can grow. */

const CODES = 128; // codes of 8 bits then fill a byte each
const RUN = CODES - 2; // pixels between two clears

/** @param {Uint8Array[]} frames  each [height * width], grey levels, or numbers of colours where there is a palette
 * @param {{width: number, height: number}} of  a frame
 * @param {number} scale  pixels of the GIF for each pixel of a frame, across and up
 * @param {number} delay  hundredths of a second @param {number[][]} [palette]  at most 128 colours, RGB
 * @returns {Uint8Array<ArrayBuffer>} */
export function encodeGif(frames, of, scale, delay, palette) {
  const [width, height] = [of.width * scale, of.height * scale],
    word = (/** @type {number} */ value) => [value & 255, value >> 8],
    shift = palette ? 0 : 1;
  const bytes = [...new TextEncoder().encode("GIF89a"), ...word(width), ...word(height), 0xf6, 0, 0];
  for (let code = 0; code < CODES; code++) {
    const grey = Math.round((code * 255) / (CODES - 1));
    bytes.push(...(palette ? (palette[code] ?? [0, 0, 0]) : [grey, grey, grey]));
  }
  bytes.push(0x21, 0xff, 11, ...new TextEncoder().encode("NETSCAPE2.0"), 3, 1, 0, 0, 0); // for ever
  for (const frame of frames) {
    bytes.push(0x21, 0xf9, 4, 0, ...word(delay), 0, 0, 0x2c, 0, 0, 0, 0, ...word(width), ...word(height), 0, 7);
    for (let at = 0; at < width * height; at += RUN) {
      const count = Math.min(RUN, width * height - at);
      bytes.push(count + 1, CODES);
      for (let p = at; p < at + count; p++) {
        const row = Math.floor(p / width / scale),
          column = Math.floor((p % width) / scale);
        bytes.push(frame[row * of.width + column] >> shift);
      }
    }
    bytes.push(1, CODES + 1, 0);
  }
  bytes.push(0x3b);
  return Uint8Array.from(bytes);
}

const LEVELS = 5; // of red, of green and of blue: 125 colours

/** Colours evenly over all, for images in colour. */
export const PALETTE = Array.from({ length: LEVELS ** 3 }, (_, code) =>
  [code % LEVELS, Math.floor(code / LEVELS) % LEVELS, Math.floor(code / LEVELS ** 2)].map((level) =>
    Math.round((255 * level) / (LEVELS - 1)),
  ),
);

/** The numbers of an image's colours in that palette. @param {ArrayLike<number>} image  in colour (engine/format.js),
 * in [0, 1] @returns {Uint8Array} */
export function inPalette(image) {
  const area = image.length / 3,
    level = (/** @type {number} */ at) => Math.round((LEVELS - 1) * image[at]);
  return Uint8Array.from(
    { length: area },
    (_, p) => level(p) + LEVELS * level(area + p) + LEVELS ** 2 * level(2 * area + p),
  );
}
