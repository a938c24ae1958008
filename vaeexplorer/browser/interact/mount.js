// @ts-check
/** A widget as a Streamlit component: one a mount, called again when data or theme change. */
import { Address, same } from "./address.js";

/**
 * @typedef {import("./links.js").Texts} Texts
 * @typedef {{of: string, keys: import("./links.js").Key[], link: Texts, moves: number}} Linked
 *   of: what the widget's part of the address belongs to; keys: its names; link: what it holds as far as the app knows;
 *   moves: how often Back or Forward was pressed, so that the widget is called and looks at the address
 * @typedef {{root: HTMLElement, address: Address, report: (texts: Texts) => void, stop(): void,
 *            update(data: any, texts: Texts): void, follow(texts: Texts): void}} Widget
 *   update: takes data, and opens at the texts where they are of something else; follow: the address is another
 */

/**
 * What a component's module exports.
 *
 * @template {Widget} W
 * @param {new (root: HTMLElement, address: Address) => W} Widget
 * @param {string} classes  of its element
 * @param {(widget: W, setStateValue: (name: string, value: unknown) => void) => void} [connect]  for what it asks for
 */
export function mounted(Widget, classes, connect = () => {}) {
  /** path: of the page that it is on @type {WeakMap<object, {widget: W, of: string | null, path: string}>} */
  const mounts = new WeakMap();
  /** @param {{data: Linked, parentElement: HTMLElement,
   *   setStateValue: (name: string, value: unknown) => void}} component */
  return ({ data, parentElement, setStateValue }) => {
    let mount = mounts.get(parentElement);
    if (!mount) {
      const root = document.createElement("div");
      root.className = classes;
      parentElement.append(root);
      mount = { widget: new Widget(root, new Address(data.keys, "search")), of: null, path: location.pathname };
      mounts.set(parentElement, mount);
    }
    const { widget, path } = mount,
      { address } = widget;
    // The address is another as soon as a link is pressed. Until the server has answered, the widget is still there,
    // and a report would have Streamlit run the page that was left, in place of the one that was asked for.
    const isHere = () => location.pathname === path;
    connect(widget, (name, value) => {
      if (isHere()) setStateValue(name, value);
    });
    widget.report = (texts) => {
      if (!isHere() || same(address.own(texts), address.last)) return;
      address.write(texts);
      setStateValue("link", { texts, at: location.search }); // it may reach the app after Back was pressed
    };
    const link = address.own(data.link);
    if (mount.of !== data.of) address.last = link;
    mount.of = data.of;
    widget.update(data, link);
    // The app may not know of the last gesture yet: where it and the address differ, neither is followed.
    if (same(link, address.read()) && address.news()) widget.follow(link);
    return () => {
      const left = mounts.get(parentElement);
      if (!left) return;
      left.widget.report = () => {}; // a gesture may end later
      left.widget.stop();
      left.widget.root.remove();
      mounts.delete(parentElement);
    };
  };
}
