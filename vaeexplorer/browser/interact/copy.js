// @ts-check
/** The button "Copy link"; where the clipboard is refused, the link in a field, selected. */
import { isShareable, shared } from "./address.js";
import { button, h } from "../draw/dom.js";

const SHOWN = 1500; // ms for which the button says that it is done

/** @param {() => URL} link @returns {HTMLElement} hidden where there is no address to share */
export function copyButton(link) {
  const field = h("input", { class: "link", readOnly: true, hidden: true, "aria-label": "The link to this picture" });
  const copy = button("Copy link", "", async () => {
    const { href } = shared(link());
    field.hidden = true;
    try {
      await navigator.clipboard.writeText(href);
      copy.textContent = "Copied";
      setTimeout(() => (copy.textContent = "Copy link"), SHOWN);
    } catch {
      field.value = href; // no clipboard without https, and not in every frame
      field.hidden = false;
      field.focus();
      field.select();
    }
  });
  return h("span", { class: "copy", hidden: !isShareable() }, copy, field);
}
