// @ts-check
/** The latent plane as a Streamlit component: one plane a mount, called again when data or theme change. */
import { LatentPlane } from "./latent_plane.js";

/** @type {WeakMap<object, LatentPlane>} */
const planes = new WeakMap();

/** @param {{data: {space: import("./latent_plane.js").Space, link: Record<string, string>}, parentElement: HTMLElement,
 *   setStateValue: (name: string, value: unknown) => void}} component */
export default function ({ data, parentElement, setStateValue }) {
  let plane = planes.get(parentElement);
  if (!plane) {
    const root = document.createElement("div");
    root.className = "latent-plane";
    parentElement.append(root);
    plane = new LatentPlane(root, () => {});
    planes.set(parentElement, plane);
  }
  let told = JSON.stringify(data.link);
  plane.report = (texts) => {
    if (JSON.stringify(texts) === told) return;
    told = JSON.stringify(texts);
    setStateValue("link", texts);
  };
  plane.update(data.space, data.link);
  return () => {
    planes.get(parentElement)?.stop();
    planes.get(parentElement)?.root.remove();
    planes.delete(parentElement);
  };
}
