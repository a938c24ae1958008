// @ts-check
/**
 * What a visitor takes home of a training: the run as a folder, the same as a PyTorch script, the film, and a link.
 *
 * @typedef {import("../record/lane.js").Lane} Lane
 * @typedef {import("./trainings.js").ImageSet} ImageSet
 */
import { pen } from "../draw/canvas.js";
import { download, h } from "../draw/dom.js";
import { readTheme } from "../draw/theme.js";
import { fetchOnce } from "../engine/fetch.js";
import { PIXELS, SIDE } from "../engine/network.js";
import { copyButton } from "../interact/copy.js";
import { effectiveBeta } from "../network/choices.js";
import { filmOf } from "../record/film.js";
import { pytorchScript } from "../record/pytorch.js";
import { runFolder, runName } from "../record/run_folder.js";
import { choice, folded } from "./controls.js";

const A_ROW = 100, // test images side by side in the sheet
  CHUNK = 500; // images decoded at a time

/** @typedef {{lane: Lane, set: ImageSet, root: HTMLElement, say(text: string): void,
 *            plane: Pick<import("./plane.js").Plane, "shownAxes" | "reach">}} Page  what goes home */

/** @param {Page & {version: string, texts: import("../interact/links.js").Texts,
 *           address: Pick<import("../interact/address.js").Address, "link">,
 *           trainings: {share(): Promise<void>}}} page  share: has the address hold dials, seed and events */
export function takeHome(page) {
  const act = (/** @type {string} */ doing, /** @type {() => Promise<void>} */ work) => async () => {
    page.say(doing);
    try {
      await work();
      page.say("");
    } catch (error) {
      page.say(error instanceof Error ? error.message : String(error));
    }
  };
  const copy = copyButton(() => page.address.link(page.texts));
  const box = folded(
    "Take home",
    h(
      "div",
      { class: "more" },
      choice(
        "Run folder",
        "A zip: unpack it into runs/, and the app, `list` and Python read it.",
        act("The run is packed…", () => takeRun(page)),
      ),
      choice(
        "PyTorch script",
        "The same training in at most 60 plain lines.",
        act("", () => takeScript(page)),
      ),
      choice(
        "Film",
        "The codes as they moved, as a GIF.",
        act("The film is drawn…", () => takeFilm(page)),
      ),
      h("div", { class: "linked" }, copy, h("small", {}, "Dials, seed and every change: it trains the same again.")),
    ),
  );
  box.addEventListener("toggle", () => box.open && void page.trainings.share());
  return box;
}

/** @param {Lane} lane  paused, and its newest moment has come */
async function rested(lane) {
  const { session } = lane;
  if (!session || !lane.step) throw new Error("Nothing has been learned yet: press Start first.");
  if (lane.running) session.pause();
  lane.lookNow();
  return { session, record: await session.record() };
}

/** @param {{lane: Lane, set: ImageSet, version: string}} page */
async function takeRun({ lane, set, version }) {
  const { session, record } = await rested(lane),
    images = await allTestImages(set),
    beta = lane.beta,
    [weights, measured] = await Promise.all([session.weights(), session.measure(images, beta)]),
    { dim } = lane.choices;
  const error = await errors(lane, session, images, measured.codes);
  const history = lane.history.map(({ epoch, train, test, seconds }) => ({ epoch, train, test, seconds }));
  const snapshots = lane.snapshots.map(({ codes }) => codes);
  const part = record.steps % lane.perEpoch;
  if (part || !history.length) {
    // An epoch that was not finished is the last row.
    const { reconstruction, kl, total } = lane.train.at(-1) ?? measured;
    const seconds = ((history.at(-1)?.seconds ?? 0) * part) / lane.perEpoch;
    const { reconstruction: r, kl: k, total: t } = lane.test.at(-1) ?? measured;
    history.push({
      epoch: history.length + 1,
      train: { reconstruction, kl, total },
      test: { reconstruction: r, kl: k, total: t },
      seconds,
    });
    if (lane.live) snapshots.push(lane.live.codes);
  }
  const { reconstruction, kl, total } = measured,
    count = images.length / PIXELS;
  /** @type {import("../record/run_folder.js").Finished} */
  const run = {
    choices: { ...lane.choices, epochs: Math.max(lane.choices.epochs, history.length) },
    beta: effectiveBeta({ ...lane.choices, beta }),
    events: record.events,
    steps: record.steps,
    hash: record.hash,
    weights,
    history,
    codes: { mean: measured.codes, logvar: measured.logvars, error },
    labels: lane.images.labels.subarray(0, count),
    snapshots,
    figures: { reconstruction, kl, total, squared_error_at_mean: error.reduce((sum, each) => sum + each, 0) / count },
    images: {
      source: `the first ${lane.choices.images.toLocaleString("en")} training images of ${set.name}, in 16 grey levels`,
      hash: set.hash,
      testSource: set.testSource,
      testHash: set.testHash,
      version,
    },
  };
  if (dim * count !== measured.codes.length) throw new Error("The test images have changed: reload the page.");
  download(new Blob([runFolder(run)], { type: "application/zip" }), `${runName(run)}.zip`);
}

/** Every test image, from the sheet that other pages show too. @param {ImageSet} set */
export async function allTestImages(set) {
  const sheet = await fetchOnce(`${set.sprite}`, (bytes) => createImageBitmap(new Blob([bytes])));
  const { width, height } = sheet,
    canvas = h("canvas", { width, height }),
    context = pen(canvas);
  context.drawImage(sheet, 0, 0);
  const { data } = context.getImageData(0, 0, width, height),
    count = A_ROW * Math.floor(height / SIDE),
    images = new Uint8Array(count * PIXELS);
  for (let i = 0, to = 0; i < count; i++)
    for (let row = 0; row < SIDE; row++) {
      const from = (SIDE * Math.floor(i / A_ROW) + row) * width + SIDE * (i % A_ROW);
      for (let column = 0; column < SIDE; column++) images[to++] = data[4 * (from + column)];
    }
  return images;
}

/** |x - d(mean)|² of each image. @param {Lane} lane @param {import("../learning/session.js").Session} session
 * @param {Uint8Array} images @param {Float32Array} codes */
async function errors(lane, session, images, codes) {
  const { dim } = lane.choices,
    count = codes.length / dim,
    found = new Float32Array(count);
  for (let start = 0; start < count; start += CHUNK) {
    const some = codes.subarray(start * dim, Math.min(count, start + CHUNK) * dim),
      pixels = await session.decodeAll(some);
    for (let p = 0, at = start * PIXELS; p < pixels.length; p++, at++)
      found[start + Math.floor(p / PIXELS)] += ((images[at] - pixels[p]) / 255) ** 2;
  }
  return found;
}

/** @param {{lane: Lane}} page */
async function takeScript({ lane }) {
  const { record } = await rested(lane);
  const text = pytorchScript(lane.choices, record.events, lane.figures?.total ?? NaN, record.steps);
  download(
    new Blob([text], { type: "text/x-python" }),
    `${lane.choices.dataset}_${lane.choices.model.replace("-", "_")}.py`,
  );
}

/** @param {Page} page */
async function takeFilm(page) {
  const { lane, set, root, plane } = page,
    { session } = await rested(lane),
    { ink, card } = readTheme(root, root.querySelector(".planebox") ?? root),
    ground = (card.match(/[\d.]+/g) ?? ["255", "255", "255"]).slice(0, 3).map(Number);
  const film = await filmOf({
    steps: session.moments(),
    momentAt: (step) => session.momentAt(step),
    labels: lane.images.labels.subarray(0, lane.images.test.length / PIXELS),
    axes: plane.shownAxes,
    reach: plane.reach,
    colors: set.colors,
    ground,
    ink,
    onShare: (share) => page.say(`The film is drawn: ${(100 * share).toFixed(0)} %`),
  });
  download(new Blob([film], { type: "image/gif" }), `${lane.choices.dataset}-${lane.choices.model}.gif`);
}
