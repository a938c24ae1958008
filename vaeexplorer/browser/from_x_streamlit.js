// @ts-check
/** From x to x' as a Streamlit component: one page a mount, called again when data or theme change. */
import { FromX } from "./from_x.js";

/** @type {WeakMap<object, FromX>} */
const pages = new WeakMap();

/** @param {{data: {space: import("./from_x.js").Space, walk: Record<string, string>}, parentElement: HTMLElement,
 *   setStateValue: (name: string, value: unknown) => void}} component */
export default function ({ data, parentElement, setStateValue }) {
  let page = pages.get(parentElement);
  if (!page) {
    const root = document.createElement("div");
    root.className = "latent-plane from-x";
    parentElement.append(root);
    page = new FromX(root, () => {});
    pages.set(parentElement, page);
  }
  page.report = (texts) => setStateValue("walk", texts);
  page.update(data.space, data.walk);
  return () => {
    pages.get(parentElement)?.stop();
    pages.delete(parentElement);
  };
}
