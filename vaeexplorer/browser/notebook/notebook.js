// @ts-check
/**
 * Widgets in a notebook, mounted by anywidget; `notebook/widget.py` of the package is their other end.
 *
 * What never changes comes once: `_given`, and bytes under names that hold their hash. What the visitor has chosen goes
 * to the kernel when a gesture has ended, and from there to other views of the same widget.
 *
 * @typedef {import("./kernel_link.js").Model & {get(name: string): any, set(name: string, value: unknown): void,
 *            save_changes(): void}} Model
 * @typedef {{kind: keyof typeof KINDS, keys: import("../interact/links.js").Key[], data: any,
 *            bytes: Record<string, string>, remote?: string}} Given
 *   data: what the widget's `update` takes; bytes: by name, the traits that hold them; remote: the beginning of the
 *   addresses that the kernel answers for
 */
import { askInstead } from "../decoding/remote.js";
import { h } from "../draw/dom.js";
import { provide, withdraw } from "../engine/fetch.js";
import { Address, same } from "../interact/address.js";
import { Pair } from "../pair/pair.js";
import { LatentPlane } from "../plane/latent_plane.js";
import { Watched } from "./watched.js";
import { hostTheme } from "./host_theme.js";
import { Kernel } from "./kernel_link.js";

/** The widgets, and what the kernel is told of each besides its link. */
const KINDS = {
  plane: {
    Widget: LatentPlane,
    classes: "latent-plane in-notebook",
    told: (/** @type {any} */ { z, selection }) => ({ z: Array.from(z), selection: selection.indices }),
  },
  pair: {
    Widget: Pair,
    classes: "latent-plane pair in-notebook",
    told: (/** @type {any} */ { indices }) => ({ pair: Array.from(indices) }),
  },
  watched: { Widget: Watched, classes: "latent-plane watched in-notebook", told: () => ({}) },
};

/** Show a widget. @param {Model} model @param {HTMLElement} el  of the cell's output
 * @returns {() => void} ends it */
export default function mount(model, el) {
  const { kind, keys, data, bytes, remote } = /** @type {Given} */ (model.get("_given"));
  const { Widget, classes, told } = KINDS[kind];
  const provided = Object.entries(bytes).map(([name, trait]) => {
    const whole = async () => bufferOf(model.get(trait));
    provide(name, whole);
    return () => withdraw(name, whole);
  });
  const kernel = new Kernel(model);
  const endAsking = remote ? askInstead(remote, (what, body) => kernel.ask(what, body)) : () => {};
  const root = h("div", { class: classes });
  el.append(root);
  const address = new Address(keys, "hash"); // never written: a notebook's address is not ours
  const widget = /** @type {any} */ (new Widget(root, address));
  address.last = address.own(model.get("_link"));
  widget.report = (/** @type {import("../interact/links.js").Texts} */ texts) => {
    const now = { _link: address.own(texts), ...told(widget) };
    address.last = now._link;
    if (Object.entries(now).every(([name, value]) => JSON.stringify(model.get(name)) === JSON.stringify(value))) return;
    for (const [name, value] of Object.entries(now)) model.set(name, value);
    model.save_changes();
  };
  const show = () => widget.update({ ...data, frame: model.get("_frame") }, address.last);
  const follow = () => {
    const link = address.own(model.get("_link"));
    if (same(link, address.last)) return;
    address.last = link;
    widget.follow(link);
  };
  const endTheme = hostTheme(root, show);
  show();
  model.on("change:_link", follow);
  model.on("change:_frame", show);
  return () => {
    widget.report = () => {};
    model.off("change:_link", follow);
    model.off("change:_frame", show);
    endTheme();
    widget.stop();
    endAsking();
    kernel.stop();
    for (const take of provided) take();
    root.remove();
  };
}

/** Bytes as front ends hand them over: views of larger buffers.
 * @param {ArrayBuffer | ArrayBufferView<ArrayBuffer>} bytes @returns {ArrayBuffer} */
const bufferOf = (bytes) =>
  bytes instanceof ArrayBuffer ? bytes : bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
