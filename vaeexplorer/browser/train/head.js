// @ts-check
/** The title, and how far the training has come. */
import { h, setText } from "../draw/dom.js";

export function buildHead() {
  const epoch = h("b", {}),
    of = h("span", {}),
    speed = h("b", {}),
    time = h("b", {}),
    sentence = h("p", {});
  const figures = h(
    "div",
    { class: "figures" },
    h("span", {}, "epoch ", epoch, of),
    h("span", { class: "speed" }, speed, " images a second"),
    h("span", { class: "left" }, time, " left"),
  );
  const box = h("header", { class: "head" }, h("h1", {}, "Train one now"), sentence, figures);
  /** @param {import("../record/lane.js").Lane[]} lanes */
  const update = (lanes) => {
    const [lane] = lanes,
      shown = lane.progress;
    const alone = lane.isVariational ? "Turn β while the VAE learns." : "It learns in this tab, on your machine.";
    setText(sentence, lanes.length > 1 ? "A race: same batches, one clock." : alone);
    const epochs = lane.total / lane.perEpoch,
      at = Math.min(lane.shownStep / lane.perEpoch, epochs);
    setText(epoch, String(Math.min(Math.floor(at) + 1, Math.ceil(epochs))));
    setText(of, ` of ${Math.ceil(epochs)}`);
    const rates = lanes.map(({ progress }) => progress?.imagesPerSecond ?? 0);
    setText(speed, rates[0] ? Math.round(rates.reduce((sum, rate) => sum + rate, 0)).toLocaleString("en") : "–");
    const left = Math.max(...lanes.map(({ progress }) => progress?.secondsLeft ?? 0));
    setText(time, shown?.secondsLeft ? duration(left) : "–");
  };
  return { box, update };
}

/** @param {number} seconds */
export const duration = (seconds) =>
  seconds < 100 ? `${Math.ceil(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
