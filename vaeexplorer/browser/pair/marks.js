// @ts-check
/** What lies on the dots of a plane: its axes, the prior, the straight way from A to B, and what is pointed at. */
import { drawPath, drawPrior, drawTicks, label, ring } from "../draw/overlay.js";
import { dotColors, plainColors } from "../engine/codes.js";
import { toScreen } from "../engine/geometry.js";
import { place } from "../engine/projections.js";

const NEAR = 36; // CSS pixels between A and B, or from 0 to 1 sigma, within which their signs would hide one another

/**
 * @typedef {import("../engine/geometry.js").View} View
 * @typedef {import("../draw/theme.js").Theme} Theme
 * @typedef {{low: [number, number], high: [number, number]}} Box
 * @typedef {{plane: import("../engine/projections.js").Plane, codes: import("../engine/codes.js").Codes,
 *            ends: [number[], number[]], glowing: number[] | null, hovered: number}} Scene
 *   ends: codes of A and B; glowing: a latent point; hovered: number of an image, or -1
 */

/** @param {CanvasRenderingContext2D} g @param {View} view @param {Scene} scene @param {Theme} theme */
export function drawMarks(g, view, { plane, codes, ends, glowing, hovered }, theme) {
  drawTicks(g, view, theme, codes.dim > 2 ? ["first", "second"] : undefined);
  if (codes.dim === 2) {
    if (view.scale > NEAR / 1.5) drawPrior(g, view, theme);
    else drawSmallPrior(g, view, theme);
  }
  const at = (/** @type {ArrayLike<number>} */ z) => toScreen(view, ...place(plane, z, codes)),
    [a, b] = ends.map(at);
  if (Math.hypot(a[0] - b[0], a[1] - b[1]) > NEAR)
    drawPath(g, view, /** @type {any} */ ({ plane, codes, ends, z: [], hovered, picked: -1, lasso: [] }), theme);
  else drawNearEnds(g, a, b, theme);
  if (glowing) {
    ring(g, at(glowing), 5, 6, theme.card);
    ring(g, at(glowing), 3.5, 7, theme.accent);
  }
  if (hovered >= 0) ring(g, toScreen(view, plane.xs[hovered], plane.ys[hovered]), 4.5, 1.6, theme.text);
}

/** One circle with its name beside it. @param {CanvasRenderingContext2D} g @param {View} view @param {Theme} theme */
function drawSmallPrior(g, view, theme) {
  const radius = 3 * view.scale,
    [x, y] = toScreen(view, 0, 0);
  g.setLineDash([3, 3]);
  ring(g, [x, y], radius, 1.4, theme.text);
  g.setLineDash([]);
  g.fillStyle = theme.text;
  g.textAlign = "left";
  label(g, "3σ of N(0, I)", x + 0.75 * radius + 4, y + 0.75 * radius + 8, theme);
  g.textAlign = "center";
}

/** Rings with letters on their outer sides. @param {CanvasRenderingContext2D} g @param {[number, number]} a
 * @param {[number, number]} b @param {Theme} theme */
function drawNearEnds(g, a, b, theme) {
  const out = (a[0] <= b[0] ? -13 : 13) * theme.scale;
  for (const [[x, y], name, side] of /** @type {[[number, number], string, number][]} */ ([
    [a, "A", out],
    [b, "B", -out],
  ])) {
    ring(g, [x, y], 4, 4, theme.card);
    ring(g, [x, y], 4, 2, theme.text);
    g.fillStyle = theme.text;
    label(g, name, x + side, y, theme);
  }
}

/** What holds all of some boxes. @param {Box[]} boxes */
export function around(boxes) {
  const end = (/** @type {"low" | "high"} */ name, /** @type {0 | 1} */ axis) =>
    Math[name === "low" ? "min" : "max"](...boxes.map((box) => box[name][axis]));
  const corner = (/** @type {"low" | "high"} */ name) => /** @type {[number, number]} */ ([end(name, 0), end(name, 1)]);
  return { low: corner("low"), high: corner("high") };
}

/** Of every dot: its class's, or one for all on a field, where a class's would look like a value; hidden ones none.
 * @param {Scene["codes"]} codes @param {{colors: string[], hidden: Set<number>}} pair @param {boolean} isOnField
 * @param {number[]} ink RGB @returns {Uint8ClampedArray} RGBA, [N * 4] */
export function colorsOf(codes, { colors, hidden }, isOnField, ink) {
  const own = dotColors(codes, "class", colors, hidden);
  return isOnField ? plainColors(codes.count, ink).map((value, i) => (own[4 * (i >> 2) + 3] ? value : 0)) : own;
}

/** The share of the dots that a view leaves out. @param {Scene["plane"]} plane @param {View} view */
export function shareOutside({ xs, ys }, { cx, cy, width, height, scale }) {
  const [right, top] = [width / 2 / scale, height / 2 / scale];
  let count = 0;
  for (let i = 0; i < xs.length; i++) count += Number(Math.abs(xs[i] - cx) > right || Math.abs(ys[i] - cy) > top);
  return count / xs.length;
}
