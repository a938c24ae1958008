// @ts-check
/** Bytes that a page holds as text (`export/places.py`): in the page itself two of 91 characters for 13 bits, and one
 * for the last 6; in a file beside it, which is UTF-16, a character for 15 bits, and one for the last 7. */

const BASE = 91,
  PAIR = 13, // bits of two characters
  LAST = 6, // bits of one at the end
  WIDE = 15, // bits of a character of a file
  WIDE_LAST = 7, // bits of one at the end
  FIRST = 0x3000, // of the characters for WIDE bits
  FIRST_LAST = 0x2f00; // of those for WIDE_LAST

/** The value of each character: all that can be printed but `"`, `&`, `<` and `\\`. */
const VALUES = new Uint8Array(128);
for (let code = 32, value = 0; code < 127; code++)
  if (!'"&<\\'.includes(String.fromCharCode(code))) VALUES[code] = value++;

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export const bytesOfText = (text) => (text.charCodeAt(0) >= FIRST_LAST ? bytesOfWide(text) : bytesOfPairs(text));

/** @param {string} text */
function bytesOfPairs(text) {
  const even = text.length & ~1,
    row = new Row((even / 2) * PAIR + (text.length - even) * LAST);
  for (let i = 0; i < even; i += 2) row.add(VALUES[text.charCodeAt(i)] * BASE + VALUES[text.charCodeAt(i + 1)], PAIR);
  if (even < text.length) row.add(VALUES[text.charCodeAt(even)], LAST);
  return row.bytes;
}

/** @param {string} text */
function bytesOfWide(text) {
  const last = text.charCodeAt(text.length - 1),
    whole = text.length - Number(last < FIRST),
    row = new Row(whole * WIDE + (text.length - whole) * WIDE_LAST);
  for (let i = 0; i < whole; i++) row.add(text.charCodeAt(i) - FIRST, WIDE);
  if (whole < text.length) row.add(last - FIRST_LAST, WIDE_LAST);
  return row.bytes;
}

/** Bits that are put together to bytes; what is left at the end is not looked at. */
class Row {
  /** @param {number} bits */
  constructor(bits) {
    this.bytes = new Uint8Array(bits >> 3);
    this.bits = this.count = this.at = 0;
  }

  /** @param {number} value @param {number} width */
  add(value, width) {
    let bits = (this.bits << width) | value,
      count = this.count + width;
    while (count >= 8) this.bytes[this.at++] = bits >> (count -= 8);
    this.bits = bits & ((1 << count) - 1);
    this.count = count;
  }
}
