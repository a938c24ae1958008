// @ts-check
/**
 * The curves of a sweep: distortion against rate with the tangent of slope -beta, and figures against beta.
 *
 * @typedef {import("./sweep.js").Point} Point
 * @typedef {{low: number, high: number}} Range
 * @typedef {{figure: HTMLElement, show: (index: number) => void}} Curve  show: marks a point
 */
import { ticks } from "../draw/numbers.js";
import { h, svg as s } from "../draw/dom.js";
import { number } from "../draw/numbers.js";

const STEPS = 4; // of an axis
const WIDTH = 280,
  TALL = 210,
  FLAT = 176,
  LEFT = 40,
  BOTTOM = 42,
  TOP = 10,
  RIGHT = 12;
const NAMED = [0, 1 / 8, 1 / 2, 1, 2, 4, 16]; // of beta, where there is no room for all
const LABELLED = [16, 8, 4, 1 / 16]; // beside their points

/** Where the line of slope -beta through a point enters and leaves a box.
 * @param {Point} point @param {Range} xs @param {Range} ys @returns {[number, number][]} */
export function tangent({ rate, distortion, beta }, xs, ys) {
  const at = (/** @type {number} */ x) => distortion - beta * (x - rate);
  const ends = [xs.low, xs.high];
  if (beta > 0) {
    const [upper, lower] = [ys.high, ys.low].map((y) => rate + (distortion - y) / beta);
    ends[0] = Math.max(xs.low, upper);
    ends[1] = Math.min(xs.high, lower);
  }
  return ends.map((x) => [x, at(x)]);
}

/** The range of some values, with room around them. @param {number[]} values */
function rangeOf(values) {
  const low = Math.min(...values),
    high = Math.max(...values),
    room = 0.08 * (high - low) || 1;
  return { low: low - room, high: high + room };
}

/** A frame with axes; `x` and `y` place values in it.
 * @param {string} title @param {string} across @param {string} up @param {Range} xs @param {Range} ys
 * @param {[number, string][]} marks  under the frame @param {number} height @param {number} [digits]  of the axis */
function frame(title, across, up, xs, ys, marks, height, digits = 0) {
  const x = (/** @type {number} */ value) => LEFT + ((value - xs.low) / (xs.high - xs.low)) * (WIDTH - LEFT - RIGHT);
  const y = (/** @type {number} */ value) =>
    height - BOTTOM - ((value - ys.low) / (ys.high - ys.low)) * (height - BOTTOM - TOP);
  const svg = s("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img" });
  for (const value of ticks([ys.low, ys.high], false, STEPS)) {
    svg.append(s("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }));
    svg.append(s("text", { x: LEFT - 5, y: y(value) + 4, "text-anchor": "end" }, number(value, digits)));
  }
  const under = marks.map(([value, text]) =>
    svg.appendChild(s("text", { x: x(value), y: height - BOTTOM + 17, "text-anchor": "middle" }, text)),
  );
  svg.append(s("text", { x: 0, y: height - 5 }, `↑ ${up}`));
  svg.append(s("text", { x: WIDTH - RIGHT, y: height - 5, "text-anchor": "end" }, across));
  const figure = h("figure", {}, h("h2", {}, title), svg);
  return { figure, svg, x, y, under };
}

/** A mark that can be hit with a finger, and says what it is. @param {SVGElement} svg @param {SVGElement} mark
 * @param {number} cx @param {number} cy @param {string} text @param {() => void} choose */
function hit(svg, mark, cx, cy, text, choose) {
  const area = s("circle", { class: "hit", cx, cy, r: 9 }, s("title", {}, text));
  area.addEventListener("click", choose);
  svg.append(mark, area);
  return mark;
}

/** beta as text: 1/16, 1/2, 1.5. @param {number} beta */
export const betaText = (beta) => (beta > 0 && beta < 1 ? `1/${Math.round(1 / beta)}` : String(beta));

/**
 * Distortion against rate. The point of beta = 0 may lie far to the right; then an arrow at the edge marks it.
 * @param {Point[]} points @param {(index: number) => void} choose @returns {Curve}
 */
export function rateDistortion(points, choose) {
  const paid = points.filter(({ beta }) => beta > 0);
  const xs = { ...rangeOf(paid.map(({ rate }) => rate)), low: Math.min(0, ...paid.map(({ rate }) => rate)) };
  const ys = rangeOf(points.map(({ distortion }) => distortion));
  const marks = ticks([xs.low, xs.high], false, STEPS).map(
    (value) => /** @type {[number, string]} */ ([value, number(value, 0)]),
  );
  const { figure, svg, x, y } = frame(
    "Rate against distortion",
    "rate R, nats",
    "distortion D, nats",
    xs,
    ys,
    marks,
    TALL,
  );
  const figures = (/** @type {Point} */ { beta, rate, distortion }) =>
    `β = ${betaText(beta)}: R ${number(rate, 1)}, D ${number(distortion, 1)} nats`;
  const place = (/** @type {Point} */ point) => [Math.min(x(point.rate), WIDTH - RIGHT - 4), y(point.distortion)];
  svg.append(s("path", { class: "curve", d: "M" + paid.map((point) => place(point).join(" ")).join("L") }));
  const line = svg.appendChild(s("line", { class: "tangent" }));
  const slope = svg.appendChild(s("text", { class: "slope", x: WIDTH - RIGHT, y: TOP + 9, "text-anchor": "end" }));
  const dots = points.map((point, index) => {
    const [cx, cy] = place(point);
    const far = x(point.rate) > WIDTH - RIGHT;
    const dot = far
      ? s("path", { class: "dot", d: `M${cx + 5} ${cy}l-8 -5v10z` })
      : s("circle", { class: "dot", cx, cy, r: 4 });
    const text = far ? `β 0: R = ${number(point.rate, 0)}` : `β ${betaText(point.beta)}`;
    if (far) svg.append(s("text", { x: cx + 5, y: cy - 26, "text-anchor": "end" }, text));
    else if (point.beta >= 4 && LABELLED.includes(point.beta)) svg.append(s("text", { x: cx + 8, y: cy - 2 }, text));
    else if (LABELLED.includes(point.beta))
      svg.append(s("text", { x: cx + 12, y: cy - 9, "text-anchor": "end" }, text));
    return hit(svg, dot, cx, cy, figures(point), () => choose(index));
  });
  const show = (/** @type {number} */ index) => {
    const point = points[index];
    const ends = tangent(point, xs, ys);
    const far = point.rate > xs.high;
    line.setAttribute("visibility", far ? "hidden" : "visible");
    for (const [k, [vx, vy]] of ends.entries()) {
      line.setAttribute(`x${k + 1}`, String(x(vx)));
      line.setAttribute(`y${k + 1}`, String(y(vy)));
    }
    slope.textContent = far
      ? `R = ${number(point.rate, 0)}, off the scale`
      : `slope −β = ${point.beta ? "−" + betaText(point.beta) : "0"}`;
    dots.forEach((dot, k) => dot.classList.toggle("chosen", k === index));
    svg.setAttribute("aria-label", `Distortion against rate. At ${figures(point)}.`);
  };
  return { figure, show };
}

/**
 * A figure against beta; the values of beta are evenly spaced. What lies beyond the axis is an arrow at its end.
 * @param {Point[]} points @param {string} title @param {string} up  axis name
 * @param {(point: Point) => number} value @param {(index: number) => void} choose
 * @param {{most?: number, digits?: number, ends?: (point: Point) => [number, number]}} [style]
 *   most: the axis begins at 0 and reaches at least to it; digits: of a value; ends: of its interval
 * @returns {Curve}
 */
export function againstBeta(points, title, up, value, choose, { most, digits = 1, ends } = {}) {
  const values = points.map(value);
  const shown = points.map((point, k) => (point.beta > 0 || most ? values[k] : NaN)).filter(Number.isFinite);
  const ys = most ? { low: 0, high: Math.max(most, ...shown) * 1.06 } : rangeOf(shown);
  const xs = { low: -0.5, high: points.length - 0.5 };
  const marks = points.map(({ beta }, k) => /** @type {[number, string]} */ ([k, betaText(beta)]));
  const { figure, svg, x, y, under } = frame(title, "β", up, xs, ys, marks, FLAT, most ? Math.min(digits, 1) : 0);
  const [roof, floor] = [TOP + 4, FLAT - BOTTOM - 4];
  const place = (/** @type {number} */ k) => [x(k), Math.min(floor, Math.max(roof, y(values[k])))];
  const text = (/** @type {number} */ k) => {
    const interval = ends
      ? ` (${ends(points[k])
          .map((end) => number(end, digits))
          .join(" to ")})`
      : "";
    return `β = ${betaText(points[k].beta)}: ${number(values[k], digits)}${interval}`;
  };
  if (ends)
    for (const [k, point] of points.entries()) {
      const [low, high] = ends(point);
      svg.append(s("line", { class: "whisker", x1: x(k), x2: x(k), y1: y(low), y2: y(Math.min(high, ys.high)) }));
    }
  const isInside = (/** @type {number} */ k) => values[k] >= ys.low && values[k] <= ys.high;
  const inside = points.map((_, k) => k).filter(isInside);
  svg.append(s("path", { class: "curve", d: "M" + inside.map((k) => place(k).join(" ")).join("L") }));
  const dots = points.map((_, k) => {
    const [cx, cy] = place(k),
      way = values[k] > ys.high ? 1 : -1; // of an arrow, up or down
    const dot = isInside(k)
      ? s("circle", { class: "dot", cx, cy, r: 4 })
      : s("path", { class: "dot", d: `M${cx} ${cy - 5 * way}l-5 ${8 * way}h10z` });
    if (!isInside(k)) svg.append(s("text", { x: cx + 10, y: cy + 2 }, number(values[k], 0)));
    return hit(svg, dot, cx, cy, text(k), () => choose(k));
  });
  const show = (/** @type {number} */ index) => {
    dots.forEach((dot, k) => dot.classList.toggle("chosen", k === index));
    under.forEach((mark, k) => {
      const isNamed = NAMED.includes(points[k].beta) && (Math.abs(k - index) !== 1 || points[index].beta === 1);
      mark.setAttribute("visibility", k === index || isNamed ? "visible" : "hidden");
      mark.classList.toggle("chosen", k === index);
    });
    svg.setAttribute("aria-label", `${title}. At ${text(index)}.`);
  };
  return { figure, show };
}

/** The ELBO; the figure says where it is largest. @param {Point[]} points @param {(index: number) => void} choose */
export function elboOverBeta(points, choose) {
  const best = points.reduce((a, b) => (b.elbo > a.elbo ? b : a));
  return againstBeta(
    points,
    `ELBO, here largest at β = ${betaText(best.beta)}`,
    "nats per image",
    (point) => point.elbo,
    choose,
  );
}

/** The total variation of codes and prior, at least. @param {Point[]} points @param {(index: number) => void} choose */
export function awayFromPrior(points, choose) {
  const of = (/** @type {Point} */ { total_variation: found }) => found ?? [NaN, NaN, NaN];
  const [first, last] = [points[0], points[points.length - 1]].map((point) => number(of(point)[0], 2));
  return againstBeta(
    points,
    `Codes against prior: ${first} at β = ${betaText(points[0].beta)}, ` +
      `${last} at β = ${betaText(points[points.length - 1].beta)}`,
    "total variation ≥",
    (point) => of(point)[0],
    choose,
    { most: 1, digits: 2, ends: (point) => [of(point)[1], of(point)[2]] },
  );
}
