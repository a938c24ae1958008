// @ts-check
/**
 * A model that has no weights to send: the server runs it (`app/server/remote.py`).
 *
 * `RemoteBackground` has the methods of `Background`, which decodes in a worker. At most one request of each kind is
 * under way, and the newest codes replace those that wait; while the server does not answer, the last images stay.
 */

/** @typedef {(what: "decode" | "encode", body: ArrayBufferView<ArrayBuffer>) => Promise<ArrayBuffer>} Answer */

/** Who answers in the place of the server, by the beginning of the addresses that it stands for. Each view of a widget
 * does: the newest is asked. @type {Map<string, Answer[]>} */
const others = new Map();

/** Have somebody else than the server asked: the kernel of a notebook. @param {string} base @param {Answer} answer
 * @returns {() => void} ends it */
export function askInstead(base, answer) {
  others.set(base, [...(others.get(base) ?? []), answer]);
  return () => {
    const left = (others.get(base) ?? []).filter((other) => other !== answer);
    if (left.length) others.set(base, left);
    else others.delete(base); // what an answer holds on to is freed: codes and images of the model
  };
}

const CHUNK = 64; // images a request: z under the pointer never waits for more than these

/** Numbers go out in the machine's byte order, which is little-endian wherever browsers run.
 * @param {string} base @param {"decode" | "encode"} what @param {ArrayBufferView<ArrayBuffer>} body
 * @returns {Promise<ArrayBuffer>} */
async function ask(base, what, body) {
  const other = others.get(base)?.at(-1);
  if (other) return other(what, body);
  let response;
  try {
    response = await fetch(base + what, {
      method: "POST",
      body,
      headers: { "Content-Type": "application/octet-stream" },
    });
  } catch {
    throw new Error("The server cannot be reached; the last picture stays.");
  }
  if (response.ok) return response.arrayBuffer();
  const said = response.headers.get("Content-Type")?.startsWith("text/plain") ? await response.text() : "";
  throw new Error(said || `The server answered ${response.status}.`);
}

/** Images of codes, [N * D] -> the images, byte by byte (engine/format.js).
 * @param {string} base  of the model's addresses
 * @param {Float32Array<ArrayBuffer>} zs @param {number} dim
 * @param {number} size  numbers of an image */
export async function decodeThere(base, zs, dim, size) {
  const pixels = new Uint8Array(await ask(base, "decode", zs));
  if (pixels.length !== (zs.length / dim) * size)
    throw new Error("The server answered with other images than were asked for.");
  return pixels;
}

/** q(z|x) of an image. @param {string} base @param {ArrayLike<number>} x  in [0, 1] @param {number} dim
 * @returns {Promise<{mean: number[], logvar: number[] | null}>} */
export async function encodeThere(base, x, dim) {
  const codes = new Float32Array(
    await ask(
      base,
      "encode",
      Uint8Array.from(x, (value) => 255 * value + 0.5),
    ),
  );
  if (codes.length !== dim && codes.length !== 2 * dim)
    throw new Error("The server answered with another kind of code.");
  return {
    mean: Array.from(codes.subarray(0, dim)),
    logvar: codes.length > dim ? Array.from(codes.subarray(dim)) : null,
  };
}

/** @typedef {import("./background.js").Kind} Kind */

export class RemoteBackground {
  /** @param {string} base @param {import("./background.js").Receive} onImages
   * @param {(trouble: string) => void} onTrouble  gets a sentence, or an empty text when the server answers again
   * @param {number} size  numbers of an image */
  constructor(base, onImages, onTrouble, size) {
    this.base = base;
    this.size = size;
    this.onImages = onImages;
    this.onTrouble = onTrouble;
    /** @type {Map<Kind, {zs: Float32Array, dim: number}>} newest request of each kind, until it is answered */
    this.wanted = new Map();
    /** @type {Set<Kind>} */ this.asking = new Set();
    this.stopped = this.troubled = false;
  }

  /** @param {Kind} kind */
  isBusy(kind) {
    return this.wanted.has(kind);
  }

  /** Replaces an unanswered request of the same kind.
   * @param {Kind} kind @param {Float32Array} zs  [N * D] @param {number} dim */
  request(kind, zs, dim) {
    this.wanted.set(kind, { zs, dim });
    if (!this.asking.has(kind)) this.answer(kind);
  }

  /** Asks until nothing is wanted. @param {Kind} kind */
  async answer(kind) {
    this.asking.add(kind);
    for (let task = this.wanted.get(kind), start = 0; task && !this.stopped; ) {
      const { zs, dim } = task,
        end = Math.min(start + CHUNK, zs.length / dim);
      try {
        const pixels = await decodeThere(this.base, zs.slice(start * dim, end * dim), dim, this.size);
        if (this.stopped) return;
        if (this.troubled) this.onTrouble("");
        this.troubled = false;
        const newest = this.wanted.get(kind),
          done = end * dim >= zs.length;
        if (newest === task && done) this.wanted.delete(kind);
        // One image is worth seeing though the pointer has moved on; a strip or gallery of where it was is not.
        if (newest === task || kind === "image") this.onImages(kind, start, pixels, done);
        start = end;
      } catch (error) {
        if (this.stopped) return;
        if (this.wanted.get(kind) === task) this.wanted.delete(kind); // the next gesture asks again
        this.onTrouble(/** @type {Error} */ (error).message);
        this.troubled = true;
      }
      if (this.wanted.get(kind) !== task) [task, start] = [this.wanted.get(kind), 0];
    }
    this.asking.delete(kind);
  }

  stop() {
    this.stopped = true;
  }
}
