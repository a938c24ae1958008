// @ts-check
/** Dimensions that shut one after the other as beta grows: a line a dimension, on a logarithmic axis. */
import { h, svg as s } from "../draw/dom.js";
import { power } from "../draw/numbers.js";
import { betaText } from "./charts.js";

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [280, 176, 40, 12, 10, 42];
const DECADES = 4; // below the largest value; what is smaller lies on the floor
const NAMED = [0, 1 / 8, 1 / 2, 1, 2, 4, 16]; // of beta, where there is no room for all

/**
 * @param {import("./sweep.js").Point[]} points @param {string} title @param {string} unit
 * @param {(point: import("./sweep.js").Point) => number[]} values  of each dimension; sorted here, largest first, since
 *   each model numbers its dimensions by itself
 * @param {(index: number) => void} choose @returns {import("./charts.js").Curve}
 */
export function cascade(points, title, unit, values, choose) {
  const sorted = points.map((point) => [...values(point)].sort((a, b) => b - a)),
    top = Math.ceil(Math.log10(Math.max(...sorted.flat(), 1e-9)));
  const x = (/** @type {number} */ k) => LEFT + ((k + 0.5) / points.length) * (WIDTH - LEFT - RIGHT);
  const y = (/** @type {number} */ value) => {
    const down = Math.min(DECADES, top - Math.log10(Math.max(value, 1e-12)));
    return TOP + (down / DECADES) * (HEIGHT - BOTTOM - TOP);
  };
  const svg = s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  for (let down = 0; down <= DECADES; down++) {
    const at = y(10 ** (top - down));
    svg.append(s("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: at, y2: at }));
    const text = `${down === DECADES ? "≤ " : ""}${power(top - down)}`;
    svg.append(s("text", { x: LEFT - 5, y: at + 4, "text-anchor": "end" }, text));
  }
  sorted[0].forEach((_, j) => {
    const line = sorted.map((each, k) => `${x(k)} ${y(each[j])}`).join("L");
    svg.append(s("path", { class: "curve", d: `M${line}` }));
  });
  const here = svg.appendChild(s("line", { class: "tangent", y1: TOP, y2: HEIGHT - BOTTOM }));
  const under = points.map(({ beta }, k) => {
    const area = s("rect", { class: "hit", x: x(k) - 9, y: TOP, width: 18, height: HEIGHT - BOTTOM - TOP });
    area.addEventListener("click", () => choose(k));
    svg.append(area);
    return svg.appendChild(s("text", { x: x(k), y: HEIGHT - BOTTOM + 17, "text-anchor": "middle" }, betaText(beta)));
  });
  svg.append(
    s("text", { x: 0, y: HEIGHT - 5 }, `↑ ${unit}`),
    s("text", { x: WIDTH - RIGHT, y: HEIGHT - 5, "text-anchor": "end" }, "β"),
  );
  const show = (/** @type {number} */ index) => {
    here.setAttribute("x1", String(x(index)));
    here.setAttribute("x2", String(x(index)));
    under.forEach((mark, k) => {
      const isNamed = NAMED.includes(points[k].beta) && (Math.abs(k - index) !== 1 || points[index].beta === 1);
      mark.setAttribute("visibility", k === index || isNamed ? "visible" : "hidden");
      mark.classList.toggle("chosen", k === index);
    });
    const alive = sorted[index].filter((value) => value > 10 ** (top - DECADES)).length;
    const floor = `${power(top - DECADES)} ${unit}`,
      text = `At β = ${betaText(points[index].beta)}, ${alive} of ${sorted[index].length} are above ${floor}`;
    svg.setAttribute("aria-label", `${title}. ${text}.`);
  };
  return { figure: h("figure", {}, h("h2", {}, title), svg), show };
}
