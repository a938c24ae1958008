// @ts-check
/**
 * The charts of a training beside PCA.
 *
 * @typedef {import("../charts/chart.js").Chart} Chart
 * @typedef {import("./film.js").Film} Film
 */
import { pen } from "../draw/canvas.js";
import { number, scientific } from "../draw/numbers.js";

const LEAST_EXCESS = 1e-12;

/** @param {number} excess */
export function words(excess) {
  if (Math.abs(excess) < LEAST_EXCESS) return "PCA's optimum to 12 digits";
  const size = Math.abs(excess) < 1e-3 ? scientific(Math.abs(excess)) : `${number(100 * Math.abs(excess))} %`;
  return `${size} ${excess > 0 ? "above" : "below"} PCA's optimum`;
}

/** @param {number} angle */
export const degrees = (angle) =>
  angle < 1e-9 ? "below 10⁻⁹°" : angle < 0.01 ? `${scientific(angle)}°` : `${number(angle)}°`;

/** Half the side of a square around 0 that holds 99 % of the coordinates, with room around them.
 * @param {Float32Array} pairs  [T, points, 2] @param {number} points @param {number} frame */
export function spread(pairs, points, frame) {
  const sizes = pairs
    .slice(2 * frame * points, 2 * (frame + 1) * points)
    .map(Math.abs)
    .sort();
  return 1.15 * sizes[Math.floor(0.995 * (sizes.length - 1))] || 1;
}

/** @param {Film} film @returns {[number, number]} of the axis of steps */
const stepRange = (film) => [0.5, Math.max(2, film.steps[film.steps.length - 1])];

/** A step's place on a logarithmic axis: step 0, which has none, is drawn at one half. @param {number} step */
export const visible = (step) => Math.max(0.5, step);

/** @param {Film} film @param {number} frame @param {string} color @returns {Chart} */
export function excessChart(film, frame, color) {
  const below = film.error.some((error) => error < 0.999 * film.optimum);
  const xs = film.steps.map(visible),
    cursor = visible(film.steps[frame]);
  if (below) {
    const ys = film.error.map((error) => error / film.optimum);
    const rules = [{ y: 1, name: "PCA" }];
    return {
      x: stepRange(film),
      logX: true,
      y: [0, Math.max(...ys) * 1.05],
      series: [{ color, xs, ys, width: 2 }],
      rules,
      cursor,
      xName: "step",
      yName: "error over PCA's optimum",
    };
  }
  const ys = film.error.map((error) => Math.max(LEAST_EXCESS, error / film.optimum - 1));
  const rules = [];
  if (film.predicted !== null && film.predicted > film.optimum * (1 + 1e-9))
    rules.push({ y: film.predicted / film.optimum - 1, name: "predicted" });
  if (film.plateau !== null) rules.push({ y: film.plateau / film.optimum, name: "predicted plateau" });
  const low = 10 ** Math.floor(Math.log10(Math.min(...ys, ...rules.map((rule) => rule.y)) * 0.9));
  return {
    x: stepRange(film),
    logX: true,
    y: [low, Math.max(...ys) * 2],
    logY: true,
    series: [{ color, xs, ys, width: 2 }],
    rules,
    cursor,
    xName: "step",
    yName: "excess error over PCA's optimum, relative",
  };
}

/** @param {Film} film @param {number} frame @param {string} color @returns {Chart} */
export function anglesChart(film, frame, color) {
  const xs = film.steps.map(visible);
  const series = Array.from({ length: film.k }, (_, j) => {
    const largest = j === film.k - 1;
    return { color, xs, ys: film.angles.map((row) => row[j]), width: largest ? 2.2 : 1, alpha: largest ? 1 : 0.4 };
  });
  return {
    x: stepRange(film),
    logX: true,
    y: [0, 92],
    series,
    cursor: visible(film.steps[frame]),
    xName: "step",
    yName: "principal angles to PCA's subspace, degrees",
  };
}

/** @param {Film} film @param {string} color @returns {Chart} */
export function spectrumChart(film, color) {
  const { values, k } = film,
    shown = Math.min(values.length, Math.max(20, Math.ceil(1.6 * k)));
  const xs = values.slice(0, shown).map((_, j) => j + 1),
    low = values[shown - 1] * 0.7;
  const share = number((100 * values.slice(0, k).reduce((a, b) => a + b, 0)) / film.total, 1);
  const bars = /** @type {const} */ ("bars");
  return {
    x: [0.3, shown + 0.7],
    y: [low, values[0] * 1.5],
    logY: true,
    series: [
      { color, kind: bars, xs: xs.slice(0, k), ys: values.slice(0, k) },
      { color, kind: bars, xs: xs.slice(k), ys: values.slice(k, shown), alpha: 0.3 },
    ],
    xName: "principal axis j",
    yName: `eigenvalue λⱼ; the first ${k} hold ${share} % of the variance`,
  };
}

/** @param {HTMLCanvasElement} canvas @param {Film} film @param {number} frame */
export function drawCorrelation(canvas, film, frame) {
  const { k } = film;
  if (canvas.width !== k) canvas.width = canvas.height = k;
  const tile = new ImageData(k, k);
  let largest = 0;
  for (let p = 0; p < k * k; p++) {
    const r = (film.correlation[frame * k * k + p] - 128) / 127,
      row = Math.floor(p / k);
    if (row !== p % k && Math.abs(r) > Math.abs(largest)) largest = r;
    // blue for -1, transparent at 0, orange for +1
    const [red, green, blue] = r < 0 ? [63, 144, 218] : [231, 99, 0];
    tile.data.set([red, green, blue, 255 * Math.abs(r)], 4 * p);
  }
  pen(canvas).putImageData(tile, 0, 0);
  const text =
    k === 1 ? "one code dimension: nothing to correlate with" : `largest ${number(largest)}; orange +1, blue −1`;
  canvas.setAttribute("aria-label", `Correlation of the codes, ${text}`);
  /** @type {HTMLElement} */ (canvas.nextElementSibling).textContent = text;
}
