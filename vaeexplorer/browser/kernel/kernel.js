// @ts-check
/**
 * The compiled arithmetic (simd.ts), ready to be called. From bytes and asynchronously, so that it comes to life in a
 * page from a disk, in a frame and in a worker alike.
 *
 * @typedef {(x: number, bias: number, M: number, N: number) => void} Activate
 * @typedef {{memory: WebAssembly.Memory, bytes: (x: number, out: number, count: number) => void,
 *            product: (a: number, b: number, c: number, M: number, K: number, N: number, lda: number) => void,
 *            none: Activate, relu: Activate, silu: Activate, sigmoid: Activate, tanh: Activate}} Kernel
 */
import { COMPILED } from "./compiled.js";

/**
 * @returns {Promise<Kernel | null>}  null where there is no WebAssembly SIMD, or the page's security policy refuses it
 */
export async function kernel() {
  try {
    const code = Uint8Array.from(atob(COMPILED), (letter) => letter.charCodeAt(0));
    const { instance } = await WebAssembly.instantiate(code);
    return /** @type {Kernel} */ (/** @type {unknown} */ (instance.exports));
  } catch {
    return null;
  }
}
