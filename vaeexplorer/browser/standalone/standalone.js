// @ts-check
/**
 * What the pages that need no server share: their data and their addresses.
 *
 * Data are deflated bytes as text (text.js) in elements that no browser shows: in the page itself, or in a script
 * file beside it that `data-src` names. A script is what a page may load from a disk too, where `fetch` may not. The
 * visitor's choices stand after the # of the address.
 */
import { provide } from "../engine/fetch.js";
import { Address } from "../interact/address.js";
import { bytesOfText } from "./text.js";

export const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} id of an element with JSON */
export const given = (id) => JSON.parse(element(id).textContent ?? "");

/** Have what an element holds at hand under its id, for whoever asks.
 * @param {string} id @param {boolean} [planes] whether bytes of even places come before those of odd ones */
export const provideElement = (id, planes = true) => provide(id, async () => (await bytesOf(id, planes)).buffer);

/** A whole network under this name, of two elements: its decoder, and the rest of its frame (packed.js), into which the
 * decoder's arrays go behind the header. @param {string} name @param {string} decoder @param {string} rest */
export const provideNetwork = (name, decoder, rest) =>
  provide(name, async () => {
    const [first, frame] = await Promise.all([bytesOf(decoder), bytesOf(rest)]);
    const arrays = first.subarray(endOfHeader(first)),
      at = endOfHeader(frame);
    const whole = new Uint8Array(frame.length + arrays.length);
    whole.set(frame.subarray(0, at));
    whole.set(arrays, at);
    whole.set(frame.subarray(at), at + arrays.length);
    return whole.buffer;
  });

/** @param {Uint8Array} frame */
const endOfHeader = (frame) => 8 + new DataView(frame.buffer).getUint32(4, true);

/** @param {string} id @param {boolean} [planes] */
async function bytesOf(id, planes = true) {
  const packed = bytesOfText(await textOf(element(id)));
  const inflated = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(inflated).arrayBuffer()),
    half = Math.ceil(bytes.length / 2);
  return planes ? bytes.map((_, at) => bytes[(at >> 1) + (at & 1 ? half : 0)]) : bytes;
}

/** @param {HTMLElement} holder @returns {Promise<string>} */
async function textOf(holder) {
  const { src } = holder.dataset;
  if (!src) return holder.textContent ?? "";
  const script = document.createElement("script"); // it puts its text into itself
  await new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(new Error(`There is no file ${src} beside this page.`));
    script.src = src;
    document.head.append(script);
  }).finally(() => script.remove());
  return script.textContent ?? "";
}

/** A widget whose part of the address stands behind the #; a link that is followed on the page changes that alone.
 * @template {import("../interact/mount.js").Widget} W
 * @param {new (root: HTMLElement, address: Address) => W} Widget @param {string} id of its element
 * @param {import("../interact/links.js").Key[]} keys */
export function linked(Widget, id, keys) {
  const address = new Address(keys, "hash"),
    widget = new Widget(element(id), address);
  address.last = address.read();
  widget.report = (texts) => address.write(texts);
  addEventListener("hashchange", () => {
    const news = address.news();
    if (news) widget.follow(news);
  });
  return widget;
}

/** Where to open: as the address says, or else as the page was when it was written.
 * @param {Address} address @param {import("../interact/links.js").Texts} [written] */
export const opening = (address, written = {}) => (Object.keys(address.last).length ? address.last : written);

/** Open the page. Canvases are painted in the theme's colours, so a widget is shown again when that is another.
 * @param {string} id of the element that says what went wrong @param {() => () => void} mount  returns what shows it */
export function open(id, mount) {
  try {
    const show = mount();
    show();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  } catch (error) {
    element(id).textContent =
      `The page cannot be opened: ${error instanceof Error ? error.message : error}. A newer browser may help.`;
  }
}
