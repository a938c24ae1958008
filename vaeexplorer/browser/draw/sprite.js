// @ts-check
/** Images of 28 by 28 pixels on canvases: one test image out of the sheet of all, or grey levels. */

/** Draws one test image, its pixels left crisp. @param {HTMLCanvasElement} canvas @param {ImageBitmap | null} sprite
 * @param {number} index */
export function paintTestImage(canvas, sprite, index) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.clearRect(0, 0, 28, 28);
  if (sprite) context.drawImage(sprite, 28 * (index % 100), 28 * Math.floor(index / 100), 28, 28, 0, 0, 28, 28);
}
