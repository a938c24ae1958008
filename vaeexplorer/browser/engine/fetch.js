// @ts-check
/**
 * Weights, codes and images, fetched once per page load, whatever is mounted, unmounted and mounted again.
 *
 * @typedef {{network?: string, remote?: string, codes: string, sprite: string}} Urls
 *   network: absent for a model that only the server can run; remote: where such a model answers (remote.js)
 * @typedef {import("./codes.js").Classes & {name: string, urls: Urls}} Space  a latent space as a page is given it
 */
import { unpack } from "./network.js";
import { unpackCodes } from "./codes.js";

/** @type {any} the widgets of a page are scripts of their own, and share this alone */
const page = globalThis;
/** @type {Map<string, Promise<any>>} */
const fetched = (page.__vaeexplorer ??= new Map());

/** What `read` makes of the bytes at an address. @template T @param {string} url
 * @param {(bytes: ArrayBuffer) => T | Promise<T>} read @returns {Promise<T>} */
export function fetchOnce(url, read) {
  if (!fetched.has(url)) {
    const promise = fetch(url).then(
      async (response) => {
        if (!response.ok) throw new Error(`The server answered ${response.status}.`);
        const bytes = await response.arrayBuffer(),
          result = await read(bytes);
        if (!(await isNamed(url, bytes))) throw new Error("What came is not what was asked for: reload the page.");
        return result;
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
