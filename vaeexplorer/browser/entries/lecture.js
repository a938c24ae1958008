// @ts-check
/** The strip of a lecture as a Streamlit component. */
import { go } from "../interact/address.js";
import { Frames } from "../lecture/frames.js";
import { Strip } from "../lecture/lecture.js";

/** @type {WeakMap<object, Strip>} */
const mounts = new WeakMap();

/** The frames show the page of an address; where the lecture ends, Streamlit does, when it hears of a step in the
 * history. @param {URL} url @param {boolean} makesEntry */
function visit(url, makesEntry) {
  go(url, makesEntry);
  if (!url.searchParams.has("lecture")) dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
}

/** @param {{data: import("../lecture/scenes.js").Lecture, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  let strip = mounts.get(parentElement);
  if (!strip) {
    const root = document.createElement("div");
    root.className = "latent-plane lecture";
    parentElement.append(root);
    strip = new Strip(root, visit, new Frames(root));
    mounts.set(parentElement, strip);
  }
  strip.update(data);
  return () => {
    mounts.get(parentElement)?.stop();
    mounts.get(parentElement)?.root.remove();
    mounts.delete(parentElement);
  };
}
