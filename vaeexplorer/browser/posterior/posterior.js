// @ts-check
/**
 * The true posterior of the image that is shown: asked of a worker, or of the page where the browser refuses one. The
 * worker is started when the first image is asked for, and ended with `stop`.
 */
import { startWorker } from "../decoding/start.js";
import { unpack } from "../engine/network.js";
import { Desk } from "./desk.js";
import { WORKER_SOURCE } from "./worker_source.js";

export class TruePosterior {
  /** @param {(answer: import("./desk.js").Answer) => void} onAnswer  never of an image before the newest */
  constructor(onAnswer) {
    this.onAnswer = onAnswer;
    this.id = 0;
    /** @type {Worker | null} */ this.worker = null;
    /** @type {Desk | null} in the page */ this.desk = null;
    /** @type {{network: ArrayBuffer, side: number, reach: number} | null} */ this.ground = null;
    /** @type {import("./desk.js").Request | null} */ this.newest = null;
  }

  /** Another network. @param {ArrayBuffer} network  packed, with a decoder of two latent dimensions
   * @param {number} side  of the grid @param {number} reach  half a side of what it covers */
  use(network, side, reach) {
    this.stop();
    this.ground = { network, side, reach };
    try {
      this.worker = startWorker(
        WORKER_SOURCE,
        (data) => this.take(data),
        () => this.refused(),
      );
      this.worker.postMessage(this.ground);
    } catch {
      this.refused();
    }
  }

  /** The page takes over, the newest image included. */
  refused() {
    this.worker?.terminate();
    this.worker = null;
    if (!this.ground || this.desk) return;
    const { network, side, reach } = this.ground;
    const desk = new Desk(
      (answer) => this.desk === desk && this.take(answer),
      () => new Promise((done) => setTimeout(done)),
    );
    this.desk = desk;
    desk.use(unpack(network), side, reach);
    if (this.newest) desk.ask(this.newest);
  }

  /** @param {import("./desk.js").Answer} answer */
  take(answer) {
    if ("laid" in answer || answer.id === this.newest?.id) this.onAnswer(answer);
  }

  /** @param {Omit<import("./desk.js").Request, "id">} request */
  ask(request) {
    this.newest = { ...request, id: ++this.id };
    if (this.desk) this.desk.ask(this.newest);
    else this.worker?.postMessage(this.newest);
  }

  stop() {
    this.worker?.terminate();
    this.worker = this.desk = this.ground = this.newest = null;
  }
}
