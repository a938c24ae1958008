// @ts-check
/**
 * The latent plane and the walk from x to x' on a page of their own, made by `export/explorer.py`. The page contains
 * all data, in elements that no browser shows, as base64 of deflated bytes. The visitor's choices stand after the # of
 * the address.
 */
import { FromX } from "../from_x/from_x.js";
import { LatentPlane } from "../plane/latent_plane.js";

const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const text = (/** @type {string} */ id) => element(id).textContent ?? "";

/** What an element holds, as an address that `fetch` understands. @param {string} id
 * @param {boolean} [planes] whether bytes of even places come before those of odd ones */
async function unwrap(id, planes = true) {
  const packed = Uint8Array.from(atob(text(id).trim()), (letter) => letter.charCodeAt(0));
  const inflated = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(inflated).arrayBuffer()),
    half = Math.ceil(bytes.length / 2);
  const inOrder = planes ? bytes.map((_, at) => bytes[(at >> 1) + (at & 1 ? half : 0)]) : bytes;
  return URL.createObjectURL(new Blob([inOrder]));
}

async function open() {
  const [network, codes, sprite] = await Promise.all([unwrap("network"), unwrap("codes"), unwrap("sprite", false)]);
  const { name } = element("autoencoder").dataset;
  const plain = name ? { name, url: await unwrap("autoencoder") } : null;
  const space = { ...JSON.parse(text("space")), urls: { network, codes, sprite } };
  const names = new Set(space.keys.walk.map((/** @type {{name: string}} */ { name }) => name));
  /** @type {Record<string, string>} */ let texts = {};
  for (const part of [location.search, location.hash.slice(1)])
    new URLSearchParams(part).forEach((value, key) => (texts[key] = value));
  const keep = (/** @type {Record<string, string>} */ chosen, /** @type {boolean} */ ofWalk) => {
    const others = Object.entries(texts).filter(([name]) => names.has(name) !== ofWalk);
    texts = { ...Object.fromEntries(others), ...chosen };
    history.replaceState(null, "", `#${new URLSearchParams(texts)}`);
  };
  const plane = new LatentPlane(element("plane"), (chosen) => keep(chosen, false));
  const walk = new FromX(element("walk"), (chosen) => keep(chosen, true));
  const show = () => {
    plane.update(space, texts);
    walk.update({ ...space, plain }, texts);
  };
  show();
  // The canvases are painted in the colours of the theme.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
}

open().catch((error) => {
  element("plane").textContent =
    `The page cannot be opened: ${error instanceof Error ? error.message : error}. A newer browser may help.`;
});
