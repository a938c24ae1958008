// @ts-check
// What every cell's output brings: it finds the code of the widgets in the page, or puts it there once.
/** @type {any} */ const page = globalThis;

/** @param {BlobPart} packed */
async function load(packed) {
  const bytes = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const script = new Blob([await new Response(bytes).text()], { type: "text/javascript" });
  const url = URL.createObjectURL(script);
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

export default {
  /** @param {{model: any, el: HTMLElement}} cell */
  async render({ model, el }) {
    const loaded = (page.__vaeexplorer_code ??= new Map());
    const hash = model.get("_code_hash");
    if (!loaded.has(hash)) {
      loaded.set(hash, load(model.get("_code")));
      loaded.get(hash).catch(() => loaded.delete(hash)); // the next cell tries again
    }
    const widget = await loaded.get(hash);
    return widget.default(model, el);
  },
};
