// @ts-check
/** The loss clinic: what sums and means make of beta, and the same loss in PyTorch, wrongly and rightly. */
import { button, h } from "../draw/dom.js";
import { number } from "../draw/numbers.js";
import { effectiveBeta } from "../network/choices.js";
import { lossLines } from "../record/pytorch.js";

/** @typedef {import("../record/choices.js").Choices} Choices */
/** @typedef {Required<NonNullable<Choices["reduction"]>>} Reduction */

const PLAIN = /** @type {Reduction} */ ({ pixels: "sum", dims: "sum", batch: "mean" });

/** What is said of a reduction. @param {Choices} choices */
export function verdict(choices) {
  const trained = effectiveBeta(choices),
    times = trained / choices.beta,
    { batch } = { ...PLAIN, ...choices.reduction };
  const size =
    batch === "sum"
      ? ` A sum over the batch makes every gradient ${choices.batch} times as large; Adam does not mind, SGD does.`
      : "";
  if (!choices.beta) return `β is 0, however terms are reduced.${size}`;
  if (times === 1) return `This is the ELBO's loss: β is ${number(choices.beta, 2)} as written.${size}`;
  const how = times > 1 ? "larger" : "smaller",
    factor = times > 1 ? times : 1 / times;
  const effect =
    times > 1
      ? "KL outweighs the reconstruction: every image becomes the mean image."
      : "KL hardly counts: it is almost an autoencoder.";
  const by = number(factor, factor < 10 ? 1 : 0);
  return `β is ${shortBeta(trained)}, not ${number(choices.beta, 2)}: ${by} times ${how}. ${effect}${size}`;
}

const shortBeta = (/** @type {number} */ beta) => String(Number(beta.toPrecision(3)));

/** @param {{choices: Choices, train(changes: Partial<Choices>): void, race(kind: string): void, close(): void}} page */
export function clinic(page) {
  const reduction = { ...PLAIN, ...page.choices.reduction };
  const said = h("p", { class: "verdict", role: "status" }),
    wrong = h("pre"),
    right = h("pre", {}, lossLines(PLAIN));
  const select = (/** @type {keyof Reduction} */ name, /** @type {string} */ label) => {
    const box = h(
      "select",
      {
        "aria-label": label,
        onchange: () => {
          reduction[name] = box.value;
          show();
        },
      },
      ...["sum", "mean"].map((value) => h("option", { value, textContent: value })),
    );
    box.value = reduction[name];
    return h("label", {}, h("span", {}, label), box);
  };
  const title = h("figcaption", {}, "as chosen");
  const show = () => {
    said.textContent = verdict({ ...page.choices, reduction });
    wrong.textContent = lossLines(reduction);
    const isRight = effectiveBeta({ ...page.choices, reduction }) === page.choices.beta;
    title.textContent = isRight ? "as chosen, which is right" : "as chosen, which is wrong";
    wrong.classList.toggle("wrong", !isRight);
  };
  show();
  return h(
    "section",
    { class: "extra clinic" },
    h("h3", {}, "Loss clinic: sum or mean?"),
    h(
      "div",
      { class: "choices" },
      select("pixels", "reconstruction, over 784 pixels"),
      select("dims", `KL, over ${page.choices.dim} dimensions`),
      select("batch", "both, over the batch"),
    ),
    said,
    h("div", { class: "code" }, h("figure", {}, title, wrong), h("figure", {}, h("figcaption", {}, "the ELBO"), right)),
    h(
      "div",
      { class: "buttons" },
      button("Train it", "This loss, from the start", () => page.train({ model: "vae", reduction: { ...reduction } })),
      button("Race it against the sum", "Both at once", () => page.race("mean")),
      button("Close", "", () => page.close()),
    ),
  );
}
