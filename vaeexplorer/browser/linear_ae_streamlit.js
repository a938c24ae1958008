// @ts-check
/** PCA beside a training as a Streamlit component: one page a mount, called again when data or theme change. */
import { LinearAE } from "./linear_ae.js";

/** @type {WeakMap<object, LinearAE>} */
const pages = new WeakMap();

/** @param {{data: import("./linear_ae.js").Told, parentElement: HTMLElement,
 *   setStateValue: (name: string, value: unknown) => void}} component */
export default function ({ data, parentElement, setStateValue }) {
  let page = pages.get(parentElement);
  if (!page) {
    const root = document.createElement("div");
    root.className = "latent-plane linear-ae";
    parentElement.append(root);
    page = new LinearAE(root, () => {});
    pages.set(parentElement, page);
  }
  page.report = (step) => setStateValue("step", step);
  page.update(data);
  return () => {
    pages.get(parentElement)?.stop();
    pages.delete(parentElement);
  };
}
