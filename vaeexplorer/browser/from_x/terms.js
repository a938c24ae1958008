// @ts-check
/**
 * The terms of the loss as they are seen. The KL term is a picture: N(mu, sigma^2) over N(0, 1) in each dimension, each
 * drawn to its own height. The sum is in this image's own numbers, its formulas below.
 */
import { h, svg } from "../draw/dom.js";
import { coordinate, number, shortest } from "../draw/numbers.js";
import { axisName } from "../engine/projections.js";

const [WIDTH, HEIGHT, STEPS] = [120, 46, 96];
const REACH = 3.5; // standard deviations of the prior

/** The outline of a Gaussian over a range, as tall as the picture.
 * @param {number} mean @param {number} sigma @param {[number, number]} range */
function bell(mean, sigma, [low, high]) {
  const from = Math.max(low, mean - 4 * sigma),
    to = Math.min(high, mean + 4 * sigma);
  const x = (/** @type {number} */ at) => (((at - low) * WIDTH) / (high - low)).toFixed(2);
  const points = Array.from({ length: STEPS + 1 }, (_, k) => {
    const at = from + ((to - from) * k) / STEPS,
      up = (HEIGHT - 2) * Math.exp(-(((at - mean) / sigma) ** 2) / 2);
    return `${x(at)} ${(HEIGHT - up).toFixed(2)}`;
  });
  return `M${x(from)} ${HEIGHT}L${points.join("L")}L${x(to)} ${HEIGHT}Z`;
}

/** A row for each of these dimensions. @param {HTMLElement} box @param {number[]} dimensions
 * @returns {(q: {mean: number[], sigma: number[]}, kl: number[], steps: number[]) => void} shows q(z|x), its KL of each
 *   dimension in nats, with coordinates to these steps */
export function buildDensities(box, dimensions) {
  const rows = dimensions.map((dimension) => {
    const [prior, posterior] = ["prior", "posterior"].map((name) => svg("path", { class: name, d: "" }));
    const picture = svg(
      "svg",
      { class: "density", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" },
      prior,
      posterior,
    );
    const kl = h("b", { class: "key-number" }),
      facts = h("span", { class: "key-label" });
    const row = h(
      "div",
      { class: "dimension" },
      h("span", { textContent: axisName(dimension) }),
      picture,
      h("div", {}, kl, facts),
    );
    return { dimension, prior, posterior, picture, kl, facts, row };
  });
  box.replaceChildren(...rows.map(({ row }) => row));
  box.classList.toggle("many", dimensions.length > 2);
  return ({ mean, sigma }, nats, steps) => {
    for (const { dimension: j, prior, posterior, picture, kl, facts } of rows) {
      const reach = Math.max(REACH, Math.abs(mean[j]) + 3 * sigma[j]);
      prior.setAttribute("d", bell(0, 1, [-reach, reach]));
      posterior.setAttribute("d", bell(mean[j], sigma[j], [-reach, reach]));
      kl.textContent = number(nats[j]);
      facts.textContent = `μ ${coordinate(mean[j], steps[j])}  σ ${coordinate(sigma[j], steps[j] / 10)}`;
      const name = `${axisName(j)}: N(μ, σ²) over N(0, 1), KL ${number(nats[j])} nats`;
      picture.setAttribute("aria-label", name);
    }
  };
}

/** @param {import("../engine/network.js").Network} network */
function formulaOf({ likelihood, pixelVariance }) {
  return {
    gaussian: pixelVariance === 0.5 ? "|x − x′|²" : `|x − x′|² / (2 · ${number(pixelVariance ?? 0)})`,
    "gaussian-learned": "|x − x′|² / (2σₓ²) + 392 ln 2πσₓ²",
    bernoulli: "−Σ [x ln x′ + (1 − x) ln(1 − x′)]",
    "continuous-bernoulli": "−Σ [x ln λ + (1 − x) ln(1 − λ) + ln C(λ)]",
  }[likelihood];
}

/** @param {HTMLElement} box
 * @param {import("../engine/network.js").Network | null} network  null: likelihood and beta are not known
 * @param {number} error  the reconstruction term @param {number[] | null} kl  of each dimension, nats
 * @param {number} squared  |x - x'|^2
 * @param {{name: string, squared: number} | null} plain  the autoencoder beside it */
export function fillLoss(box, network, error, kl, squared, plain) {
  const total = kl ? kl.reduce((sum, value) => sum + value, 0) : 0;
  const term = (/** @type {string} */ value, /** @type {string} */ name, kind = "") =>
    h(
      "div",
      { class: `term ${kind}` },
      h("b", { class: "key-number", textContent: value }),
      h("span", { class: "key-label", textContent: name }),
    );
  const sign = (/** @type {string} */ text) => h("span", { class: "key-number sign", textContent: text });
  const sum = [term(number(error), network ? `reconstruction${kl ? "" : ", nats"}` : "squared error")];
  if (kl && network)
    sum.push(
      sign("+"),
      term(shortest(network.beta), "β"),
      sign("×"),
      term(number(total), "KL"),
      sign("="),
      term(number(error + network.beta * total), "loss, nats", "total"),
    );
  else if (kl) sum.push(term(number(total), "KL, nats"));
  const line = (/** @type {string} */ formula, /** @type {string} */ value) =>
    h("div", { class: "line" }, h("i", { textContent: formula }), h("span", { textContent: value }));
  const formula = network ? formulaOf(network) : "|x − x′|²";
  const lines = [line(formula, network ? "reconstruction" : "squared error")];
  if (kl)
    lines.push(
      line(
        "½ Σ (μ² + σ² − 1 − ln σ²)",
        `KL${kl.length === 2 ? ` = ${kl.map((each) => number(each)).join(" + ")}` : ""}`,
      ),
    );
  if (formula !== "|x − x′|²") lines.push(line("|x − x′|²", number(squared, 1)));
  if (plain) lines.push(line(`|x − x′|² of the autoencoder ${plain.name}`, number(plain.squared, 1)));
  box.replaceChildren(h("div", { class: "sum" }, ...sum), h("div", { class: "lines" }, ...lines));
}
