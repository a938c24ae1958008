// @ts-check
/** Random integers that follow from what they are for, and from nothing that ran before: the same everywhere. */
import { scrambled } from "../kernel/plain_learning.js";

const GOLDEN = 0x9e3779b9;
// What numbers are for.
export const ORDER = 1;
export const NOISE = 2;
export const TEST = 3;
export const WEIGHTS = 4;

/** 32 bits from a seed, a purpose and its numbers. @param {...number} parts integers */
export function keyOf(...parts) {
  let key = 0;
  for (const part of parts) key = scrambled((Math.imul(key, 31) + part + GOLDEN) | 0);
  return key;
}

/** Number i of a stream, 32 bits from 0 up. @param {number} key @param {number} i */
const number = (key, i) => scrambled((key + Math.imul(i, GOLDEN)) | 0) >>> 0;

/** In [0, 1), of 24 bits. @param {number} key @param {number} i */
export const uniform = (key, i) => (number(key, i) >>> 8) / 2 ** 24;

/** The numbers of an epoch's images, in its order (Fisher & Yates). @param {number} count @param {number} key */
export function shuffled(count, key) {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor((number(key, i) / 2 ** 32) * (i + 1)),
      taken = order[i];
    order[i] = order[j];
    order[j] = taken;
  }
  return order;
}
