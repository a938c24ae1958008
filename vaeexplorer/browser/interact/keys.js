// @ts-check
/** The table of a widget's keys, which the key ? and a button open. */
import { button, h } from "../draw/dom.js";

/** @param {[string, string][]} rows  keys, and what they do
 * @returns {{button: HTMLButtonElement, dialog: HTMLDialogElement, open: () => void}} */
export function keyTable(rows) {
  const close = button("Close", "", () => dialog.close());
  const dialog = h(
    "dialog",
    { class: "keys", "aria-label": "Keys" },
    h(
      "table",
      {},
      ...rows.map(([keys, act]) => h("tr", {}, h("th", { textContent: keys }), h("td", { textContent: act }))),
    ),
    close,
  );
  const open = () => dialog.showModal();
  const ask = button("?", "The keys of the plane", open);
  ask.classList.add("ask");
  return { button: ask, dialog, open };
}
