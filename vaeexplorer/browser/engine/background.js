// @ts-check
/** The worker, seen from the page: images decoded beside the drag. */
import { WORKER_SOURCE } from "./worker_source.js";

/** @typedef {"image" | "strips" | "gallery" | "manifold"} Kind  an image is at z, and asked for only where it cannot be decoded at once
 * @typedef {(kind: Kind, start: number, pixels: Uint8Array, done: boolean) => void} Receive */

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

  /** Forgets what was asked for. @param {ArrayBuffer | null} bytes  packed weights, which are copied; null where others decode */
  use(bytes) {
    this.newest.clear();
    if (bytes) this.worker.postMessage({ network: bytes });
  }

  /** @param {Kind} kind */
  isBusy(kind) {
    return this.newest.has(kind);
  }

  /** Replaces an unfinished request of the same kind. @param {Kind} kind @param {Float32Array} zs [N * D] @param {number} dim */
  request(kind, zs, dim) {
    this.newest.set(kind, ++this.id);
    this.worker.postMessage({ kind, id: this.id, zs, dim }, { transfer: [zs.buffer] });
  }

  stop() {
    this.newest.clear();
    this.worker.terminate();
  }
}
