// @ts-check
/**
 * Decodes many images a few at a time, in a worker or in the page, without delaying what is more urgent. The newest
 * request of each kind replaces the one before. Kinds take turns, so that frequent requests of one kind do not hold up
 * the others. Every request is answered: by all its images, by an error, or by those of a newer request.
 *
 * @typedef {{kind: string, id: number, zs: Float32Array, dim: number}} Request
 * @typedef {{kind: string, id: number, start: number, pixels: Uint8Array<ArrayBuffer>, done: boolean}
 *           | {kind: string, id: number, error: string}} Answer
 *   pixels of the images from number `start` on (engine/format.js); `done` with the last of a request
 */
import { isCompiled, kernel } from "../kernel/kernel.js";
import { Batch, decodeEach, isDense } from "./batch.js";

export class Queue {
  /** @param {number} chunk  images at a time, one by one
   * @param {number} batch  images at a time by the kernel
   * @param {(answer: Answer) => void} answer */
  constructor(chunk, batch, answer) {
    this.chunk = chunk;
    this.most = batch;
    this.answer = answer;
    /** @type {import("../kernel/exports.js").Kernel | null} */ this.kernel = null;
    /** @type {Batch | null} */ this.batch = null;
    /** @type {Promise<void>} resolved once it is known whether there is a compiled kernel */
    this.ready = kernel().then((found) => {
      if (isCompiled(found)) this.kernel = found; // one by one is faster than the kernel in plain JavaScript
      this.prepare();
    });
    /** @type {import("../engine/network.js").Network | null} */ this.network = null;
    /** @type {Map<string, Request & {start: number}>} the one that has waited longest stands first */
    this.waiting = new Map();
    this.running = false;
  }

  /** Another network; what waits is dropped. @param {import("../engine/network.js").Network | null} network */
  use(network) {
    this.waiting.clear();
    this.network = network;
    this.prepare();
  }

  /** The network as the kernel wants it, where there are both. */
  prepare() {
    const { kernel, network } = this;
    this.batch = kernel && network && isDense(network) ? new Batch(kernel, network, this.most) : null;
  }

  /** @param {Request} request */
  add(request) {
    this.waiting.set(request.kind, { ...request, start: 0 });
    if (!this.running) this.work();
  }

  work() {
    const [task] = this.waiting.values();
    this.running = Boolean(this.network && task);
    if (!this.network || !task) return;
    const { kind, id, zs, dim, start } = task;
    this.waiting.delete(kind);
    try {
      const count = Math.min(this.batch ? this.most : this.chunk, zs.length / dim - start),
        some = zs.subarray(start * dim, (start + count) * dim);
      const pixels = this.batch ? this.batch.decode(some, dim) : decodeEach(this.network, some, dim);
      task.start += count;
      const done = task.start * dim >= zs.length;
      if (!done) this.waiting.set(kind, task); // behind the others
      this.answer({ kind, id, start, pixels, done });
    } catch (error) {
      this.answer({ kind, id, error: error instanceof Error ? error.message : String(error) });
    }
    setTimeout(() => this.work()); // lets a newer request in between
  }
}
