// @ts-check
/** What moves on the plane of a posterior: its ellipses, draws from it, its mean, and z. */
import { label, ring } from "../draw/overlay.js";
import { toScreen } from "../engine/geometry.js";

/**
 * @typedef {import("../engine/geometry.js").View} View
 * @typedef {import("../draw/theme.js").Theme} Theme
 * @typedef {{mean: number[], sigma: number[] | null, z: number[], cloud: {z: number[]}[]}} Posterior
 */

/** @param {CanvasRenderingContext2D} g @param {View} view @param {Posterior} posterior
 * @param {[number, number]} shown  the dimensions across and up @param {Theme} theme */
export function drawPosterior(g, view, { mean, sigma, z, cloud }, [j, k], theme) {
  const [x, y] = toScreen(view, mean[j], mean[k]),
    at = toScreen(view, z[j], z[k]),
    { scale } = theme;
  if (sigma) {
    const [a, b] = [j, k].map((d) => Math.max(1, sigma[d] * view.scale));
    for (const times of [1, 2]) {
      g.beginPath();
      g.ellipse(x, y, times * a, times * b, 0, 0, 2 * Math.PI);
      g.fillStyle = g.strokeStyle = theme.accent;
      g.globalAlpha = times === 1 ? 0.14 : 0;
      g.fill();
      g.globalAlpha = 1;
      g.lineWidth = 1.6;
      g.stroke();
      if (a > 20) label(g, `${times}σ`, x - times * a, y, theme);
    }
    for (const drawn of cloud) {
      const dot = toScreen(view, drawn.z[j], drawn.z[k]);
      g.beginPath();
      g.arc(...dot, a > 20 ? 3 : 1.6, 0, 2 * Math.PI);
      g.fillStyle = theme.card;
      g.fill();
      ring(g, dot, a > 20 ? 3 : 1.6, 1.4, theme.text);
    }
    drawStep(g, [x, y], at, theme);
    g.fillStyle = theme.text;
    if (a > 20) label(g, "μ", x - 12 * scale, y - 10 * scale, theme);
  }
  ring(g, at, 9 * scale, 6, theme.card);
  ring(g, at, 9 * scale, 2.6, theme.accent);
  ring(g, at, 2.2, 3, theme.accent);
  g.fillStyle = theme.accent;
  label(g, "z", at[0] + 17 * scale, at[1], theme);
}

/** From the mean, a cross, to z. @param {CanvasRenderingContext2D} g @param {[number, number]} from
 * @param {[number, number]} to @param {Theme} theme */
function drawStep(g, [x, y], to, theme) {
  g.strokeStyle = theme.accent;
  g.lineWidth = 1.4;
  g.setLineDash([3, 3]);
  g.beginPath();
  g.moveTo(x, y);
  g.lineTo(...to);
  g.stroke();
  g.setLineDash([]);
  g.strokeStyle = theme.text;
  g.lineWidth = 2;
  g.beginPath();
  g.moveTo(x - 7, y);
  g.lineTo(x + 7, y);
  g.moveTo(x, y - 7);
  g.lineTo(x, y + 7);
  g.stroke();
}
