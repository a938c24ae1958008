// @ts-check
/**
 * The worker: decodes strips, galleries and the manifold without delaying a drag. The newest request of each kind
 * replaces the one before. Kinds take turns, a few images at a time, so that frequent requests of one kind do not
 * hold up the others.
 *
 * In:  {network: ArrayBuffer} | {kind, id: number, zs: Float32Array, dim: number}
 * Out: {kind, id, start, pixels: Uint8Array, done: boolean}   pixels of the images from `start` on, 784 each
 */
import { decode, PIXELS, unpack } from "./network.js";

const CHUNK = 20;
/** @type {import("./network.js").Network | null} */
let network = null;
/** @type {Map<string, {kind: string, id: number, zs: Float32Array, dim: number, done: number}>} */
const waiting = new Map();
let running = false;

self.onmessage = ({ data }) => {
  if (data.network) {
    network = unpack(data.network);
    waiting.clear();
  } else waiting.set(data.kind, { ...data, done: 0 });
  if (!running) work();
};

function work() {
  const [task] = waiting.values(); // the one that has waited longest
  running = Boolean(network && task);
  if (!network || !task) return;
  const { kind, id, zs, dim, done: start } = task;
  const count = Math.min(CHUNK, zs.length / dim - start);
  const pixels = new Uint8Array(count * PIXELS);
  for (let i = 0; i < count; i++) {
    const image = decode(network, zs.subarray((start + i) * dim, (start + i + 1) * dim));
    for (let p = 0; p < PIXELS; p++) pixels[i * PIXELS + p] = image[p] * 255 + 0.5;
  }
  task.done += count;
  const done = task.done * dim >= zs.length;
  waiting.delete(kind);
  if (!done) waiting.set(kind, task); // behind the others
  self.postMessage({ kind, id, start, pixels, done }, { transfer: [pixels.buffer] });
  setTimeout(work); // lets a newer request in between
}
