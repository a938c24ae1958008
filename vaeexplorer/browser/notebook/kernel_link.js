// @ts-check
/**
 * Questions to the kernel of a notebook, which has the functions of a model that no browser can run.
 *
 * @typedef {{on(event: string, act: (...given: any[]) => void): void, send(content: unknown): void,
 *            off(event: string, act: (...given: any[]) => void): void}} Model
 */

export class Kernel {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.me = crypto.getRandomValues(new Uint32Array(2)).join("-"); // answers reach all views of a widget
    this.count = 0;
    /** @type {Map<string, {resolve: (bytes: ArrayBuffer) => void, reject: (error: Error) => void}>} */
    this.waiting = new Map();
    /** @param {{id: string, error?: string}} message @param {ArrayBufferView<ArrayBuffer>[]} buffers */
    this.take = ({ id, error }, buffers) => {
      const asked = this.waiting.get(id);
      this.waiting.delete(id);
      if (error) asked?.reject(new Error(error));
      else
        asked?.resolve(new Uint8Array(buffers[0].buffer, buffers[0].byteOffset, buffers[0].byteLength).slice().buffer);
    };
    model.on("msg:custom", this.take);
  }

  /** @param {"decode" | "encode"} what @param {ArrayBufferView<ArrayBuffer>} body @returns {Promise<ArrayBuffer>} */
  ask(what, { buffer, byteOffset, byteLength }) {
    const id = `${this.me}-${++this.count}`,
      letters = Array.from(new Uint8Array(buffer, byteOffset, byteLength), (byte) => String.fromCharCode(byte));
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.model.send({ ask: what, id, body: btoa(letters.join("")) }); // as text: not every front end sends bytes
    });
  }

  stop() {
    this.model.off("msg:custom", this.take);
    for (const { reject } of this.waiting.values()) reject(new Error("The widget was closed."));
    this.waiting.clear();
  }
}
