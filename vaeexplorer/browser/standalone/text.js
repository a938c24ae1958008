// @ts-check
/** Bytes that a page holds as text: two of 91 characters for 13 bits, and one for the last 6 (`export/places.py`). */

const BASE = 91,
  PAIR = 13, // bits of two characters
  LAST = 6; // bits of one at the end

/** The value of each character: all that can be printed but `"`, `&`, `<` and `\\`. */
const VALUES = new Uint8Array(128);
for (let code = 32, value = 0; code < 127; code++)
  if (!'"&<\\'.includes(String.fromCharCode(code))) VALUES[code] = value++;

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export function bytesOfText(text) {
  const even = text.length & ~1,
    bytes = new Uint8Array(((even / 2) * PAIR + (text.length - even) * LAST) >> 3);
  let bits = 0,
    count = 0,
    at = 0;
  const add = (/** @type {number} */ value, /** @type {number} */ width) => {
    bits = (bits << width) | value;
    for (count += width; count >= 8; ) bytes[at++] = bits >> (count -= 8);
    bits &= (1 << count) - 1;
  };
  for (let i = 0; i < even; i += 2) add(VALUES[text.charCodeAt(i)] * BASE + VALUES[text.charCodeAt(i + 1)], PAIR);
  if (even < text.length) add(VALUES[text.charCodeAt(even)], LAST);
  return bytes;
}
