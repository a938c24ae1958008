// @ts-check
/** The beta dial as a Streamlit component: one dial a mount, called again when data or theme change. */
import { BetaDial } from "./beta_dial.js";

/** @type {WeakMap<object, BetaDial>} */
const dials = new WeakMap();

/** @param {{data: import("./beta_dial.js").Given, parentElement: HTMLElement,
 *   setStateValue: (name: string, value: unknown) => void}} component */
export default function ({ data, parentElement, setStateValue }) {
  let dial = dials.get(parentElement);
  if (!dial) {
    const root = document.createElement("div");
    root.className = "latent-plane beta-dial";
    parentElement.append(root);
    dial = new BetaDial(root, () => {});
    dials.set(parentElement, dial);
  }
  dial.report = (beta) => setStateValue("beta", beta);
  dial.update(data);
  return () => {
    dials.get(parentElement)?.stop();
    dials.get(parentElement)?.root.remove();
    dials.delete(parentElement);
  };
}
