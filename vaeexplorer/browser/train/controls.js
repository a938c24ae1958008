// @ts-check
/**
 * What a visitor sets a training by: buttons, choices, the two sliders that steer it, and what unfolds under "More".
 *
 * @typedef {import("../learning/session.js").Choices} Choices
 * @typedef {{choices: Choices, sets: Record<string, {name: string, counts: number[]}>,
 *            toggle(): void, reset(): void, choose(changes: Partial<Choices>): void,
 *            trainings: Pick<import("./trainings.js").Trainings, "batch" | "epoch" | "settle" | "steer">,
 *            race(kind: string): void, open(what: "clinic" | "dim" | "beta"): void}} Page
 */
import { button, h, press, setText } from "../draw/dom.js";
import {
  ABOUT,
  BATCHES,
  BETAS,
  DEFAULTS,
  EPOCHS,
  PRESETS,
  RATES,
  SIZES,
  WARMUPS,
  WIDTHS,
  betaText,
  isLinear,
  isVariational,
  nearest,
  widthName,
} from "../record/choices.js";
import { RACES } from "../record/races.js";

const LIKELIHOODS = {
  bernoulli: "Bernoulli: cross-entropy",
  "continuous-bernoulli": "continuous Bernoulli",
  gaussian: "Gaussian: |x − x′|²",
  "gaussian-learned": "Gaussian, variance learned",
};

/** @param {Page} page */
export function buildControls(page) {
  const start = button("Start", "Train, or pause (key: space)", () => page.toggle());
  start.classList.add("start");
  const select = (
    /** @type {string} */ label,
    /** @type {string} */ about,
    /** @type {[string, string][]} */ options,
    /** @type {(value: string) => void} */ act,
  ) => {
    const box = h("select", { "aria-label": label, title: about, onchange: () => act(box.value) });
    fill(box, options);
    return box;
  };
  const numbers = (/** @type {number[]} */ values) =>
    values.map((value) => /** @type {[string, string]} */ ([String(value), value.toLocaleString("en")]));
  const model = ["ae", "vae", "linear"].map((kind) => {
    const one = button(kind === "linear" ? kind : kind.toUpperCase(), ABOUT.model, () =>
      page.choose(
        kind === "linear"
          ? { model: "linear-ae" }
          : { model: /** @type {Choices["model"]} */ (kind), beta: DEFAULTS.beta },
      ),
    );
    one.dataset.kind = kind;
    return one;
  });
  const set = select("Images", ABOUT.dataset, [], (dataset) => page.choose({ dataset }));
  const dim = select("D", ABOUT.dim, numbers(SIZES), (value) => page.choose({ dim: Number(value) }));
  const width = select(
    "Width",
    ABOUT.widths,
    Object.entries(WIDTHS).map(([name]) => [name, name]),
    (value) => page.choose({ widths: WIDTHS[value] }),
  );
  const more = {
    likelihood: select("Likelihood", ABOUT.likelihood, Object.entries(LIKELIHOODS), (value) =>
      page.choose({ likelihood: /** @type {Choices["likelihood"]} */ (value) }),
    ),
    activation: select(
      "Activation",
      ABOUT.activation,
      ["silu", "relu", "tanh"].map((each) => [each, each]),
      (value) => page.choose({ activation: /** @type {Choices["activation"]} */ (value) }),
    ),
    images: select("Number of images", ABOUT.images, [], (value) => page.choose({ images: Number(value) })),
    epochs: select("Epochs", ABOUT.epochs, numbers(EPOCHS), (value) => page.choose({ epochs: Number(value) })),
    batch: select("Batch", ABOUT.batch, numbers(BATCHES), (value) => page.choose({ batch: Number(value) })),
    warmup: select("Warm-up, epochs", ABOUT.warmup, numbers(WARMUPS), (value) =>
      page.choose({ warmup: Number(value) }),
    ),
    schedule: select(
      "Learning rate",
      ABOUT.schedule,
      [
        ["constant", "constant"],
        ["one-cycle", "one cycle"],
      ],
      (value) => page.choose({ schedule: /** @type {Choices["schedule"]} */ (value) }),
    ),
    linear: select(
      "Linear model",
      ABOUT.linear,
      [
        ["linear-ae", "AE (PCA)"],
        ["linear-vae", "VAE (PPCA)"],
      ],
      (value) => page.choose({ model: /** @type {Choices["model"]} */ (value) }),
    ),
    seed: h("input", {
      type: "number",
      min: "0",
      step: "1",
      title: ABOUT.seed,
      "aria-label": "Seed",
      onchange: () => {
        const seed = Number(more.seed.value);
        if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31) page.choose({ seed });
        else more.seed.value = String(page.choices.seed);
      },
    }),
  };
  const row = (/** @type {string} */ name, /** @type {HTMLElement} */ box) =>
    h("label", {}, h("span", {}, name), box, h("small", {}, box.title));
  const presets = PRESETS.map(({ name, about, choices }) =>
    choice(name, about, () => page.choose({ ...DEFAULTS, dataset: page.choices.dataset, ...choices })),
  );
  const moreBox = folded(
    "More",
    h(
      "div",
      { class: "more" },
      h("h4", {}, "Presets"),
      h("div", { class: "presets" }, ...presets),
      h("h4", {}, "Choices"),
      ...Object.entries({
        Likelihood: more.likelihood,
        Activation: more.activation,
        Images: more.images,
        Epochs: more.epochs,
        Batch: more.batch,
        "Warm-up": more.warmup,
        Rate: more.schedule,
        Linear: more.linear,
        Seed: more.seed,
      }).map(([name, box]) => row(name, box)),
      h("h4", {}, "Experiments"),
      choice("Loss clinic", "Sum or mean? Which β was really trained.", () => page.open("clinic")),
      choice("Repeat over D", "How many dimensions does it need?", () => page.open("dim")),
      choice("Repeat over β", "Rate, distortion and active units.", () => page.open("beta")),
      choice("Settle", "The rate falls to 0 over two epochs, and training ends: about a nat less.", () =>
        page.trainings.settle(),
      ),
    ),
  );
  const raceBox = folded(
    "Race",
    h(
      "div",
      { class: "more" },
      ...Object.entries(RACES).map(([kind, { name, about }]) => choice(name, about, () => page.race(kind))),
    ),
  );
  const sliders = buildSliders(page);
  const steps = [
    button("One batch", "One step of Adam", () => page.trainings.batch()),
    button("One epoch", "To the end of the epoch", () => page.trainings.epoch()),
    button("Reset", "Back to the untrained network", () => page.reset()),
  ];
  const dials = h(
    "div",
    { class: "dials" },
    set,
    h("span", { class: "segments", role: "group", "aria-label": "Model" }, ...model),
    h("label", { class: "named" }, "D ", dim),
    h("label", { class: "named" }, "width ", width),
    moreBox,
    raceBox,
  );
  const run = h("div", { class: "run" }, start, ...steps);

  /** @param {Choices} choices @param {boolean} running @param {boolean} isOver @param {number} beta  now
   * @param {number} rate  now */
  const update = (choices, running, isOver, beta, rate) => {
    setText(start, running ? "Pause" : isOver ? "Again" : "Start");
    start.dataset.running = String(running);
    fill(
      set,
      Object.entries(page.sets).map(([id, { name }]) => [id, name]),
    );
    set.value = choices.dataset;
    for (const one of model) press(one, one.dataset.kind === (isLinear(choices) ? "linear" : choices.model));
    dim.value = String(choices.dim);
    width.value = widthName(choices.widths);
    width.disabled = more.activation.disabled = isLinear(choices);
    fill(more.images, numbers(page.sets[choices.dataset]?.counts ?? [choices.images]));
    /** @typedef {"likelihood" | "activation" | "images" | "epochs" | "batch" | "warmup" | "schedule"} Named */
    for (const name of /** @type {Named[]} */ ([
      "likelihood",
      "activation",
      "images",
      "epochs",
      "batch",
      "warmup",
      "schedule",
    ]))
      more[name].value = String(choices[name]);
    more.linear.value = isLinear(choices) ? choices.model : "linear-ae";
    more.linear.disabled = !isLinear(choices);
    more.seed.value = String(choices.seed);
    sliders.update(choices, beta, rate);
  };
  return { run, dials, sliders, start, update, folds: [moreBox, raceBox] };
}

/** The sliders that act while it learns.
 * @param {{trainings: Pick<import("./trainings.js").Trainings, "steer">}} page */
export function buildSliders(page) {
  const beta = h("output", { class: "beta" }),
    rate = h("output", {});
  const slider = (
    /** @type {number[]} */ values,
    /** @type {"beta" | "rate"} */ name,
    /** @type {string} */ label,
    /** @type {HTMLElement} */ output,
    /** @type {(value: number) => string} */ text,
  ) => {
    const act = (/** @type {boolean} */ isDone) => {
      output.textContent = text(values[Number(input.value)]);
      input.setAttribute("aria-valuetext", output.textContent);
      page.trainings.steer(name, values[Number(input.value)], isDone);
    };
    const input = h("input", {
      type: "range",
      min: "0",
      max: String(values.length - 1),
      step: "1",
      "aria-label": label,
      oninput: () => act(false),
      onchange: () => act(true),
    });
    return input;
  };
  const betas = slider(BETAS, "beta", "β, the weight of the KL term", beta, betaText),
    rates = slider(RATES, "rate", "Learning rate", rate, String);
  const stops = h("div", { class: "stops" }, ...BETAS.map((each) => h("span", {}, betaText(each))));
  const box = h(
    "fieldset",
    { class: "steer" },
    h("label", { class: "name" }, "β ", beta),
    h("div", { class: "track" }, betas, stops),
    h("label", { class: "rate" }, rates, rate, h("small", {}, "learning rate")),
  );
  /** @param {Choices} choices @param {number} now @param {number} rateNow */
  const update = (choices, now, rateNow) => {
    const active = box.ownerDocument.activeElement;
    betas.disabled = !isVariational(choices);
    if (active !== betas || betas.disabled) betas.value = String(BETAS.indexOf(nearest(BETAS, now)));
    setText(beta, isVariational(choices) ? betaText(now) : "–");
    betas.setAttribute("aria-valuetext", beta.textContent);
    [...stops.children].forEach((stop, k) => stop.classList.toggle("chosen", !betas.disabled && BETAS[k] === now));
    rates.value = String(RATES.indexOf(nearest(RATES, rateNow)));
    rates.disabled = choices.schedule === "one-cycle";
    setText(rate, String(Number(rateNow.toPrecision(2))));
    rates.setAttribute("aria-valuetext", rate.textContent);
  };
  return { box, betas, rates, update };
}

/** @param {HTMLSelectElement} select @param {[string, string][]} options  value and text */
function fill(select, options) {
  if ([...select.options].map(({ value }) => value).join() === options.map(([value]) => value).join()) return;
  select.replaceChildren(...options.map(([value, text]) => h("option", { value, textContent: text })));
}

/** A button with a sentence. @param {string} name @param {string} about @param {() => void} act */
export const choice = (name, about, act) =>
  h("button", { type: "button", class: "choice", onclick: act }, h("b", {}, name), h("small", {}, about));

/** A box that a button unfolds; it folds when something in it was pressed, and with Escape.
 * @param {string} name @param {HTMLElement} content */
export function folded(name, content) {
  const summary = h("summary", {}, name),
    box = h("details", { class: "fold" }, summary, content);
  box.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || !box.open) return;
    event.stopPropagation();
    box.open = false;
    summary.focus();
  });
  content.addEventListener("click", (event) => {
    if (/** @type {Element} */ (event.target).closest("button")) box.open = false;
  });
  return box;
}
