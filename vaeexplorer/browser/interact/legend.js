// @ts-check
/** Classes by name and colour, which show and hide their dots. */
import { h, press } from "../draw/dom.js";

/**
 * A click hides a class or shows it again, a double click leaves it alone in view, or brings all back.
 * @param {HTMLElement} box  filled @param {import("../engine/codes.js").Classes} classes @param {Set<number>} hidden
 *   changed in place @param {() => void} change  called after each @returns {() => void} shows what is hidden now
 */
export function filterLegend(box, { classes, colors }, hidden, change) {
  const buttons = classes.map((name, label) => {
    const title = `${name}: click to hide or show it, double-click for it alone`;
    const button = h(
      "button",
      { type: "button", title },
      h("i", { style: `background: ${colors[label % colors.length]}` }),
      name,
    );
    button.onclick = () => {
      if (!hidden.delete(label)) hidden.add(label);
      changed();
    };
    button.ondblclick = () => {
      const wasAlone = !hidden.has(label) && hidden.size === classes.length - 1;
      hidden.clear();
      if (!wasAlone) for (let each = 0; each < classes.length; each++) if (each !== label) hidden.add(each);
      changed();
    };
    return button;
  });
  const show = () => buttons.forEach((button, label) => press(button, !hidden.has(label)));
  const changed = () => {
    show();
    change();
  };
  box.replaceChildren(...buttons);
  show();
  return show;
}
