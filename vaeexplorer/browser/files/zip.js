// @ts-check
/** A zip archive of files as they are, without compression: what an npz file is, and a folder to take along. */

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? 0xedb88320 ^ (sum >>> 1) : sum >>> 1;
  return sum;
});
const FIRST_DAY = 0x21; // 1 January 1980, the earliest that a zip can say: the same files give the same bytes
const UTF8 = 0x800,
  VERSION = 20;

/** CRC-32 of bytes, as zip and PNG have it. @param {Uint8Array} bytes */
export function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 255] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

/** @param {[string, Uint8Array][]} files  names, with / between folders, and contents; below 4 GB together
 * @returns {Uint8Array<ArrayBuffer>} */
export function zip(files) {
  /** @type {Uint8Array[]} */ const parts = [];
  /** @type {Uint8Array[]} */ const directory = [];
  let at = 0;
  for (const [name, content] of files) {
    const text = new TextEncoder().encode(name);
    const common = [
      ...[half(UTF8), half(0), half(0), half(FIRST_DAY), word(crc32(content)), word(content.length)],
      ...[word(content.length), half(text.length), half(0)],
    ];
    const header = joined([word(0x04034b50), half(VERSION), ...common, text]);
    parts.push(header, content);
    const rest = [half(0), half(0), half(0), word(0), word(at), text];
    directory.push(joined([word(0x02014b50), half(VERSION), half(VERSION), ...common, ...rest]));
    at += header.length + content.length;
  }
  const listed = joined(directory),
    count = half(files.length);
  const end = [word(0x06054b50), half(0), half(0), count, count, word(listed.length), word(at), half(0)];
  return joined([...parts, listed, ...end]);
}

/** @param {Uint8Array[]} parts @returns {Uint8Array<ArrayBuffer>} one after the other */
export function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const half = (/** @type {number} */ value) => Uint8Array.of(value & 255, value >>> 8);
const word = (/** @type {number} */ value) =>
  Uint8Array.of(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
