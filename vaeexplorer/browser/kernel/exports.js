// @ts-check
/**
 * What the compiled kernel and its twin in plain JavaScript export. Offsets are in bytes.
 *
 * @typedef {(x: number, bias: number, slope: number, M: number, N: number) => void} Activate
 * @typedef {(x: number, y: number, bias: number, sums: number, R: number, N: number, scale: number) => number} Loss
 * @typedef {{
 *   memory: WebAssembly.Memory | Memory,
 *   product: (a: number, b: number, c: number, M: number, K: number, N: number, lda: number) => void,
 *   productT: (a: number, b: number, c: number, M: number, K: number, N: number) => void,
 *   pack: (b: number, out: number, K: number, N: number, width: number) => void,
 *   turn: (b: number, out: number, K: number, N: number, isWide: number) => void,
 *   rows: (images: number, numbers: number, x: number, starts: number, entries: number, B: number, P: number) => void,
 *   nonzero: (x: number, starts: number, entries: number, R: number, C: number) => void,
 *   columns: (starts: number, entries: number, starts2: number, entries2: number, R: number, C: number) => void,
 *   sparse: (starts: number, entries: number, b: number, c: number, R: number, K: number, N: number,
 *            inPanels: number) => void,
 *   none: Activate, relu: Activate, silu: Activate, sigmoid: Activate, tanh: Activate,
 *   back: (g: number, slope: number, sums: number, M: number, N: number) => void,
 *   sum: (g: number, sums: number, M: number, N: number) => void,
 *   bernoulli: Loss, continuousBernoulli: Loss, squared: Loss, squaredSigmoid: Loss,
 *   sample: (q: number, bias: number, eps: number, z: number, R: number, D: number, W: number) => number,
 *   sampleBack: (q: number, eps: number, dz: number, R: number, D: number, W: number, scale: number) => void,
 *   adam: (x: number, g: number, m: number, v: number, count: number, step: number, correction: number) => void,
 *   normals: (out: number, count: number, key: number) => void,
 *   exp: (x: number) => number, ln: (x: number) => number, cosine: (turns: number) => number,
 *   bytes: (x: number, out: number, count: number) => void}} Kernel
 * @typedef {{buffer: ArrayBuffer, grow: (pages: number) => number}} Memory  as a WebAssembly.Memory is
 * @typedef {{F: Float32Array, U: Uint32Array, B: Uint8Array}} Views  of one memory, anew after it has grown
 */

/** Bytes of memory, from the first, that are the kernel's own. */
export const FIRST = 4096;
