// @ts-check
/**
 * Images decoded in a worker, so that a drag never waits for them. Where the browser refuses a worker, the page decodes
 * them itself, a few at a time.
 *
 * @typedef {"image" | "strips" | "gallery" | "manifold"} Kind
 *   an image is the one at z, requested only where the page cannot decode it itself
 * @typedef {(kind: Kind, start: number, pixels: Uint8Array, done: boolean) => void} Receive
 *   gets images from number `start` on (engine/format.js); `done` with the last of a request
 */
import { unpack } from "../engine/network.js";
import { Queue } from "./queue.js";
import { startWorker } from "./start.js";
import { WORKER_SOURCE } from "./worker_source.js";

const CHUNK = 4, // images at a time in the page: a few milliseconds
  BATCH = 40; // with the kernel
const REFUSED = "There is no worker for this page: it decodes strips and galleries itself, and drags are less smooth.";

export class Background {
  /** @param {Receive} onImages
   * @param {(trouble: string) => void} onTrouble  gets a sentence, or an empty text when images come again */
  constructor(onImages, onTrouble) {
    this.onImages = onImages;
    this.onTrouble = onTrouble;
    this.id = 0;
    this.troubled = this.isSaid = false;
    /** @type {Map<Kind, import("./queue.js").Request>} newest request of each kind, until it is answered */
    this.newest = new Map();
    /** @type {ArrayBuffer | null} */ this.network = null;
    /** @type {Queue | null} in the page */ this.queue = null;
    /** @type {Worker | null} */ this.worker = null;
    try {
      this.worker = startWorker(
        WORKER_SOURCE,
        (data) => this.take(data),
        () => this.refused(),
      );
    } catch {
      this.refused();
    }
  }

  /** The page takes over, what was asked for included. */
  refused() {
    this.worker?.terminate();
    this.worker = null;
    if (this.queue) return;
    this.queue = new Queue(CHUNK, BATCH, (answer) => this.take(answer));
    this.queue.use(this.network && unpack(this.network));
    for (const request of this.newest.values()) this.send(request);
  }

  /** @param {import("./queue.js").Answer} answer */
  take(answer) {
    const kind = /** @type {Kind} */ (answer.kind);
    if (this.newest.get(kind)?.id !== answer.id) return;
    if ("error" in answer) {
      this.newest.delete(kind);
      this.troubled = true;
      return this.onTrouble(`The images could not be decoded: ${answer.error}`);
    }
    if (answer.done) this.newest.delete(kind);
    if (this.troubled) this.onTrouble("");
    this.troubled = false;
    this.onImages(kind, answer.start, answer.pixels, answer.done);
  }

  /** Another network; pending requests are dropped.
   * @param {ArrayBuffer | null} bytes  packed weights, which are copied; null where the server decodes */
  use(bytes) {
    this.newest.clear();
    this.network = bytes;
    this.isSaid = false;
    if (this.queue) this.queue.use(bytes && unpack(bytes));
    else if (bytes) this.worker?.postMessage({ network: bytes });
  }

  /** @param {Kind} kind */
  isBusy(kind) {
    return this.newest.has(kind);
  }

  /** Replaces an unfinished request of the same kind.
   * @param {Kind} kind @param {Float32Array} zs  [N * D] @param {number} dim */
  request(kind, zs, dim) {
    const request = { kind, id: ++this.id, zs, dim };
    this.newest.set(kind, request);
    this.send(request);
  }

  /** @param {import("./queue.js").Request} request */
  send(request) {
    if (this.queue && !this.isSaid) {
      this.isSaid = true;
      this.onTrouble(REFUSED);
    }
    if (this.queue) this.queue.add(request);
    else this.worker?.postMessage(request);
  }

  stop() {
    this.newest.clear();
    this.worker?.terminate();
    this.queue?.use(null);
  }
}
