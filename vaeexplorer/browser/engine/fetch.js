// @ts-check
/**
 * Weights, codes and images, fetched once and kept for what is mounted next, unless others have been asked for since.
 *
 * @typedef {{network?: string, remote?: string, codes: string, sprite: string}} Urls
 *   network: absent for a model that only the server can run; remote: where such a model answers (decoding/remote.js)
 * @typedef {import("./codes.js").Classes & {name: string, urls: Urls, image: import("./format.js").Shape}} Space
 *   a latent space as a page is given it
 */
import { unpack } from "./network.js";
import { unpackCodes } from "./codes.js";

const MOST = 12; // files kept: those of the last few runs; the browser's own cache has the others

/** Bytes that a page has without a server, by the name that stands for their address.
 * @type {Map<string, () => Promise<ArrayBuffer>>} */
const provided = new Map();

/** Have bytes at hand under a name, which then is as good as an address.
 * @param {string} url @param {() => Promise<ArrayBuffer>} bytes  called when they are asked for */
export const provide = (url, bytes) => provided.set(url, bytes);

/** Bytes that are no longer at hand, unless others were given under that name since.
 * @param {string} url @param {() => Promise<ArrayBuffer>} bytes  as they were provided */
export const withdraw = (url, bytes) => provided.get(url) === bytes && provided.delete(url);

/** @type {any} the widgets of a page are scripts of their own, and share this alone */
const page = globalThis;
/** What was asked for last stands last.
 * @typedef {{got: number, total: number}} Progress  bytes; total is 0 where it is not known
 * @type {Map<string, {promise: Promise<any>, progress: Progress}>} */
const fetched = (page.__vaeexplorer ??= new Map());

/** What `read` makes of the bytes at an address. @template T @param {string} url
 * @param {(bytes: ArrayBuffer) => T | Promise<T>} read @returns {Promise<T>} */
export function fetchOnce(url, read) {
  const known = fetched.get(url),
    progress = known?.progress ?? { got: 0, total: 0 },
    promise = known?.promise ?? fetchNow(url, read, progress);
  fetched.delete(url);
  fetched.set(url, { promise, progress });
  if (fetched.size > MOST) fetched.delete(/** @type {string} */ (fetched.keys().next().value));
  if (!known)
    promise.catch(() => {
      if (fetched.get(url)?.promise === promise) fetched.delete(url); // a later try may succeed
    });
  return promise;
}

/** How far files have come, together. @param {(string | undefined)[]} urls @returns {Progress} */
export function progressOf(urls) {
  const parts = urls.map((url) => fetched.get(url ?? "")?.progress ?? { got: 0, total: 0 });
  const sum = (/** @type {"got" | "total"} */ name) => parts.reduce((all, part) => all + part[name], 0);
  return { got: sum("got"), total: sum("total") };
}

/** @template T @param {string} url @param {(bytes: ArrayBuffer) => T | Promise<T>} read @param {Progress} progress
 * @returns {Promise<T>} */
async function fetchNow(url, read, progress) {
  const given = provided.get(url),
    bytes = given ? await given() : await download(url, progress),
    result = await read(bytes);
  if (!(await isNamed(url, bytes))) throw new Error("What came is not what was asked for: reload the page.");
  return result;
}

/** @param {string} url @param {Progress} progress @returns {Promise<ArrayBuffer>} */
async function download(url, progress) {
  let response;
  try {
    response = await fetch(url);
  } catch {
    throw new Error("The server cannot be reached.");
  }
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return bodyOf(response, progress);
}

/** @param {Response} response @param {Progress} progress  is brought up to date @returns {Promise<ArrayBuffer>} */
async function bodyOf(response, progress) {
  if (!response.headers.get("Content-Encoding")) progress.total = Number(response.headers.get("Content-Length"));
  const parts = [],
    reader = response.body?.getReader();
  try {
    for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
      parts.push(part.value);
      progress.got += part.value.length;
    }
  } catch {
    throw new Error("The connection was lost.");
  }
  const bytes = new Uint8Array(progress.got);
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  return bytes.buffer;
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

/** All test images, 100 a row. @param {{sprite: string}} urls @returns {Promise<ImageBitmap>} */
export const loadSprite = (urls) => fetchOnce(urls.sprite, (bytes) => createImageBitmap(new Blob([bytes])));

/** Requests of which only the newest counts: an answer or a failure that comes after another request, or after `stop`,
 * is ignored. */
export class Latest {
  constructor() {
    this.newest = 0;
  }

  /** @template T @param {() => Promise<T>} request @param {(answer: T) => void} show
   * @param {(error: Error) => void} fail  gets what `request` or `show` throws; the same may be asked for again */
  async ask(request, show, fail) {
    const number = ++this.newest;
    try {
      const answer = await request();
      if (number === this.newest) show(answer);
    } catch (error) {
      if (number === this.newest) fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Nothing is waited for any more. */
  stop() {
    this.newest++;
  }
}

/** Whether both are of the same network and codes. @param {Pick<Space, "name" | "urls">} a @param {typeof a} b */
export const sameSpace = (a, b) =>
  a.name === b.name && a.urls.network === b.urls.network && a.urls.codes === b.urls.codes;
