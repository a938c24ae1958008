// @ts-check
/** Canvases as sharp as the screen.
 * @typedef {{canvas: HTMLCanvasElement, box: number[], opacity: number, isSmooth: boolean}} Behind
 *   an image behind a plane's dots: decoded images, or a map; box: least and greatest x, then y, in the plane's units
 */

/** @param {HTMLCanvasElement} canvas @returns {CanvasRenderingContext2D} */
export const pen = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

/** Device pixels per CSS pixel in a canvas: two at the most. Dots are written pixel by pixel, so ratio three would
 * take 2.25 times as long for a difference that is hard to see. */
export const pixelRatio = () => Math.min(2, devicePixelRatio || 1);

/** Gives a canvas the pixels of its size on the screen. A change empties it and resets its pen.
 * @param {HTMLCanvasElement} canvas @param {number} [width] @param {number} [height] CSS pixels
 * @returns {boolean} whether the size changed */
export function fitCanvas(canvas, width = canvas.clientWidth, height = canvas.clientHeight) {
  const ratio = pixelRatio(),
    [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width === across && canvas.height === down) return false;
  canvas.width = across;
  canvas.height = down;
  return true;
}

/** @type {Set<() => void>} */ const watching = new Set();
let isArmed = false;

/** A window may be moved to another screen, or the page enlarged. A media query knows one ratio, so each change needs
 * another query. */
function arm() {
  isArmed = true;
  const changed = () => {
    arm();
    for (const act of watching) act();
  };
  matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", changed, { once: true });
}

/** Calls whenever what a canvas should be painted for changes: the size of an element, or the pixels of the screen.
 * @param {Element} element @param {() => void} act @returns {() => void} ends it */
export function onResize(element, act) {
  const sizes = new ResizeObserver(act);
  sizes.observe(element);
  watching.add(act);
  if (!isArmed) arm();
  return () => {
    sizes.disconnect();
    watching.delete(act);
  };
}
