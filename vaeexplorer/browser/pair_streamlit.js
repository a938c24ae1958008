// @ts-check
/** Planes side by side as a Streamlit component: one a mount, called again when data or theme change. */
import { Pair } from "./pair.js";

/** @type {WeakMap<object, Pair>} */
const pairs = new WeakMap();

/** @param {{data: import("./pair.js").Data, parentElement: HTMLElement,
 *   setStateValue: (name: string, value: unknown) => void}} component */
export default function ({ data, parentElement, setStateValue }) {
  let pair = pairs.get(parentElement);
  if (!pair) {
    const root = document.createElement("div");
    root.className = "latent-plane pair";
    parentElement.append(root);
    pair = new Pair(root, () => {});
    pairs.set(parentElement, pair);
  }
  pair.report = setStateValue;
  pair.update(data);
  return () => {
    pairs.get(parentElement)?.stop();
    pairs.get(parentElement)?.root.remove();
    pairs.delete(parentElement);
  };
}
