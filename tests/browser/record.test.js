/** What a page keeps of a training, and says of it; and how a link holds it. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { activeUnits, summary } from "./experiments/repeat.js";
import { verdict } from "./experiments/clinic.js";
import { formatLinks, parseLinks } from "./interact/links.js";
import { keys } from "./keys.js";
import { Lane } from "./record/lane.js";
import { DEFAULTS, PRESETS, fromLink, runConfig, toLink } from "./record/choices.js";
import { marksOf, remark } from "./train/single.js";
import { drawings } from "./drawings.js";

const SMALL = { ...DEFAULTS, widths: [16], images: 60, batch: 20, epochs: 4 };

test("a link holds dials, seed and events, and only what is not as the page opens", () => {
  const events = [
    { step: 234, name: "beta", value: 8 },
    { step: 390, name: "rate", value: 0.001 },
    { step: 400, name: "settle", value: 2 },
  ];
  for (const { choices } of PRESETS) {
    const chosen = { ...DEFAULTS, ...choices, dataset: "fashion-mnist", seed: 7, widths: [400] };
    const texts = formatLinks(keys.train, toLink(chosen, events, "mnist"));
    assert.equal(texts.events, "234b8;390r0.001;400s2");
    const { values, wrong } = parseLinks(keys.train, texts, 0);
    assert.equal(wrong, "");
    assert.deepEqual(fromLink(values, "mnist"), { choices: chosen, events });
  }
  assert.deepEqual(formatLinks(keys.train, toLink(DEFAULTS, [], "mnist")), {});
  for (const text of ["b8", "4b", "9b1;3b2", "4x1", "4b1;", "1e9b1"])
    assert.match(parseLinks(keys.train, { events: text }, 0).wrong, /events=/);
});

test("the clinic says which beta was trained", () => {
  const said = (/** @type {string} */ pixels, /** @type {string} */ dims, batch = "mean") =>
    verdict({ ...DEFAULTS, dim: 2, reduction: { pixels, dims, batch } });
  assert.match(said("sum", "sum"), /^This is the ELBO's loss: β is 1.00/);
  assert.match(said("mean", "mean"), /^β is 392, not 1.00: 392 times larger/); // 784 / D
  assert.match(said("mean", "sum"), /^β is 784, not 1.00: 784 times larger/);
  assert.match(said("sum", "mean"), /^β is 0.5, not 1.00: 2.0 times smaller/);
  assert.match(said("sum", "sum", "sum"), /every gradient 128 times as large; Adam does not mind/);
});

test("dimensions in use, and how many are needed", () => {
  const codes = Float32Array.from({ length: 300 }, (_, k) => (k % 3 === 0 ? Math.sin(k) : k % 3 === 1 ? 0.05 : 5));
  assert.equal(activeUnits(codes, 3), 1);
  const found = [-150, -120, -110, -109.5].map((elbo, k) => ({
    value: k + 1,
    elbo,
    rate: 1,
    distortion: 1,
    active: k,
  }));
  assert.match(summary("dim", found), /−109.5 nats, at D = 4, with 3 dimensions in use; D = 3 comes within a nat/);
  assert.match(summary("dim", []), /None/);
});

/** @type {Lane[]} */ const open = [];
afterEach(() => open.splice(0).forEach((lane) => lane.end()));

test("a lane keeps curves, events and snapshots of its training; a look back shows another moment", async () => {
  const images = { train: drawings(60), test: drawings(20), labels: new Uint8Array(20) };
  /** @type {() => void} */ let changed = () => {};
  const note = () => changed();
  const lane = new Lane(SMALL, images, { moment: note, progress: note, end: note });
  open.push(lane);
  const until = async (/** @type {() => boolean} */ is) => {
    const late = setTimeout(() => assert.fail(`it never was: ${is}`), 20_000);
    while (!is()) await new Promise((resolve) => (changed = () => resolve(undefined)));
    clearTimeout(late);
  };
  await until(() => Boolean(lane.moment));
  lane.session.epoch();
  await until(() => lane.step === 3 && !lane.running);
  lane.set("beta", 8);
  lane.play();
  await until(() => lane.isOver);
  assert.equal(lane.step, 12);
  assert.deepEqual(marksOf(lane), [[3, "β 8"]]);
  assert.deepEqual((await lane.session.record()).events, [{ step: 3, name: "beta", value: 8 }]);
  assert.deepEqual(
    lane.history.map(({ epoch }) => epoch),
    [1, 2, 3, 4],
  );
  assert.equal(lane.snapshots.length, 4);
  assert.equal(lane.snapshots[0].codes.length, 40);
  await lane.lookAt(2);
  assert.ok(lane.moment.step < 12 && lane.shownStep === 2);
  lane.lookNow();
  assert.equal(lane.moment.step, 12);
  const { hash } = await lane.session.record();
  const film = lane.session.moments();
  lane.rest(); // its workers end
  assert.equal(lane.session, null);
  const woken = lane.wake();
  lane.rest(); // the page is left again meanwhile
  await woken;
  assert.equal(lane.session, null);
  await lane.wake();
  assert.equal((await lane.session.record()).hash, hash);
  assert.equal(lane.history.length, 4);
  await until(() => lane.session.moments().length > 0);
  assert.deepEqual(lane.session.moments(), film);
});

test("where the loss becomes infinite, curves and history end at the last good step", async () => {
  const images = { train: drawings(60), test: drawings(20), labels: new Uint8Array(20) };
  const choices = { ...SMALL, model: /** @type {const} */ ("ae"), epochs: 100 };
  const ended = new Promise((resolve) => {
    const lane = new Lane(choices, images, {
      moment: () => {},
      progress: ({ step, events }) => {
        if (step > 20 && !events.length) lane.set("rate", 1e30);
      },
      end: resolve,
    });
    open.push(lane);
    lane.play();
  });
  const lane = await ended;
  assert.match(lane.sentence, /^The loss became infinite/);
  assert.ok(lane.step > 0 && lane.isOver && !lane.running);
  for (const points of [lane.train, lane.test, lane.history]) assert.ok(points.every(({ step }) => step <= lane.step));
  assert.equal(lane.snapshots.length, lane.history.length);
  assert.deepEqual(lane.events, [], "the dial is back");
});

test("what looks wrong and is not gets a sentence", () => {
  const point = (/** @type {number} */ step, /** @type {number} */ kl, /** @type {number} */ total) => ({
    step,
    kl,
    total,
  });
  const lane = {
    ...{ choices: DEFAULTS, isVariational: true, events: [], step: 400, perEpoch: 235 },
    ...{ progress: { epoch: 1.7, beta: 1 }, test: [point(10, 2, 200), point(200, 4, 170), point(400, 5, 160)] },
  };
  assert.match(remark(lane), /KL rises while the loss falls/);
  assert.equal(remark({ ...lane, test: [point(10, 2, 200), point(200, 4, 170), point(400, 3, 160)] }), "");
  assert.equal(remark({ ...lane, isVariational: false }), "");
  assert.match(remark({ ...lane, choices: { ...DEFAULTS, warmup: 5 } }), /Warm-up: β has risen to 1.00 of 1/);
});

test("a configuration is that of the package, with the beta that was trained", () => {
  const config = runConfig({ ...DEFAULTS, model: "linear-vae" }, 3);
  assert.deepEqual(config.model, { model: "vae", arch: "linear", latent_dim: 2, hidden: [], activation: "silu" });
  assert.equal(config.objective.beta, 3);
});
