// @ts-check
/** Elements without a library, where a pointer is in one, and files for the visitor. */

/** An element. @param {string} tag @param {Record<string, any>} [properties] `class`, `role`, `for`, `aria-*`
 *   and `data-*` become attributes @param {...(Node | string)} children @returns {any} */
export function h(tag, properties = {}, ...children) {
  const element = /** @type {any} */ (document.createElement(tag));
  for (const [name, value] of Object.entries(properties))
    if (/^(class$|role$|for$|aria-|data-)/.test(name)) element.setAttribute(name, value);
    else if (name === "style") element.style.cssText = value;
    else element[name] = value;
  element.append(...children);
  return element;
}

/** Puts a text into an element, unless it is there: the browser would lay out the page anew.
 * @param {Element} element @param {string} text */
export const setText = (element, text) => element.textContent !== text && (element.textContent = text);

/** An SVG element, which has attributes alone.
 * @param {string} tag @param {Record<string, string | number>} attributes @param {...(Node | string)} children */
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** @param {string} text @param {string} [title]  shown while the pointer rests on it @param {() => void} [act]
 * @returns {HTMLButtonElement} */
export const button = (text, title = "", act) =>
  h("button", { type: "button", textContent: text, title, onclick: act ?? null });

/** Shows whether a button that stays down is down. @param {Element} button @param {boolean} isDown */
export const press = (button, isDown) => button.setAttribute("aria-pressed", String(isDown));

/** A part of a page under a heading. @param {string} title @param {...Node} content */
export const section = (title, ...content) => h("section", {}, h("h2", { textContent: title }), ...content);

/** The classes by name and colour. @param {import("../engine/codes.js").Classes} classes @returns {HTMLElement[]} */
export const legend = ({ classes, colors }) =>
  classes.map((name, label) => h("span", {}, h("i", { style: `background: ${colors[label % colors.length]}` }), name));

/** Where a pointer is. @param {Element} element @param {PointerEvent | WheelEvent} event
 * @returns {{x: number, y: number}} CSS pixels from the element's upper left corner */
export function positionIn(element, event) {
  const box = element.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

/** Whether the visitor has asked the system for less motion. */
export const prefersStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** A sentence and a button "Try again". @param {HTMLElement} box @param {string} text @param {() => void} again */
export const complain = (box, text, again) => box.replaceChildren(`${text} `, button("Try again", "", again));

/** Hands the visitor a file. @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
