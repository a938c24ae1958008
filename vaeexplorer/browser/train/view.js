// @ts-check
/**
 * What is seen of one training: its plane, an image x and what comes out, and samples from the prior.
 *
 * @typedef {import("../record/lane.js").Lane} Lane
 * @typedef {{image: number, drawn: Float32Array | null, follows: boolean, snaps: boolean, colors: string[],
 *            images: import("../interact/image_size.js").ImageSize,
 *            moved(view: View, z: number[]): void, select(image: number): void}} Shown
 *   what all views of a page have in common: the image x (of the test set, or drawn), whether z follows its code, and
 *   the size of images in place of dots
 */
import { pen } from "../draw/canvas.js";
import { h, setText } from "../draw/dom.js";
import { paintImage, tile } from "../draw/sprite.js";
import { imageAt } from "../engine/format.js";
import { Plane } from "./plane.js";

export class View {
  /** @param {Lane} lane @param {Shown} shown @param {number} columns  of the samples @param {number} rows */
  constructor(lane, shown, columns, rows) {
    this.lane = lane;
    this.shown = shown;
    const moved = {
      move: (/** @type {number[]} */ z) => shown.moved(this, z),
      choose: (/** @type {number} */ image) => shown.select(image),
      get snaps() {
        return shown.snaps;
      },
    };
    this.plane = new Plane(columns * rows, moved, shown.images);
    this.plane.samples.width = 28 * columns;
    this.plane.samples.height = 28 * rows;
    this.x = tile({ role: "img", "aria-label": "x, the image that goes in" });
    this.decoded = tile({ class: "out", role: "img", "aria-label": "x′, the image that comes out" });
    this.name = h("span", {}, "x′");
    this.encoding = false;
    /** @type {number | Float32Array} what x shows, or its number */ this.painted = -1;
    this.plane.show(lane, shown.colors);
    this.takeX();
  }

  stop() {
    this.plane.stop();
  }

  /** The lane has another moment. */
  advance() {
    this.plane.advance();
    this.takeX();
  }

  /** Another image x, or another encoder. */
  takeX() {
    const { lane, shown } = this;
    const of = shown.drawn ?? shown.image;
    if (of !== this.painted) {
      const x = shown.drawn ?? imageAt(lane.images.test, shown.image);
      paintImage(pen(this.x), x, shown.drawn ? 1 : 255);
      this.painted = of;
    }
    if (!lane.moment) return;
    if (!shown.follows) return this.decode(this.plane.z);
    const { dim } = lane.choices;
    if (!shown.drawn)
      return this.decode(Array.from(lane.moment.codes.subarray(shown.image * dim, (shown.image + 1) * dim)));
    if (this.encoding || lane.seen !== null) return; // the next moment asks again
    this.encoding = true;
    lane.session
      ?.encode(shown.drawn)
      .then(({ mean }) => shown.drawn && shown.follows && this.decode(mean))
      .catch(() => {})
      .finally(() => (this.encoding = false));
  }

  /** The image at a point. @param {number[]} z */
  decode(z) {
    this.plane.point(z);
    const image = this.lane.decode(z);
    if (image) paintImage(pen(this.decoded), image, 1);
    setText(this.name, this.shown.follows ? "x′" : "d(z)");
  }
}
