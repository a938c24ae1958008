// @ts-check
/**
 * One training: the plane, x and x', samples, and three curves with their numbers.
 *
 * @typedef {import("../record/lane.js").Lane} Lane
 * @typedef {{element: HTMLElement, views: View[], update(): void, redraw(): void, stop(): void}} Scene
 *   update: the figures are others; redraw: sizes or colours are
 */
import { chartCanvas } from "../charts/chart.js";
import { Range, drawCurves, line, roundUp } from "../charts/curves.js";
import { h, legend, setText } from "../draw/dom.js";
import { number } from "../draw/numbers.js";
import { onResize } from "../draw/canvas.js";
import { readTheme } from "../draw/theme.js";
import { betaText } from "../record/choices.js";
import { View } from "./view.js";

const PARTS = /** @type {const} */ (["reconstruction", "kl", "total"]);
const LOOK_BACK = 0.35; // of the steps so far, over which a KL is said to rise
const RISE = 1.04;

/** @param {Lane} lane
 * @param {import("./view.js").Shown & {classes: string[], pad: {canvas: HTMLElement}, xTools: HTMLElement}} page
 * @returns {Scene} */
export function singleScene(lane, page) {
  const view = new View(lane, page, 5, 2);
  const names = { reconstruction: "reconstruction, nats", kl: "KL, nats", total: "reconstruction + β KL" };
  const charts = PARTS.map((part) => ({
    part,
    range: new Range(),
    canvas: chartCanvas(`${names[part]} by step`),
    value: h("output", {}, "–"),
  }));
  const note = h("small", { role: "status" });
  const key = h("span", { class: "key" }, h("i", { class: "on-test" }), "test", h("i", { class: "on-train" }), "train");
  const element = h(
    "div",
    { class: "single", "data-legend": page.classes.join("").length > 30 ? "long" : "short" },
    h(
      "div",
      { class: "planebox" },
      h("div", { class: "window" }, view.plane.stage, page.images.element),
      h("div", { class: "legend" }, ...legend({ classes: page.classes, colors: page.colors })),
    ),
    h(
      "div",
      { class: "side" },
      h(
        "div",
        { class: "pictures" },
        h(
          "figure",
          { class: "pair" },
          h("figcaption", {}, h("span", {}, "x ", page.xTools), view.name),
          h("div", { class: "black" }, h("div", { class: "slot" }, view.x, page.pad.canvas), view.decoded),
        ),
        h("figure", { class: "prior" }, h("figcaption", {}, "z ~ N(0, I), decoded"), view.plane.samples),
      ),
      h(
        "div",
        { class: "curves" },
        ...charts.map(({ part, canvas, value }) =>
          h(
            "figure",
            {},
            h("figcaption", {}, names[part]),
            h("div", { class: "value" }, value, part === "kl" ? key : ""),
            h("div", { class: "plot" }, canvas),
          ),
        ),
        note,
      ),
    ),
  );

  const draw = () => {
    const { text, accent } = readTheme(element),
      end = roundUp(Math.max(lane.step, 50)),
      seen = lane.seen;
    const marks = marksOf(lane);
    for (const { part, canvas, range } of charts) {
      const isDrawn = part !== "kl" || lane.isVariational;
      const values = [...lane.test, ...lane.train.slice(lane.train.length > 3 ? 3 : 0)].map((point) => point[part]);
      drawCurves(canvas, {
        lines: isDrawn ? [{ ...line(lane.train, part, text, 1.2), alpha: 0.45 }, line(lane.test, part, accent, 2)] : [],
        x: [0, end],
        y: isDrawn ? range.hold(part === "kl" ? [0, ...values] : values) : [0, 1],
        xTicks: [
          [0, part === "reconstruction" ? "step 0" : "0"],
          [end, end.toLocaleString("en")],
        ],
        marks,
        cursor: seen,
      });
    }
  };
  const update = () => {
    const figures = lane.figures;
    for (const { part, value } of charts)
      setText(
        value,
        figures && (part !== "kl" || lane.isVariational) ? number(figures[part], part === "kl" ? 2 : 1) : "–",
      );
    setText(note, remark(lane));
    draw();
  };
  const ends = [onResize(element, draw)];
  return {
    element,
    views: [view],
    update,
    redraw: () => {
      view.plane.redraw();
      draw();
    },
    stop: () => {
      view.stop();
      for (const end of ends) end();
    },
  };
}

/** One sentence about what looks wrong and is not. @param {Lane} lane */
export function remark(lane) {
  const { warmup, beta } = lane.choices,
    now = lane.progress;
  if (!lane.isVariational || !now) return "";
  if (warmup && now.epoch < warmup)
    return `Warm-up: β has risen to ${number(now.beta, 2)} of ${betaText(beta)}; the KL term still weighs less.`;
  const { test, step } = lane,
    then = test.filter((point) => point.step <= (1 - LOOK_BACK) * step).at(-1),
    last = test.at(-1);
  const steered = lane.events.some(({ name, step: at }) => name === "beta" && at > (1 - LOOK_BACK) * step - 1);
  if (then && last && !steered && step > lane.perEpoch / 4 && last.kl > RISE * then.kl && last.total < then.total)
    return "KL rises while the loss falls: z says more about x, as it should.";
  return "";
}

/** The changes made by hand as texts; those of one gesture are one. @param {Lane} lane @returns {[number, string][]} */
export function marksOf({ events, total }) {
  const symbol = { beta: "β", rate: "rate", settle: "settle" };
  return events
    .filter(({ step, name }, k) => {
      const next = events[k + 1];
      return !next || next.name !== name || next.step - step > total / 100;
    })
    .map(({ step, name, value }) => [
      step,
      name === "settle" ? symbol[name] : `${symbol[name]} ${name === "beta" ? betaText(value) : value}`,
    ]);
}
