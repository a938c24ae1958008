// @ts-check
/**
 * Images decoded in a worker, so that a drag never waits for them.
 *
 * @typedef {"image" | "strips" | "gallery" | "manifold"} Kind
 *   an image is the one at z, requested only where the page cannot decode it itself
 * @typedef {(kind: Kind, start: number, pixels: Uint8Array, done: boolean) => void} Receive
 *   gets images from number `start` on, 784 pixels each; `done` with the last of a request
 */
import { WORKER_SOURCE } from "./worker_source.js";

export class Background {
  /** @param {Receive} onImages */
  constructor(onImages) {
    const url = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: "text/javascript" }));
    this.worker = new Worker(url);
    URL.revokeObjectURL(url);
    this.id = 0;
    /** @type {Map<Kind, number>} newest request of each kind */
    this.newest = new Map();
    this.worker.onmessage = ({ data }) => {
      if (this.newest.get(data.kind) !== data.id) return;
      if (data.done) this.newest.delete(data.kind);
      onImages(data.kind, data.start, data.pixels, data.done);
    };
  }

  /** Another network; pending requests are dropped.
   * @param {ArrayBuffer | null} bytes  packed weights, which are copied; null where the server decodes */
  use(bytes) {
    this.newest.clear();
    if (bytes) this.worker.postMessage({ network: bytes });
  }

  /** @param {Kind} kind */
  isBusy(kind) {
    return this.newest.has(kind);
  }

  /** Replaces an unfinished request of the same kind.
   * @param {Kind} kind @param {Float32Array} zs  [N * D], not usable afterwards @param {number} dim */
  request(kind, zs, dim) {
    this.newest.set(kind, ++this.id);
    this.worker.postMessage({ kind, id: this.id, zs, dim }, { transfer: [zs.buffer] });
  }

  stop() {
    this.newest.clear();
    this.worker.terminate();
  }
}
