// @ts-check
/**
 * The same training for several D, or several beta, one after another: ELBO, rate, distortion and active units as they
 * arrive.
 *
 * @typedef {import("../record/choices.js").Choices} Choices
 * @typedef {{value: number, elbo: number, rate: number, distortion: number, active: number}} Found
 */
import { chartCanvas } from "../charts/chart.js";
import { Range, drawCurves } from "../charts/curves.js";
import { button, h } from "../draw/dom.js";
import { number } from "../draw/numbers.js";
import { readTheme } from "../draw/theme.js";
import { variances } from "../engine/codes.js";
import { Session } from "../learning/session.js";
import { bytesOf } from "../network/images.js";
import { betaText } from "../record/choices.js";

const VALUES = { dim: [1, 2, 3, 4, 8, 16, 32], beta: [0.0625, 0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32] };
const ACTIVE = 0.01; // Var_x(mu_j) of a dimension in use (Burda et al. 2016)
const EPOCHS = [1, 3, 5, 10];

/** Dimensions in use. @param {Float32Array} codes  [N * D] @param {number} dim */
export function activeUnits(codes, dim) {
  return variances(codes, dim).filter((variance) => variance > ACTIVE).length;
}

/** One of them. @param {Choices} choices @param {ConstructorParameters<typeof Session>[1]} images
 * @param {(share: number) => void} onShare @param {(session: Session) => void} onSession
 * @returns {Promise<Omit<Found, "value"> | null>} null where it did not end well */
function trained(choices, images, onShare, onSession) {
  return new Promise((resolve) => {
    /** @type {Float32Array | null} */ let codes = null;
    const session = new Session(choices, images, {
      onMoment: (moment) => (codes = moment.codes),
      onProgress: ({ epoch }) => onShare(epoch / choices.epochs),
      onEnd: (reason) => {
        const test = session.history.at(-1)?.test;
        session.end();
        if (reason !== "done" || !test || !codes) return resolve(null);
        const { reconstruction, kl } = test;
        resolve({
          elbo: -(reconstruction + kl),
          rate: kl,
          distortion: reconstruction,
          active: activeUnits(codes, choices.dim),
        });
      },
    });
    onSession(session);
    session.play();
  });
}

/** @param {"dim" | "beta"} by @param {Choices} base @param {import("../record/lane.js").Images} images
 * @param {() => void} close */
export function repeat(by, base, images, close) {
  const values = VALUES[by],
    name = by === "dim" ? "D" : "β",
    text = (/** @type {number} */ value) => (by === "dim" ? String(value) : betaText(value));
  /** @type {Found[]} */ const found = [];
  /** @type {Session | null} */ let session = null;
  let isOver = false;
  const status = h("p", { class: "verdict", role: "status" }),
    epochs = h(
      "select",
      { "aria-label": "Epochs each" },
      ...EPOCHS.map((each) => h("option", { value: String(each), textContent: String(each) })),
    );
  epochs.value = "3";
  const charts = [
    ["elbo", "ELBO, nats"],
    ["rate", "rate R = KL, nats"],
    ["distortion", "distortion D, nats"],
    ["active", "active units"],
  ].map(([part, label]) => ({ part, range: new Range(), canvas: chartCanvas(`${label} against ${name}`), label }));
  const go = button("Start", "", () => void run());
  const element = h(
    "section",
    { class: "extra repeat" },
    h("h3", {}, by === "dim" ? "How many dimensions does it need?" : "What does β buy?"),
    h(
      "p",
      {},
      `${values.length} VAEs, one after another, with the choices above and ${name} = ${values.map(text).join(", ")}. `,
      "Epochs each: ",
      epochs,
    ),
    h(
      "div",
      { class: "buttons" },
      go,
      button("Close", "", () => close()),
    ),
    status,
    h(
      "div",
      { class: "charts" },
      ...charts.map(({ canvas, label }) =>
        h("figure", {}, h("figcaption", {}, label), h("div", { class: "plot" }, canvas)),
      ),
    ),
  );
  const draw = () => {
    const { accent } = readTheme(element);
    for (const { part, range, canvas } of charts) {
      const ys = found.map((one) => /** @type {any} */ (one)[part]);
      drawCurves(canvas, {
        lines: [{ xs: found.map(({ value }) => values.indexOf(value)), ys, color: accent, width: 2, dots: true }],
        x: [-0.3, values.length - 0.7],
        y: range.hold(part === "active" ? [0, ...ys] : ys),
        xTicks: values.flatMap((value, k) =>
          values.length < 8 || k % 2 === 0 ? [/** @type {[number, string]} */ ([k, text(value)])] : [],
        ),
      });
    }
  };
  async function run() {
    go.disabled = true;
    found.length = 0;
    for (const value of values) {
      if (isOver) return;
      const choices = /** @type {Choices} */ ({
        ...base,
        ...{ [by]: value, epochs: Number(epochs.value), schedule: "one-cycle", warmup: 0 },
        model: base.model.startsWith("linear") ? "linear-vae" : "vae",
      });
      const { train, bits = 8, test } = images,
        mine = { train: train.subarray(0, choices.images * bytesOf(bits)), bits, test };
      const one = await trained(
        choices,
        mine,
        (share) => (status.textContent = `${name} = ${text(value)}: ${(100 * share).toFixed(0)} %`),
        (begun) => (session = begun),
      );
      if (isOver) return;
      if (one) found.push({ value, ...one });
      draw();
    }
    status.textContent = summary(by, found);
    go.disabled = false;
  }
  draw();
  return {
    element,
    found,
    redraw: draw,
    start: () => void run(),
    pause: () => session?.pause(),
    play: () => (go.disabled ? session?.play() : undefined),
    stop: () => {
      isOver = true;
      session?.end();
    },
  };
}

/** @param {"dim" | "beta"} by @param {Found[]} found */
export function summary(by, found) {
  if (!found.length) return "None of them finished.";
  const best = found.reduce((a, b) => (b.elbo > a.elbo ? b : a));
  if (by === "beta") return `The best ELBO is ${number(best.elbo, 1)} nats, at β = ${betaText(best.value)}.`;
  const enough = found.find(({ elbo }) => elbo > best.elbo - 1) ?? best;
  return (
    `The best ELBO is ${number(best.elbo, 1)} nats, at D = ${best.value}, with ${best.active} dimensions in use; ` +
    `D = ${enough.value} comes within a nat.`
  );
}
