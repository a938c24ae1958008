// @ts-check
/** The linear VAE as a Streamlit component: one page a mount, called again when data or theme change. */
import { LinearVAE } from "./linear_vae.js";

/** @type {WeakMap<object, LinearVAE>} */
const pages = new WeakMap();

/** @param {{data: import("./linear_vae.js").Told, parentElement: HTMLElement,
 *   setStateValue: (name: string, value: unknown) => void}} component */
export default function ({ data, parentElement, setStateValue }) {
  let page = pages.get(parentElement);
  if (!page) {
    const root = document.createElement("div");
    root.className = "latent-plane linear-ae linear-vae";
    parentElement.append(root);
    page = new LinearVAE(root, () => {});
    pages.set(parentElement, page);
  }
  page.report = (choice) => setStateValue("choice", choice);
  page.update(data);
  return () => {
    pages.get(parentElement)?.stop();
    pages.delete(parentElement);
  };
}
