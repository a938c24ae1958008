// @ts-check
/**
 * The compiled arithmetic (simd.ts), ready to be called. From bytes and asynchronously, so that it comes to life in a
 * page from a disk, in a frame and in a worker alike. Where WebAssembly SIMD is missing or the page's security policy
 * refuses it, the same in plain JavaScript, which gives the same bits.
 */
import { COMPILED } from "./compiled.js";
import { plainKernel } from "./plain.js";

/** @typedef {import("./exports.js").Kernel} Kernel */

/** @returns {Promise<Kernel>} with a memory of its own */
export async function kernel() {
  try {
    const code = Uint8Array.from(atob(COMPILED), (letter) => letter.charCodeAt(0));
    const { instance } = await WebAssembly.instantiate(code);
    return /** @type {Kernel} */ (/** @type {unknown} */ (instance.exports));
  } catch {
    return plainKernel();
  }
}

/** Whether a kernel is the compiled one. @param {Kernel} kernel */
export const isCompiled = (kernel) => typeof WebAssembly !== "undefined" && kernel.memory instanceof WebAssembly.Memory;
