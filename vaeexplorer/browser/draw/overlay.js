// @ts-check
/** What moves on top of the dots: circles of the prior, z, the posterior of a chosen image, A and B, the lasso. */
import { toLatent, toScreen } from "../engine/geometry.js";
import { ticks } from "./numbers.js";
import { shortest } from "./numbers.js";
import { place, spread } from "../engine/projections.js";
import { labelFont } from "./theme.js";

const APART = 48; // CSS pixels between two numbers, at the least
const MARK = 5; // CSS pixels
const CORNER = 34; // CSS pixels in which no number stands, since a name does

/**
 * @typedef {import("../engine/geometry.js").View} View
 * @typedef {import("./theme.js").Theme} Theme
 * @typedef {{plane: import("../engine/projections.js").Plane, codes: import("../engine/codes.js").Codes,
 *            z: ArrayLike<number>, ends: [number[], number[]] | null, hovered: number, picked: number,
 *            lasso: [number, number][]}} Scene
 *   ends: codes of A and B; hovered, picked: number of an image, or -1; lasso in the plane's latent units
 */

/** Call whenever the canvas changes its size, not for every frame: setting a font makes the browser lay out the page,
 * which costs more than all the drawing.
 * @param {CanvasRenderingContext2D} g */
export function prepareOverlay(g) {
  g.font = labelFont(g.canvas);
  g.textAlign = "center";
  g.textBaseline = "middle";
}

/** @param {CanvasRenderingContext2D} g @param {View} view @param {Scene} scene @param {Theme} theme
 * @param {number} ratio */
export function drawOverlay(g, view, scene, theme, ratio) {
  const { plane, codes } = scene;
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, view.width, view.height);
  if (plane.circles) drawPrior(g, view, theme);
  if (scene.ends && plane.u) drawPath(g, view, scene, theme);
  if (scene.picked >= 0) drawPosterior(g, view, scene, theme);
  if (scene.hovered >= 0)
    ring(g, toScreen(view, plane.xs[scene.hovered], plane.ys[scene.hovered]), 4.5, 1.6, theme.text);
  drawZ(g, toScreen(view, ...place(plane, scene.z, codes)), theme);
  if (scene.lasso.length > 1) {
    g.beginPath();
    for (const [x, y] of scene.lasso) g.lineTo(...toScreen(view, x, y));
    g.closePath();
    g.fillStyle = g.strokeStyle = theme.accent;
    g.globalAlpha = 0.12;
    g.fill();
    g.globalAlpha = 1;
    g.lineWidth = 1.5;
    g.stroke();
  }
}

/** @param {CanvasRenderingContext2D} g @param {View} view @param {Theme} theme */
export function drawPrior(g, view, theme) {
  const [x, y] = toScreen(view, 0, 0);
  g.strokeStyle = g.fillStyle = theme.text;
  g.lineWidth = 1;
  g.setLineDash([3, 4]);
  for (const sigma of [1, 2, 3]) {
    g.globalAlpha = 0.5;
    g.beginPath();
    g.arc(x, y, sigma * view.scale, 0, 2 * Math.PI);
    g.stroke();
    g.globalAlpha = 0.75;
    label(g, sigma < 3 ? `${sigma}σ` : "3σ of N(0, I)", x, y - sigma * view.scale, theme);
  }
  g.setLineDash([]);
  g.globalAlpha = 1;
}

/** Text with a halo, legible on dots. @param {CanvasRenderingContext2D} g @param {string} text @param {number} x
 * @param {number} y @param {Theme} theme */
export function label(g, text, x, y, theme) {
  g.save();
  g.setLineDash([]);
  g.strokeStyle = theme.card;
  g.lineWidth = 4;
  g.lineJoin = "round";
  g.strokeText(text, x, y);
  g.restore();
  g.fillText(text, x, y);
}

/** @param {CanvasRenderingContext2D} g @param {[number, number]} at @param {number} radius @param {number} width
 * @param {string} color */
export function ring(g, [x, y], radius, width, color) {
  g.beginPath();
  g.arc(x, y, radius, 0, 2 * Math.PI);
  g.strokeStyle = color;
  g.lineWidth = width;
  g.stroke();
}

/** @param {CanvasRenderingContext2D} g @param {[number, number]} at @param {Theme} theme */
function drawZ(g, at, theme) {
  ring(g, at, 10, 6, theme.card);
  ring(g, at, 10, 2.6, theme.accent);
  ring(g, at, 2.5, 3, theme.card);
  g.beginPath();
  g.arc(...at, 2.5, 0, 2 * Math.PI);
  g.fillStyle = theme.accent;
  g.fill();
}

/** A, B and the straight way between them. @param {CanvasRenderingContext2D} g @param {View} view
 * @param {Pick<Scene, "plane" | "codes" | "ends">} scene @param {Theme} theme */
export function drawPath(g, view, { plane, codes, ends }, theme) {
  if (!ends) return;
  const points = ends.map((end) => toScreen(view, ...place(plane, end, codes)));
  for (const [color, width] of /** @type {[string, number][]} */ ([
    [theme.card, 4],
    [theme.text, 1.4],
  ])) {
    g.beginPath();
    g.moveTo(...points[0]);
    g.lineTo(...points[1]);
    g.strokeStyle = color;
    g.lineWidth = width;
    g.stroke();
  }
  const radius = 9 * theme.scale;
  points.forEach(([x, y], which) => {
    g.beginPath();
    g.arc(x, y, radius, 0, 2 * Math.PI);
    g.fillStyle = theme.card;
    g.fill();
    ring(g, [x, y], radius, 1.6, theme.text);
    g.fillStyle = theme.text;
    g.fillText("AB"[which], x, y + 0.5);
  });
}

/** One and two standard deviations of q(z|x). @param {CanvasRenderingContext2D} g @param {View} view
 * @param {Scene} scene @param {Theme} theme */
function drawPosterior(g, view, { plane, codes, picked }, theme) {
  if (!codes.logvar) return;
  const logvar = codes.logvar.subarray(picked * codes.dim, (picked + 1) * codes.dim);
  const [xx, yy, xy] = spread(plane, logvar);
  if (!xx) return;
  const half = (xx - yy) / 2,
    root = Math.hypot(half, xy),
    angle = Math.atan2(xy, half) / 2;
  const long = Math.sqrt((xx + yy) / 2 + root),
    short = Math.sqrt(Math.max(0, (xx + yy) / 2 - root));
  const { xs, ys } = plane.means ?? plane,
    [x, y] = toScreen(view, xs[picked], ys[picked]);
  g.strokeStyle = g.fillStyle = theme.accent;
  for (const sigma of [1, 2]) {
    g.beginPath();
    g.ellipse(x, y, sigma * long * view.scale, sigma * short * view.scale, -angle, 0, 2 * Math.PI);
    g.globalAlpha = 0.14;
    g.fill();
    g.globalAlpha = 1;
    g.lineWidth = 1.4;
    g.stroke();
  }
}

/** A few round numbers along the left and the lower edge. @param {CanvasRenderingContext2D} g  with a font
 * @param {import("../engine/geometry.js").View} view
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
  g.textBaseline = "middle";
  for (const value of ticks([left, right], false, Math.max(2, Math.floor(view.width / apart)))) {
    const [x] = toScreen(view, value, 0);
    if (x < corner || x > view.width - corner) continue;
    g.globalAlpha = 0.75;
    g.fillRect(Math.round(x), view.height - MARK, 1, MARK);
    g.textAlign = "center";
    label(g, shortest(value), x, view.height - MARK - half, theme);
  }
  for (const value of ticks([bottom, top], false, Math.max(2, Math.floor(view.height / apart)))) {
    const [, y] = toScreen(view, 0, value);
    if (y < corner || y > view.height - corner) continue;
    g.globalAlpha = 0.75;
    g.fillRect(0, Math.round(y), MARK, 1);
    g.textAlign = "left";
    label(g, shortest(value), MARK + 4, y, theme);
  }
  g.textAlign = "left";
  label(g, names[1], 8, half + MARK, theme);
  g.textAlign = "right";
  label(g, names[0], view.width - 8, view.height - MARK - half, theme);
  g.restore();
}
