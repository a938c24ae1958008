// @ts-check
/** The terms of the loss over several batches. */

export class Sums {
  constructor() {
    this.reconstruction = this.kl = this.images = 0;
  }

  /** @param {import("./gradient.js").Sums} batch */
  add({ reconstruction, kl, images }) {
    this.reconstruction += reconstruction;
    this.kl += kl;
    this.images += images;
  }

  /** Nats an image, null of no images. @param {number} beta */
  terms(beta) {
    const { images } = this,
      [reconstruction, kl] = [this.reconstruction / images, this.kl / images];
    return images ? { reconstruction, kl, total: reconstruction + beta * kl } : null;
  }
}
