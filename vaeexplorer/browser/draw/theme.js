// @ts-check
/**
 * The page's colours, for what is painted and cannot take them from a style sheet.
 *
 * @typedef {{text: string, accent: string, card: string, ink: number[]}} Theme
 *   CSS colours of text, of what is chosen and of the ground behind; `ink` is that of text as RGB
 */

/** `widget.css` gives a widget its text colour as `color` and its accent as `caret-color`.
 * @param {Element} element @param {Element} [ground]  has the background @returns {Theme} */
export function readTheme(element, ground = element) {
  const { color, caretColor } = getComputedStyle(element);
  const ink = (color.match(/[\d.]+/g) ?? ["0", "0", "0"]).slice(0, 3).map(Number);
  return { text: color, accent: caretColor, card: getComputedStyle(ground).backgroundColor, ink };
}
