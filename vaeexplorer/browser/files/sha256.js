// @ts-check
/** SHA-256 (FIPS 180-4). Browsers have their own, but only on https and on the own machine: not in a class. */

const [STARTS, KEYS] = constants();

/** The fractional parts of square roots of the first 8 primes, and of cube roots of the first 64, 32 bits each. */
function constants() {
  /** @type {number[]} */ const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime)) primes.push(n);
  const bits = (/** @type {number} */ value) => ((value % 1) * 2 ** 32) | 0;
  return [primes.slice(0, 8).map((prime) => bits(Math.sqrt(prime))), primes.map((prime) => bits(Math.cbrt(prime)))];
}

/** @param {Uint8Array} bytes @returns {string} 64 hexadecimal digits */
export function sha256(bytes) {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64),
    view = new DataView(padded.buffer),
    sums = Int32Array.from(STARTS),
    words = new Int32Array(64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, bytes.length << 3);
  for (let at = 0; at < padded.length; at += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + 4 * i);
    for (let i = 16; i < 64; i++) {
      const [before, last] = [words[i - 15], words[i - 2]];
      const s0 = turn(before, 7) ^ turn(before, 18) ^ (before >>> 3),
        s1 = turn(last, 17) ^ turn(last, 19) ^ (last >>> 10);
      words[i] = (words[i - 16] + s0 + words[i - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = sums;
    for (let i = 0; i < 64; i++) {
      const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25),
        s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
      const first = (h + s1 + ((e & f) ^ (~e & g)) + KEYS[i] + words[i]) | 0,
        second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => (sums[i] = (sums[i] + value) | 0));
  }
  return Array.from(sums, (sum) => (sum >>> 0).toString(16).padStart(8, "0")).join("");
}

/** @param {number} word @param {number} by  bits to the right */
const turn = (word, by) => (word >>> by) | (word << (32 - by));
