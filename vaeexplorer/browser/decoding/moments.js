// @ts-check
/**
 * Many images of a network that is another from moment to moment: by whoever has it, or from its bytes in the
 * background.
 *
 * @typedef {{weights: ArrayBuffer | null, decode: (zs: Float32Array) => Promise<Uint8Array> | undefined}} Source
 *   decode: where there are no weights; may never answer
 */
import { Background } from "./background.js";

export class Moments {
  /** @param {(start: number, pixels: Uint8Array, done: boolean) => void} receive  as of a Background */
  constructor(receive) {
    this.receive = receive;
    /** @type {Background | null} once there are weights */ this.background = null;
    /** @type {Promise<Uint8Array> | null} */ this.asked = null;
  }

  /** Whether images of the same source are on their way. @param {Source} source */
  isBusy({ weights }) {
    return weights ? Boolean(this.background?.isBusy("manifold")) : this.asked !== null;
  }

  /** What was asked for before comes no more. @param {Source} source @param {Float32Array} zs  [N * D]
   * @param {number} dim */
  request({ weights, decode }, zs, dim) {
    this.drop();
    if (weights) {
      this.background ??= new Background(
        (_, ...images) => this.receive(...images),
        () => {},
      );
      this.background.use(weights);
      return this.background.request("manifold", zs, dim);
    }
    const asked = (this.asked = decode(zs) ?? null),
      take = (/** @type {Uint8Array | null} */ pixels) => {
        if (this.asked !== asked) return;
        this.asked = null;
        if (pixels) this.receive(0, pixels, true);
      };
    asked?.then(take, () => take(null));
  }

  drop() {
    this.asked = null;
    this.background?.use(null);
  }

  stop() {
    this.asked = null;
    this.background?.stop();
  }
}
