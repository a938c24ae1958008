// @ts-check
/**
 * Two trainings on the same images, batches and clock, side by side: one cursor over both planes.
 *
 * @typedef {import("../record/lane.js").Lane} Lane
 * @typedef {import("../record/choices.js").Choices} Choices
 */
import { onResize } from "../draw/canvas.js";
import { chartCanvas } from "../charts/chart.js";
import { ticks } from "../draw/numbers.js";
import { Range, drawCurves, line } from "../charts/curves.js";
import { button, h, legend, press, setText } from "../draw/dom.js";
import { number } from "../draw/numbers.js";
import { title } from "../record/choices.js";
import { marksOf } from "./single.js";
import { View } from "./view.js";

const COLORS = ["light-dark(#b34700, #ff9d5c)", "light-dark(#0b63a8, #7fb8ff)"];

/** What each of two trainings is called: by what they differ in. @param {Lane[]} lanes */
export function raceNames(lanes) {
  const [a, b] = lanes.map(({ choices }) => choices);
  const differ = (/** @type {keyof Choices} */ name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]);
  return lanes.map((lane) => {
    const now = { ...lane.choices, beta: lane.choices.warmup ? lane.choices.beta : lane.beta };
    const more = [];
    if (differ("reduction")) more.push(`${now.reduction?.pixels ?? "sum"} over pixels`);
    if (differ("warmup")) more.push(now.warmup ? `warm-up ${now.warmup}` : "no warm-up");
    return [title(now), ...more].join(", ");
  });
}

/** @param {Lane[]} lanes @param {import("./view.js").Shown & {classes: string[]}} page
 * @returns {import("./single.js").Scene & {alike: HTMLButtonElement}} */
export function raceScene(lanes, page) {
  const views = lanes.map((lane) => new View(lane, page, 2, 4));
  const heads = lanes.map((_, k) => ({
    name: h("h3", {}),
    reconstruction: h("output", {}),
    kl: h("output", {}),
    shape: h("i", { class: k ? "circle" : "diamond", style: `background: ${COLORS[k]}` }),
  }));
  const canvas = chartCanvas("Reconstruction of test images by epoch, of both"),
    range = new Range();
  const alike = button("Same scale", "Both planes take the wider range", () => {
    const isAlike = alike.getAttribute("aria-pressed") !== "true";
    press(alike, isAlike);
    const reach = isAlike ? Math.max(...views.map(({ plane }) => plane.reach)) : 0;
    for (const { plane } of views) {
      plane.half = reach;
      plane.view = undefined;
      plane.redraw();
    }
  });
  press(alike, false);
  const element = h(
    "div",
    { class: "race" },
    h(
      "div",
      { class: "sides" },
      ...views.map((view, k) =>
        h(
          "section",
          {},
          h(
            "header",
            {},
            heads[k].shape,
            heads[k].name,
            h("span", {}, "reconstruction ", heads[k].reconstruction),
            lanes[k].isVariational ? h("span", {}, "KL ", heads[k].kl) : "",
          ),
          h("div", { class: "planebox" }, view.plane.stage),
          h(
            "div",
            { class: "pictures" },
            h("figure", {}, h("figcaption", {}, "x, ", view.name), h("div", { class: "black" }, view.x, view.decoded)),
            h("figure", { class: "prior" }, h("figcaption", {}, "z ~ N(0, I)"), view.plane.samples),
          ),
        ),
      ),
    ),
    h("div", { class: "legend" }, ...legend({ classes: page.classes, colors: page.colors })),
    h(
      "figure",
      { class: "both" },
      h("figcaption", {}, "reconstruction, test, nats"),
      h("div", { class: "plot" }, canvas),
    ),
  );
  const draw = () => {
    const colors = heads.map(({ shape }) => getComputedStyle(shape).backgroundColor);
    const [lane] = lanes,
      seen = lane.seen ?? Math.min(...lanes.map(({ step }) => step));
    drawCurves(canvas, {
      lines: lanes.map(({ test }, k) => line(test, "reconstruction", colors[k], 2)),
      x: [0, lane.total],
      y: range.hold(
        lanes.flatMap(({ test }) => test.slice(test.length > 2 ? 1 : 0).map(({ reconstruction }) => reconstruction)),
      ),
      xTicks: ticks([0, lane.total / lane.perEpoch], false, 5).map((epoch) => [
        epoch * lane.perEpoch,
        epoch ? String(epoch) : "epoch 0",
      ]),
      marks: lanes.flatMap(marksOf).sort(([a], [b]) => a - b),
      cursor: seen,
    });
  };
  const update = () => {
    const names = raceNames(lanes);
    lanes.forEach((lane, k) => {
      const { name, reconstruction, kl } = heads[k],
        { figures } = lane;
      setText(name, names[k]);
      setText(reconstruction, figures ? number(figures.reconstruction, 1) : "–");
      setText(kl, figures ? number(figures.kl, 2) : "–");
    });
    draw();
  };
  const end = onResize(element, draw);
  return {
    element,
    views,
    alike,
    update,
    redraw: () => {
      for (const { plane } of views) plane.redraw();
      draw();
    },
    stop: () => {
      for (const view of views) view.stop();
      end();
    },
  };
}
