// @ts-check
/** Elements, numbers in words and files, without a library. */

/** @param {string} tag @param {Record<string, any>} [properties] `class`, `role`, `aria-*` and `data-*` become attributes
 * @param {...(Node | string)} children @returns {any} */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties))
    if (/^(class$|role$|for$|aria-|data-)/.test(name)) element.setAttribute(name, value);
    else if (name === "style") element.style.cssText = value;
    /** @type {any} */ else (element)[name] = value;
  element.append(...children);
  return element;
}

/** With a true minus sign, and none before a zero. @param {number} value @param {number} [digits] */
export const number = (value, digits = 2) => (Number(value.toFixed(digits)) + 0).toFixed(digits).replace("-", "−");

/** @param {HTMLCanvasElement} canvas @returns {CanvasRenderingContext2D} */
export const pen = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

/** A sentence, and a button that tries again. @param {HTMLElement} box @param {string} text @param {() => void} again */
export const complain = (box, text, again) =>
  box.replaceChildren(`${text} `, h("button", { type: "button", textContent: "Try again", onclick: again }));

/** Hands the visitor a file. @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Reused: a drag paints hundreds of images a second. @type {ImageData | undefined} */
let tile;

/** Grey levels in [0, 255] or [0, 1] as an image. @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} pixels  784
 * @param {number} white the value of white @param {number} [x] @param {number} [y] */
export function paintGrey(context, pixels, white, x = 0, y = 0) {
  tile ??= new ImageData(28, 28);
  const words = new Uint32Array(tile.data.buffer);
  for (let p = 0; p < 784; p++) {
    const grey = ((pixels[p] * 255) / white + 0.5) | 0;
    words[p] = 0xff000000 | (grey << 16) | (grey << 8) | grey;
  }
  context.putImageData(tile, x, y);
}
