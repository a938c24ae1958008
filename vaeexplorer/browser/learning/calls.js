// @ts-check
/**
 * Calls to an object that lives in a worker, or in the page where workers are refused, and its reports.
 *
 * @typedef {{id: number, name: string, given: any[]}} Call
 * @typedef {{id: number, value?: any, error?: string} | {report: string, value: any}} Answer
 * @typedef {(name: string, value: any) => void} Report  something happened
 */

/** Where buffers change hands rather than being copied. @param {any} value @returns {ArrayBuffer[]} */
export function buffersOf(value) {
  const isPart = !value || typeof value !== "object" || ArrayBuffer.isView(value) || value instanceof ArrayBuffer,
    parts = isPart ? [value] : Object.values(value);
  const buffers = parts.map((part) => (ArrayBuffer.isView(part) ? part.buffer : part));
  return /** @type {ArrayBuffer[]} */ ([...new Set(buffers.filter((buffer) => buffer instanceof ArrayBuffer))]);
}

/** Gives memory back that nobody reads any more, which a collector would leave until there is much of it: the buffer is
 * sent to nobody. (`buffer.transfer(0)` frees nothing in Chromium where the buffer came by a message.)
 * @param {ArrayBufferLike} buffer */
export function release(buffer) {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  port1.postMessage(null, [/** @type {ArrayBuffer} */ (buffer)]);
  port1.close();
}

/** Answers calls of the methods of an object. @param {any} target
 * @param {(answer: Answer, buffers: ArrayBuffer[]) => void} post */
export const answering =
  (target, post) =>
  async (/** @type {Call} */ { id, name, given }) => {
    try {
      const value = await target[name](...given);
      post({ id, value }, buffersOf(value));
    } catch (error) {
      post({ id, error: error instanceof Error ? error.message : String(error) }, []);
    }
  };

/** Makes calls. */
export class Caller {
  /** @param {(call: Call, transfer: Transferable[]) => void} post @param {Report} report */
  constructor(post, report) {
    this.post = post;
    this.report = report;
    this.last = 0;
    /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
    this.open = new Map();
  }

  /** @param {string} name @param {any[]} given @param {Transferable[]} [transfer] @returns {Promise<any>} */
  call(name, given, transfer = []) {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.open.set(id, { resolve, reject });
      this.post({ id, name, given }, transfer);
    });
  }

  /** @param {Answer} answer */
  take(answer) {
    if ("report" in answer) return this.report(answer.report, answer.value);
    const { id, value, error } = answer,
      asked = this.open.get(id);
    this.open.delete(id);
    if (error !== undefined) asked?.reject(new Error(error));
    else asked?.resolve(value);
  }
}
