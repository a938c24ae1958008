// @ts-check
/**
 * simd.ts in plain JavaScript: the same exports and, number for number, the same bits, for pages whose security policy
 * refuses WebAssembly. float32 arithmetic is float64 arithmetic rounded after every operation, which is exact for sums,
 * products, quotients and square roots (Figueroa 1995).
 */
import { activations } from "./plain_activations.js";
import { learning } from "./plain_learning.js";
import { losses } from "./plain_losses.js";
import { cosine, exp, ln } from "./plain_numbers.js";
import { products } from "./plain_products.js";

const PAGE = 65536;

/** @returns {import("./exports.js").Kernel} with a memory of its own */
export function plainKernel() {
  const views = /** @type {import("./exports.js").Views} */ ({});
  /** @type {import("./exports.js").Memory} */
  const memory = {
    buffer: new ArrayBuffer(PAGE),
    grow(pages) {
      const before = memory.buffer;
      memory.buffer = new ArrayBuffer(before.byteLength + pages * PAGE);
      new Uint8Array(memory.buffer).set(new Uint8Array(before));
      look();
      return before.byteLength / PAGE;
    },
  };
  function look() {
    views.F = new Float32Array(memory.buffer);
    views.U = new Uint32Array(memory.buffer);
    views.B = new Uint8Array(memory.buffer);
  }
  look();
  return { memory, ...products(views), ...activations(views), ...losses(views), ...learning(views), exp, ln, cosine };
}
