// @ts-check
/**
 * The latent plane and the walk from x to x' on a page of their own, made by `export.py`: all data lie in the page, in
 * elements that no browser shows, as base64 of deflated bytes. What is chosen is kept after the # of the address.
 */
import { FromX } from "./from_x.js";
import { LatentPlane } from "./latent_plane.js";

const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const text = (/** @type {string} */ id) => element(id).textContent ?? "";

/** What an element holds, as an address that `fetch` understands. @param {string} id */
async function unwrap(id) {
  const bytes = Uint8Array.from(atob(text(id).trim()), (letter) => letter.charCodeAt(0));
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return URL.createObjectURL(await new Response(inflated).blob());
}

async function open() {
  const [network, codes, sprite] = await Promise.all(["network", "codes", "sprite"].map(unwrap));
  const space = { ...JSON.parse(text("space")), urls: { network, codes, sprite } };
  const link = () => {
    /** @type {Record<string, string>} */ const texts = {};
    for (const part of [location.search, location.hash.slice(1)]) new URLSearchParams(part).forEach((value, key) => (texts[key] = value));
    return texts;
  };
  const plane = new LatentPlane(element("plane"), (texts) => history.replaceState(null, "", `#${new URLSearchParams(texts)}`));
  const walk = new FromX(element("walk"), () => {});
  const show = () => {
    plane.update(space, link());
    walk.update({ ...space, plain: null }, 0);
  };
  show();
  // The canvases are painted in the colours of the theme.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
}

open().catch((error) => {
  element("plane").textContent = `The page cannot be opened: ${error instanceof Error ? error.message : error}. A newer browser may help.`;
});
