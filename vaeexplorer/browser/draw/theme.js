// @ts-check
/**
 * The page's colours, for what is painted and cannot take them from a style sheet.
 *
 * @typedef {{text: string, accent: string, card: string, ink: number[], scale: number}} Theme
 *   CSS colours of text, of what is chosen and of the ground behind; `ink` is that of text as RGB;
 *   scale: how many times as large as usual type is
 */

const LABEL = 12; // CSS pixels of the least type on a canvas

/** How many times as large as usual the page's type is: `--scale`, which a page for a projector sets.
 * @param {Element} element */
export const typeScale = (element) => Number(getComputedStyle(element).getPropertyValue("--scale")) || 1;

/** The font of labels and ticks on a canvas. @param {Element} element */
export const labelFont = (element) =>
  `${LABEL * typeScale(element)}px ${getComputedStyle(element).fontFamily || "sans-serif"}`;

/** `widget.css` gives a widget its text colour as `color` and its accent as `caret-color`.
 * @param {Element} element @param {Element} [ground]  has the background @returns {Theme} */
export function readTheme(element, ground = element) {
  const { color, caretColor } = getComputedStyle(element);
  const ink = (color.match(/[\d.]+/g) ?? ["0", "0", "0"]).slice(0, 3).map(Number);
  return {
    text: color,
    accent: caretColor,
    card: getComputedStyle(ground).backgroundColor,
    ink,
    scale: typeScale(element),
  };
}
