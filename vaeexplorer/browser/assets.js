// @ts-check
/**
 * Weights, codes and images, fetched once per page load, whatever is mounted, unmounted and mounted again.
 *
 * @typedef {{network: string, codes: string, sprite: string}} Urls
 */
import { unpack } from "./network.js";
import { unpackCodes } from "./points.js";

/** @type {Map<string, Promise<any>>} */
const fetched = (/** @type {any} */ (globalThis).__vaeexplorer ??= new Map());

/** What is at an address, read. @template T @param {string} url @param {(bytes: ArrayBuffer) => T | Promise<T>} read @returns {Promise<T>} */
export function fetchOnce(url, read) {
  if (!fetched.has(url)) {
    const promise = fetch(url).then(
      async (response) => {
        if (!response.ok) throw new Error(`The server answered ${response.status}.`);
        return read(await response.arrayBuffer());
      },
      () => {
        throw new Error("The server cannot be reached.");
      },
    );
    promise.catch(() => fetched.delete(url)); // a later try may succeed
    fetched.set(url, promise);
  }
  return /** @type {Promise<T>} */ (fetched.get(url));
}

/** The network, and its bytes for the worker. @param {Urls} urls */
export const loadNetwork = (urls) => fetchOnce(urls.network, (bytes) => ({ network: unpack(bytes), bytes }));

/** @param {Urls} urls */
export const loadCodes = (urls) => fetchOnce(urls.codes, unpackCodes);

/** All test images, 28 pixels each, 100 a row. @param {Urls} urls @returns {Promise<ImageBitmap>} */
export const loadSprite = (urls) => fetchOnce(urls.sprite, (bytes) => createImageBitmap(new Blob([bytes], { type: "image/png" })));

/** Draws one test image, its pixels left crisp. @param {HTMLCanvasElement} canvas @param {ImageBitmap | null} sprite
 * @param {number} index */
export function paintTestImage(canvas, sprite, index) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.clearRect(0, 0, 28, 28);
  if (sprite) context.drawImage(sprite, 28 * (index % 100), 28 * Math.floor(index / 100), 28, 28, 0, 0, 28, 28);
}
