// @ts-check
/**
 * A small chart on a canvas: lines, dots or bars over one horizontal axis, either axis logarithmic.
 *
 * @typedef {{color: string, width?: number, dash?: number[], xs: ArrayLike<number>, ys: ArrayLike<number>,
 *            kind?: "line" | "dots" | "bars", alpha?: number, name?: string}} Series
 * @typedef {{x: [number, number], y: [number, number], logX?: boolean, logY?: boolean, series: Series[],
 *            rules?: {y: number, name: string}[], cursor?: number, xName: string, yName: string}} Chart
 */
import { fitCanvas, pen, pixelRatio } from "../draw/canvas.js";
import { h, positionIn } from "../draw/dom.js";
import { power, shortest, ticks } from "../draw/numbers.js";
import { labelFont, readTheme, typeScale } from "../draw/theme.js";

/** Room for ticks and names around the lines, CSS pixels. @param {HTMLCanvasElement} canvas */
function marginsOf(canvas) {
  const scale = typeScale(canvas);
  return { left: 48 * scale, right: 8, top: 18 * scale, bottom: 32 * scale, scale };
}

/** How far along a range a value lies, 0 to 1 inside. @param {number} value @param {[number, number]} range
 * @param {boolean} [log] */
function share(value, [low, high], log) {
  return log ? Math.log(Math.max(value, 1e-300) / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** @param {number} value @param {boolean} [log] */
function label(value, log) {
  const exponent = Math.round(Math.log10(value));
  return log && (exponent > 3 || exponent < -2) ? power(exponent) : shortest(value);
}

/** An empty chart. @param {string} name @returns {HTMLCanvasElement} */
export const chartCanvas = (name) => h("canvas", { class: "chart", role: "img", "aria-label": name });

/** The horizontal value at a pointer.
 * @param {HTMLCanvasElement} canvas @param {Chart} chart @param {PointerEvent} event */
export function valueAt(canvas, chart, event) {
  const [low, high] = chart.x;
  const { left, right } = marginsOf(canvas),
    along = (positionIn(canvas, event).x - left) / (canvas.clientWidth - left - right);
  const at = Math.min(1, Math.max(0, along));
  return chart.logX ? low * (high / low) ** at : low + at * (high - low);
}

/** @param {HTMLCanvasElement} canvas @param {Chart} chart */
export function drawChart(canvas, chart) {
  const ratio = pixelRatio(),
    width = canvas.clientWidth,
    height = canvas.clientHeight;
  if (!width || !height) return;
  fitCanvas(canvas);
  const g = pen(canvas),
    { text, accent } = readTheme(canvas),
    { left, right, top, bottom, scale } = marginsOf(canvas);
  const inner = { width: width - left - right, height: height - top - bottom };
  const atX = (/** @type {number} */ value) => left + share(value, chart.x, chart.logX) * inner.width;
  const atY = (/** @type {number} */ value) => top + (1 - share(value, chart.y, chart.logY)) * inner.height;
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, width, height);
  g.font = labelFont(canvas);
  g.fillStyle = g.strokeStyle = text;
  g.lineWidth = 1;
  for (const value of ticks(chart.y, chart.logY)) {
    g.globalAlpha = 0.15;
    g.fillRect(left, Math.round(atY(value)), inner.width, 1);
    g.globalAlpha = 0.75;
    g.textAlign = "right";
    g.fillText(label(value, chart.logY), left - 5, atY(value) + 4 * scale);
  }
  g.textAlign = "center";
  for (const value of ticks(chart.x, chart.logX))
    g.fillText(label(value, chart.logX), atX(value), height - bottom + 13 * scale);
  g.fillText(chart.xName, left + inner.width / 2, height - 4);
  g.textAlign = "left";
  g.fillText(chart.yName, 2, 11 * scale);
  g.globalAlpha = 1;
  g.save();
  g.beginPath();
  g.rect(left, top - 3, inner.width + right, inner.height + 4);
  g.clip();
  for (const series of chart.series) drawSeries(g, series, atX, atY, top + inner.height);
  g.setLineDash([5, 4]);
  for (const rule of chart.rules ?? []) {
    g.strokeStyle = g.fillStyle = text;
    g.beginPath();
    g.moveTo(left, atY(rule.y));
    g.lineTo(left + inner.width, atY(rule.y));
    g.stroke();
    g.textAlign = "right";
    g.fillText(rule.name, left + inner.width - 2, atY(rule.y) - 4);
  }
  g.restore();
  if (chart.cursor === undefined) return;
  g.fillStyle = accent;
  g.fillRect(Math.round(atX(chart.cursor)) - 1, top - 3, 2, inner.height + 4);
}

/** @param {CanvasRenderingContext2D} g @param {Series} series @param {(v: number) => number} atX
 * @param {(v: number) => number} atY @param {number} floor  where bars stand, CSS pixels */
function drawSeries(g, series, atX, atY, floor) {
  const { xs, ys, kind = "line" } = series;
  g.globalAlpha = series.alpha ?? 1;
  g.strokeStyle = g.fillStyle = series.color;
  g.lineWidth = series.width ?? 1.5;
  g.setLineDash(series.dash ?? []);
  g.beginPath();
  for (let i = 0; i < xs.length; i++) {
    const x = atX(xs[i]),
      y = atY(ys[i]);
    if (kind === "dots") {
      g.moveTo(x + 3.5, y);
      g.arc(x, y, 3.5, 0, 2 * Math.PI);
    } else if (kind === "bars") {
      const wide = Math.max(1, (atX(xs[i] + 0.4) - atX(xs[i] - 0.4)) * 1);
      if (floor > y) g.rect(x - wide / 2, y, wide, floor - y);
    } else if (i) g.lineTo(x, y);
    else g.moveTo(x, y);
  }
  if (kind === "bars") g.fill();
  else g.stroke();
  g.globalAlpha = 1;
  g.setLineDash([]);
}
