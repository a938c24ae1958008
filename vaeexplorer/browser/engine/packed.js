// @ts-check
/**
 * The frame in which `packing/` sends numbers: "VAEX", uint32 length of the header, the header as JSON, and the arrays
 * one after the other. All numbers are little-endian.
 *
 * @typedef {"<f2" | "<f4"} Precision  float16 or float32
 */

const MAGIC = 0x58454156; // "VAEX"

/** The bytes are damaged or of another kind; the message is for the visitor. */
export class UnpackError extends Error {}

/** Reads a frame from front to back. What it returns are copies, so arrays need not be aligned. */
export class Unpacker {
  /**
   * @param {ArrayBuffer} bytes @param {string} what  names the bytes in messages
   * @param {string} kind  what the header must say it is
   * @throws {UnpackError}
   */
  constructor(bytes, what, kind) {
    this.bytes = bytes;
    this.what = what;
    const view = new DataView(bytes);
    if (bytes.byteLength < 8 || view.getUint32(0, true) !== MAGIC) throw this.error("are of another kind");
    this.offset = 8 + view.getUint32(4, true);
    if (this.offset > bytes.byteLength) throw this.error("are cut short");
    /** @type {any} */
    this.header = null;
    try {
      this.header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, this.offset - 8)));
    } catch {
      throw this.error("have a header that cannot be read");
    }
    if (this.header?.kind !== kind) throw this.error("are of another kind");
  }

  /** @param {number} count @param {Precision} precision @returns {Float32Array} all finite */
  floats(count, precision) {
    if (precision === "<f2") return this.halves(new Uint16Array(this.take(2 * count)));
    if (precision !== "<f4") throw this.error("are of a precision that is not known here");
    const values = new Float32Array(this.take(4 * count));
    for (let i = 0; i < count; i++) if (!Number.isFinite(values[i])) throw this.error("are not all finite numbers");
    return values;
  }

  /** Whole numbers of steps: 0, -1, 1, -2, ... came as 0, 1, 2, 3, ... in two bytes each.
   * @param {number} count @param {number} step @returns {Float32Array} */
  steps(count, step) {
    if (!(step > 0 && Number.isFinite(step))) throw this.error("have a header that cannot be read");
    const sent = new Uint16Array(this.take(2 * count)),
      found = new Float32Array(count); // `Float32Array.from` with a function takes ten times as long
    for (let i = 0; i < count; i++) found[i] = step * ((sent[i] >> 1) ^ -(sent[i] & 1));
    return found;
  }

  /** @param {number} count */
  integers(count) {
    return new Uint8Array(this.take(count));
  }

  /** @throws {UnpackError} if bytes are left */
  end() {
    if (this.offset !== this.bytes.byteLength) throw this.error("are longer than their header says");
  }

  /** @param {number} length in bytes @returns {ArrayBuffer} */
  take(length) {
    if (!Number.isSafeInteger(length) || length < 0) throw this.error("have a header that cannot be read");
    if (this.offset + length > this.bytes.byteLength) throw this.error("are cut short");
    this.offset += length;
    return this.bytes.slice(this.offset - length, this.offset);
  }

  /** @param {Uint16Array} bits @returns {Float32Array} */
  halves(bits) {
    const values = new Float32Array(bits.length);
    for (let i = 0; i < bits.length; i++) {
      const half = bits[i],
        exponent = (half >> 10) & 31,
        fraction = half & 1023;
      if (exponent === 31) throw this.error("are not all finite numbers");
      const size = exponent ? (1 + fraction / 1024) * POWERS[exponent] : fraction * 2 ** -24;
      values[i] = half & 32768 ? -size : size;
    }
    return values;
  }

  /** @param {string} trouble */
  error(trouble) {
    return new UnpackError(`The ${this.what} ${trouble}.`);
  }
}

/** Bytes sent as base64. @param {string} text */
export const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** float32 numbers sent as base64. @param {string} text */
export const floatsOf = (text) => new Float32Array(bytesOf(text).buffer);

const POWERS = Float64Array.from({ length: 32 }, (_, exponent) => 2 ** (exponent - 15));
