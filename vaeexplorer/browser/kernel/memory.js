// @ts-check
/** Room for arrays in the memory of a kernel. */

import { FIRST } from "./exports.js";

const LINE = 64,
  PAGE = 65536; // bytes in which memory grows

/** @param {number} count @param {number} of */
export const padded = (count, of) => Math.ceil(count / of) * of;

export class Room {
  /** @param {import("./exports.js").Kernel} kernel  used for this alone: its memory is overwritten */
  constructor(kernel) {
    this.memory = kernel.memory;
    this.end = FIRST;
  }

  /** Room for float32 numbers. @param {number} count @returns {number} its offset in bytes, of 64 a multiple */
  floats(count) {
    return this.bytes(4 * count);
  }

  /** @param {number} count @returns {number} its offset */
  bytes(count) {
    const at = this.end;
    this.end = padded(at + count, LINE);
    return at;
  }

  /** Once all has its place: memory to hold it. Views of it from before are detached. */
  grow() {
    const pages = Math.ceil((this.end - this.memory.buffer.byteLength) / PAGE);
    if (pages > 0) this.memory.grow(pages);
  }
}
