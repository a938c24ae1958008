// @ts-check
/** The time of a training: how far it has come, what was changed when, and where the visitor looks. */
import { button, h } from "../draw/dom.js";
import { ticks } from "../draw/numbers.js";
import { BETAS, RATES, betaText, nearest } from "../record/choices.js";

const PACE = 45; // ms of a picture of the film

/** @typedef {import("../record/lane.js").Lane} Lane */

/** @param {{seek(step: number | null): void, branch(name: "beta" | "rate", value: number): void,
 *   readonly moments: number[], readonly step: number}} page */
export function buildScrubber(page) {
  /** @type {ReturnType<typeof setInterval> | undefined} */ let playing;
  const stop = () => {
    clearInterval(playing);
    playing = undefined;
    play.textContent = "▶";
    play.setAttribute("aria-label", "Play the training again");
  };
  const play = button("▶", "The training again, from its beginning", () => {
    if (playing) return stop();
    const film = page.moments.slice();
    let at = 0;
    if (film.length < 2) return;
    play.textContent = "❚❚";
    play.setAttribute("aria-label", "Stop the film");
    playing = setInterval(() => {
      page.seek(film[at++]);
      if (at >= film.length) {
        stop();
        page.seek(null);
      }
    }, PACE);
  });
  play.className = "film";
  play.setAttribute("aria-label", "Play the training again");
  const input = h("input", {
    type: "range",
    min: "0",
    max: "1",
    step: "1",
    value: "0",
    "aria-label": "Step of the training",
    oninput: () => {
      stop();
      page.seek(Number(input.value) >= page.step ? null : Number(input.value));
    },
  });
  const branch = button("Branch here", "From here on beside this one", () => page.branch(dial, Number(value.value))),
    name = h("span", {}),
    value = h("select", { title: "of the branch", onchange: () => (isChosen = true) }),
    branching = h("div", { class: "branch" }, branch, h("label", {}, name, value));
  /** @type {"beta" | "rate"} what a branch has another value of */ let dial = "beta";
  let isChosen = false; // by the visitor
  const offer = (/** @type {Lane} */ lane) => {
    const isBeta = lane.isVariational,
      values = isBeta ? BETAS : RATES,
      usual = isBeta ? (lane.beta > 2 ? 1 : 8) : nearest(RATES, lane.choices.rate / 4);
    if (value.dataset.dial !== String(isBeta)) {
      value.dataset.dial = String(isBeta);
      isChosen = false;
      dial = isBeta ? "beta" : "rate";
      name.textContent = isBeta ? "with β " : "with rate ";
      value.setAttribute("aria-label", isBeta ? "β of the branch" : "Rate of the branch");
      value.replaceChildren(
        ...values.map((each) =>
          h("option", { value: String(each), textContent: isBeta ? betaText(each) : String(each) }),
        ),
      );
    }
    if (!isChosen) value.value = String(usual);
  };
  const marks = h("div", { class: "marks", "aria-hidden": "true" }),
    epochs = h("div", { class: "epochs", "aria-hidden": "true" });
  const box = h("div", { class: "scrubber" }, play, h("div", { class: "track" }, marks, input, branching, epochs));
  const at = (/** @type {number} */ step) => `${(100 * step) / Number(input.max)}%`;

  /** @param {number} step  how far it has come @param {number} seen  where the visitor looks
   * @param {Lane} lane  whose time it is @param {[number, string][]} changes  step and text */
  const update = (step, seen, lane, changes) => {
    const { total, perEpoch } = lane;
    offer(lane);
    input.max = String(total);
    input.value = String(seen);
    const epoch = seen / perEpoch;
    input.setAttribute("aria-valuetext", `epoch ${epoch.toFixed(1)}, step ${seen}`);
    box.style.setProperty("--done", at(Math.min(step, total)));
    box.style.setProperty("--seen", at(Math.min(seen, total)));
    branch.disabled = value.disabled = step === 0;
    play.disabled = page.moments.length < 2;
    const key = `${total} ${perEpoch}`;
    if (epochs.dataset.key !== key) {
      epochs.dataset.key = key;
      epochs.replaceChildren(
        ...ticks([0, total / perEpoch], false, 5).map((value) =>
          h("span", { style: `left: ${at(value * perEpoch)}` }, value ? String(value) : "epoch 0"),
        ),
      );
    }
    if (marks.dataset.key !== changes.join(";") + key) {
      marks.dataset.key = changes.join(";") + key;
      marks.replaceChildren(...changes.map(([where, text]) => h("span", { style: `left: ${at(where)}` }, text)));
    }
  };
  return { box, update, stop };
}
