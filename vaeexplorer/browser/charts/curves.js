// @ts-check
/**
 * Curves over steps on a canvas, with the changes made by hand marked. Axes stay fixed until a curve leaves them.
 *
 * @typedef {{xs: ArrayLike<number>, ys: ArrayLike<number>, color: string, width: number, name?: string,
 *            dots?: boolean, alpha?: number}} Line
 * @typedef {{lines: Line[], x: [number, number], y: [number, number], xTicks: [number, string][],
 *            marks?: [number, string][], cursor?: number | null, xName?: string}} Chart
 *   marks: vertical lines with a text; cursor: a step, after which curves are faint
 */
import { fitCanvas, pen, pixelRatio } from "../draw/canvas.js";
import { shortest, ticks } from "../draw/numbers.js";
import { readTheme, typeScale } from "../draw/theme.js";

const MARGINS = [36, 8, 26, 24]; // left, right, top, bottom, of type of usual size
const BARE = 10; // the top where no text stands there
const SIZE = 14; // CSS pixels of the type
const FAINT = 0.3;

/** A range that holds values and only ever grows, to round numbers. */
export class Range {
  /** @param {[number, number]} [start] */
  constructor(start) {
    this.start = start;
    /** @type {[number, number] | null} */ this.ends = start ?? null;
  }

  clear() {
    this.ends = this.start ?? null;
  }

  /** @param {number[]} values @returns {[number, number]} */
  hold(values) {
    const seen = values.filter(Number.isFinite);
    if (!seen.length) return this.ends ?? [0, 1];
    const low = Math.min(...seen),
      high = Math.max(...seen);
    if (!this.ends) this.ends = [low, high];
    if (low < this.ends[0] || high > this.ends[1] || this.ends[0] === this.ends[1]) {
      const room = Math.max(0.15 * (high - low), 1e-3 * Math.abs(high), 1e-6);
      this.ends = [
        low < this.ends[0] || this.ends[0] === this.ends[1] ? low - room : this.ends[0],
        high > this.ends[1] || this.ends[0] === this.ends[1] ? high + room : this.ends[1],
      ];
    }
    return this.ends;
  }
}

/** A round number of steps that is at least this. @param {number} steps */
export function roundUp(steps) {
  const size = 10 ** Math.floor(Math.log10(Math.max(1, steps)));
  return (([1, 2, 4, 6, 8, 10].find((times) => times * size >= steps) ?? 10) * size) | 0;
}

/** @param {HTMLCanvasElement} canvas @param {Chart} chart */
export function drawCurves(canvas, { lines, x, y, xTicks, marks = [], cursor = null, xName }) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (!width || !height) return;
  fitCanvas(canvas, width, height);
  const scale = typeScale(canvas),
    [LEFT, RIGHT, top, BOTTOM] = MARGINS.map((margin) => margin * scale),
    TOP = marks.length || xName ? top : BARE * scale,
    g = pen(canvas),
    ratio = pixelRatio(),
    { text, accent } = readTheme(canvas);
  const across = width - LEFT - RIGHT,
    tall = height - TOP - BOTTOM;
  const atX = (/** @type {number} */ value) => LEFT + ((value - x[0]) / (x[1] - x[0])) * across,
    atY = (/** @type {number} */ value) => TOP + (1 - (value - y[0]) / (y[1] - y[0])) * tall;
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, width, height);
  g.font = `${SIZE * scale}px ${getComputedStyle(canvas).fontFamily}`;
  g.fillStyle = text;
  for (const value of ticks(y, false, Math.max(2, Math.floor(tall / 55)))) {
    g.globalAlpha = 0.12;
    g.fillRect(LEFT, Math.round(atY(value)), across, 1);
    g.globalAlpha = 0.75;
    g.textAlign = "right";
    g.fillText(shortest(value), LEFT - 5, atY(value) + 5);
  }
  xTicks.forEach(([value, label], k) => {
    g.textAlign = k === 0 ? "left" : k === xTicks.length - 1 && xTicks.length < 4 ? "right" : "center";
    g.fillText(label, atX(value), height - 5);
  });
  if (xName) {
    g.textAlign = "right";
    g.fillText(xName, width - RIGHT, TOP - 10);
  }
  g.globalAlpha = 1;
  g.save();
  g.beginPath();
  g.rect(LEFT, TOP - 4, across + RIGHT, tall + 6);
  g.clip();
  for (const line of lines) {
    if (cursor === null) drawLine(g, line, atX, atY, -Infinity, Infinity);
    else {
      drawLine(g, line, atX, atY, -Infinity, cursor);
      g.globalAlpha = FAINT;
      drawLine(g, line, atX, atY, cursor, Infinity);
      g.globalAlpha = 1;
    }
  }
  g.restore();
  drawMarks(g, marks, atX, TOP, tall, accent);
  if (cursor === null) return;
  g.fillStyle = text;
  g.fillRect(Math.round(atX(cursor)), TOP - 4, 1.5, tall + 4);
}

/** @param {CanvasRenderingContext2D} g @param {Line} line @param {(v: number) => number} atX
 * @param {(v: number) => number} atY @param {number} from @param {number} to */
function drawLine(g, { xs, ys, color, width, dots, alpha = 1 }, atX, atY, from, to) {
  const before = g.globalAlpha;
  g.globalAlpha *= alpha;
  g.strokeStyle = g.fillStyle = color;
  g.lineWidth = width;
  g.lineJoin = "round";
  g.beginPath();
  let last = -1;
  for (let i = 0; i < xs.length; i++) {
    if (xs[i] < from || xs[i] > to) continue;
    if (last < 0) g.moveTo(atX(xs[i]), atY(ys[i]));
    else g.lineTo(atX(xs[i]), atY(ys[i]));
    last = i;
  }
  g.stroke();
  const dotted = dots ? Array.from(xs, (_, i) => i) : width > 1.5 && last >= 0 ? [last] : [];
  for (const i of dotted) {
    g.beginPath();
    g.arc(atX(xs[i]), atY(ys[i]), 4, 0, 2 * Math.PI);
    g.fill();
  }
  g.globalAlpha = before;
}

/** @param {CanvasRenderingContext2D} g @param {[number, string][]} marks @param {(v: number) => number} atX
 * @param {number} TOP @param {number} tall @param {string} accent */
function drawMarks(g, marks, atX, TOP, tall, accent) {
  g.strokeStyle = g.fillStyle = accent;
  g.lineWidth = 1.4;
  g.textAlign = "center";
  let free = -Infinity; // where the next text may begin
  for (const [step, label] of marks) {
    const at = atX(step);
    g.setLineDash([2, 3]);
    g.beginPath();
    g.moveTo(at, TOP - 4);
    g.lineTo(at, TOP + tall);
    g.stroke();
    g.setLineDash([]);
    const half = g.measureText(label).width / 2;
    if (at - half < free) continue;
    g.fillText(label, at, TOP - 10);
    free = at + half + 6;
  }
}

/** Every point's value, for a chart. @param {{step: number}[]} points @param {string} name @param {string} color
 * @param {number} width @returns {Line} */
export const line = (points, name, color, width) => ({
  xs: points.map(({ step }) => step),
  ys: points.map((point) => /** @type {any} */ (point)[name]),
  color,
  width,
});
