// @ts-check
/** The axes of a latent plane: a few round numbers along the left and the lower edge. */
import { ticks } from "./chart.js";
import { shortest } from "./numbers.js";
import { toLatent, toScreen } from "../engine/geometry.js";

const APART = 70; // CSS pixels between two numbers, at the least
const MARK = 5; // CSS pixels
const CORNER = 34; // CSS pixels in which no number stands, since a name does

/** @param {CanvasRenderingContext2D} g  with a font, in CSS pixels @param {import("../engine/geometry.js").View} view
 * @param {import("./theme.js").Theme} theme @param {[string, string]} [names]  of the axes, across and up */
export function drawTicks(g, view, theme, names = ["z₁", "z₂"]) {
  const apart = APART * theme.scale,
    corner = CORNER * theme.scale,
    half = 8 * theme.scale; // of a line
  const [left, top] = toLatent(view, 0, 0),
    [right, bottom] = toLatent(view, view.width, view.height);
  g.save();
  g.fillStyle = g.strokeStyle = theme.text;
  g.lineWidth = 1;
  const write = (/** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y) => {
    g.save();
    g.globalAlpha = 1;
    g.strokeStyle = theme.card;
    g.lineWidth = 4;
    g.lineJoin = "round";
    g.strokeText(text, x, y);
    g.restore();
    g.globalAlpha = 0.75;
    g.fillText(text, x, y);
  };
  g.textBaseline = "middle";
  for (const value of ticks([left, right], false, Math.max(2, Math.floor(view.width / apart)))) {
    const [x] = toScreen(view, value, 0);
    if (x < corner || x > view.width - corner) continue;
    g.globalAlpha = 0.4;
    g.fillRect(Math.round(x), view.height - MARK, 1, MARK);
    g.textAlign = "center";
    write(shortest(value), x, view.height - MARK - half);
  }
  for (const value of ticks([bottom, top], false, Math.max(2, Math.floor(view.height / apart)))) {
    const [, y] = toScreen(view, 0, value);
    if (y < corner || y > view.height - corner) continue;
    g.globalAlpha = 0.4;
    g.fillRect(0, Math.round(y), MARK, 1);
    g.textAlign = "left";
    write(shortest(value), MARK + 4, y);
  }
  g.textAlign = "left";
  write(names[1], 8, half + MARK);
  g.textAlign = "right";
  write(names[0], view.width - 8, view.height - MARK - half);
  g.restore();
}
