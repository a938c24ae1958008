// @ts-check
/**
 * The straight way from A to B in one latent space: what its decoder draws along it, and where the app is asked, how
 * far each image is from the nearest training image.
 *
 * @typedef {{distances: number[], nearest: string, usual: number}} Measured
 *   distances: Euclidean, over the pixels; nearest: their nearest training images, uint8, in base64; usual:
 *   the median distance of reconstructions
 * @typedef {Pick<import("../engine/fetch.js").Space, "name" | "urls" | "image"> & {kind: string}} Space
 *   kind: AE, VAE or PCA
 * @typedef {{space: Space, codes: import("../engine/codes.js").Codes | null, ends: [number[], number[]] | null,
 *            pair: {step: number, pointAt(step: number): void}, say(trouble: string): void}} Pane
 *   what a way reads of its plane
 */
import { Background } from "../decoding/background.js";
import { RemoteBackground } from "../decoding/remote.js";
import { pen } from "../draw/canvas.js";
import { h, positionIn } from "../draw/dom.js";
import { number } from "../draw/numbers.js";
import { paintImage, tile } from "../draw/sprite.js";
import { lerp } from "../engine/geometry.js";
import { formatOf, imageAt } from "../engine/format.js";
import { bytesOf } from "../engine/packed.js";
import { ARROWS } from "../interact/gestures.js";

export const STEPS = 15; // images in a strip
const GAP = 2; // pixels between images

export class Way {
  /** @param {Pane} pane */
  constructor(pane) {
    this.pane = pane;
    const { space } = pane;
    this.isStale = false;
    this.format = formatOf(space.image);
    this.pitch = this.format.width + GAP; // from one image to the next
    /** @type {Measured | null} */ this.measured = null;
    this.canvas = h("canvas", { width: STEPS * this.pitch - GAP, height: this.format.height });
    const label = `What ${space.name} decodes on the straight way from A to B; arrow keys point at an image`;
    const range = { "aria-valuemin": "1", "aria-valuemax": String(STEPS), "aria-valuenow": "1" };
    this.strip = h("div", { class: "strip", role: "slider", tabIndex: 0, "aria-label": label, ...range });
    this.mark = h("i", { class: "mark", hidden: true });
    this.thumbnail = tile({}, this.format);
    this.caption = h("div");
    this.card = h("div", { class: "card near", hidden: true }, this.thumbnail, this.caption);
    this.strip.append(this.canvas, this.mark, this.card);
    this.numbers = h("div", { class: "numbers", "aria-hidden": "true" });
    this.largest = h("output", { class: "key-number" });
    this.figure = h(
      "figure",
      {},
      h("figcaption", {}, h("b", { textContent: space.kind, title: space.name }), this.largest),
      this.strip,
      this.numbers,
    );
    const at = (/** @type {PointerEvent} */ event) =>
      Math.min(STEPS - 1, Math.floor((positionIn(this.strip, event).x / this.strip.clientWidth) * STEPS));
    this.strip.onpointermove = this.strip.onpointerdown = (/** @type {PointerEvent} */ event) =>
      pane.pair.pointAt(at(event));
    this.strip.onpointerleave = this.strip.onblur = () => pane.pair.pointAt(-1);
    this.strip.onkeydown = (/** @type {KeyboardEvent} */ event) => {
      const by = ARROWS[event.key]?.[0];
      if (!by) return;
      event.preventDefault();
      pane.pair.pointAt(Math.min(STEPS - 1, Math.max(0, pane.pair.step + by)));
    };
    /** @type {import("../decoding/background.js").Receive} */
    const receive = (_, start, pixels, done) => this.receive(start, pixels, done);
    const { remote } = space.urls; // of a model that only the server can run
    this.canDecode = Boolean(remote);
    this.background = remote
      ? new RemoteBackground(remote, receive, (trouble) => pane.say(trouble), this.format.size)
      : new Background(receive, (trouble) => pane.say(trouble));
  }

  stop() {
    this.background.stop();
  }

  /** @param {ArrayBuffer} bytes  of the network */
  use(bytes) {
    if (this.background instanceof Background) this.background.use(bytes);
    this.canDecode = true;
    this.draw();
  }

  /** Where an image of the strip is decoded. @param {number} step @returns {number[] | null} */
  point(step) {
    const { ends } = this.pane;
    return ends && step >= 0 ? lerp(ends[0], ends[1], step / (STEPS - 1)) : null;
  }

  /** Decodes the images from A to B, once there is a network. */
  draw() {
    const { codes, ends } = this.pane;
    if (!this.canDecode || !codes || !ends) return;
    this.isStale = this.background.isBusy("strips"); // the running request ends first, or none would in a long drag
    if (this.isStale) return;
    const zs = Array.from({ length: STEPS }, (_, k) => /** @type {number[]} */ (this.point(k)));
    this.background.request("strips", Float32Array.from(zs.flat()), codes.dim);
  }

  /** @param {number} start @param {Uint8Array} pixels @param {boolean} done */
  receive(start, pixels, done) {
    const { format } = this;
    for (let i = 0; i * format.size < pixels.length; i++)
      paintImage(pen(this.canvas), imageAt(pixels, i, format), 255, (start + i) * this.pitch, 0, format);
    if (done && this.isStale) this.draw();
  }

  /** @param {Measured | null} measured  null where it is not known, or not yet */
  show(measured) {
    this.measured = measured;
    const most = measured ? Math.max(...measured.distances) : NaN;
    const worst = measured ? measured.distances.indexOf(most) : -1;
    this.numbers.replaceChildren(
      ...(measured?.distances ?? []).map((each, k) =>
        h("span", { class: k === worst ? "worst" : "" }, number(each, 1)),
      ),
    );
    this.largest.textContent = measured ? number(most, 1) : "";
    this.figure.title = measured
      ? `Below each: distance to the nearest training image; reconstructions: ${number(measured.usual, 1)}.`
      : "";
    this.mark.hidden = worst < 0;
    this.mark.style.left = `${(100 * worst) / STEPS}%`;
    this.pointed();
  }

  /** Shows the image that is pointed at. */
  pointed() {
    const { step } = this.pane.pair,
      { measured, card, strip } = this;
    strip.setAttribute("aria-valuenow", String(Math.max(0, step) + 1));
    const far = measured && step >= 0 ? number(measured.distances[step], 2) : "";
    strip.setAttribute("aria-valuetext", `image ${Math.max(0, step) + 1} of ${STEPS}${far && `, ${far} away`}`);
    card.hidden = !far;
    if (!measured || step < 0) return;
    this.bytes = this.bytesOf === measured ? this.bytes : bytesOf(measured.nearest);
    this.bytesOf = measured;
    const image = imageAt(/** @type {Uint8Array} */ (this.bytes), step, this.format);
    paintImage(pen(this.thumbnail), image, 255, 0, 0, this.format);
    this.caption.textContent = `nearest training image, ${far} away`;
    card.style.left = `${Math.min(70, (100 * step) / STEPS)}%`;
  }
}
