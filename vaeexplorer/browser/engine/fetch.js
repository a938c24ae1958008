// @ts-check
/**
 * Weights, codes and images, fetched once and kept for what is mounted next, unless others have been asked for since.
 *
 * @typedef {{network?: string, remote?: string, codes: string, sprite: string}} Urls
 *   network: there is none of a model that only the server can run; remote is where it is asked (remote.js)
 */
import { unpack } from "./network.js";
import { unpackCodes } from "../draw/dots.js";

const MOST = 12; // files kept: those of the last few runs; the browser's own cache has the others

const page = /** @type {{__vaeexplorer?: Map<string, Promise<any>>}} */ (globalThis);
/** Of all components of the page; what was asked for last stands last. */
const fetched = (page.__vaeexplorer ??= new Map());

/** What is at an address, read. @template T @param {string} url @param {(bytes: ArrayBuffer) => T | Promise<T>} read @returns {Promise<T>} */
export function fetchOnce(url, read) {
  const known = fetched.get(url);
  const promise = known ?? fetchNow(url, read);
  fetched.delete(url);
  fetched.set(url, promise);
  if (fetched.size > MOST) fetched.delete(/** @type {string} */ (fetched.keys().next().value));
  if (!known)
    promise.catch(() => {
      if (fetched.get(url) === promise) fetched.delete(url); // a later try may succeed
    });
  return promise;
}

/** @template T @param {string} url @param {(bytes: ArrayBuffer) => T | Promise<T>} read @returns {Promise<T>} */
async function fetchNow(url, read) {
  let response;
  try {
    response = await fetch(url);
  } catch {
    throw new Error("The server cannot be reached.");
  }
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  const bytes = await response.arrayBuffer(),
    result = await read(bytes);
  if (!(await isNamed(url, bytes))) throw new Error("What came is not what was asked for: reload the page.");
  return result;
}

/** Whether the bytes are those that the address names by the beginning of their SHA-256, if it names any. Browsers work
 * it out only on https and on the own machine. @param {string} url @param {ArrayBuffer} bytes */
async function isNamed(url, bytes) {
  const name = /-([0-9a-f]{16})\.\w+$/.exec(url)?.[1];
  if (!name || !globalThis.crypto?.subtle) return true;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("") === name;
}

/** The network, and its bytes for the worker; null where the server has it. @param {Urls} urls */
export const loadNetwork = (urls) =>
  urls.network ? fetchOnce(urls.network, (bytes) => ({ network: unpack(bytes), bytes })) : Promise.resolve(null);

/** @param {Urls} urls */
export const loadCodes = (urls) => fetchOnce(urls.codes, unpackCodes);

/** All test images, 28 pixels each, 100 a row. @param {Urls} urls @returns {Promise<ImageBitmap>} */
export const loadSprite = (urls) => fetchOnce(urls.sprite, (bytes) => createImageBitmap(new Blob([bytes])));

/** Draws one test image, its pixels left crisp. @param {HTMLCanvasElement} canvas @param {ImageBitmap | null} sprite
 * @param {number} index */
export function paintTestImage(canvas, sprite, index) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.clearRect(0, 0, 28, 28);
  if (sprite) context.drawImage(sprite, 28 * (index % 100), 28 * Math.floor(index / 100), 28, 28, 0, 0, 28, 28);
}
