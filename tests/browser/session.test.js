/** A training as a page has it. There is no worker under node: both sides run here, as where a browser refuses them. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { decode, unpack } from "./engine/network.js";
import { plainKernel } from "./kernel/plain.js";
import { buffersOf } from "./learning/calls.js";
import { Kept, States } from "./learning/kept.js";
import { Session, estimate } from "./learning/session.js";
import { Trainer } from "./network/trainer.js";
import { CHOICES, drawings } from "./drawings.js";

const images = { train: drawings(90), test: drawings(30) },
  LONG = { ...CHOICES, schedule: /** @type {const} */ ("constant"), epochs: 100_000 };
/** @type {Session[]} */ const open = [];
afterEach(() => open.splice(0).forEach((session) => session.end()));

/** A session, and what it tells the page. @param {object} [changes] @param {object} [from] */
function begin(changes = {}, from = {}) {
  const seen = { progress: [], moments: [], epochs: [], ends: [], kept: [] };
  /** @type {(() => void)[]} */ const waiting = [];
  const hear = (/** @type {string} */ list, /** @type {any} */ value) => {
    seen[list].push(value);
    waiting.splice(0).forEach((look) => look());
  };
  const session = new Session(
    { ...CHOICES, ...changes },
    images,
    {
      onProgress: (value) => hear("progress", value),
      onMoment: (value) => hear("moments", value),
      onEpoch: (value) => hear("epochs", value),
      onKept: (value) => hear("kept", value),
      onEnd: (...value) => hear("ends", value),
    },
    from,
  );
  open.push(session);
  /** Once something is so. @param {() => any} is */
  const until = async (is) => {
    const late = setTimeout(() => assert.fail(`it never was: ${is}`), 20_000);
    while (!is()) await new Promise((look) => waiting.push(look));
    clearTimeout(late);
  };
  return { session, seen, until };
}

test("it says where it runs, and shows the untrained network first", async () => {
  const { session, seen, until } = begin();
  assert.deepEqual(await session.ready, { where: "page", arithmetic: "webassembly" });
  await until(() => seen.moments.length);
  const [{ step, weights, codes, logvars }] = seen.moments;
  assert.equal(weights, null, "the session decodes its newest moment");
  assert.deepEqual([step, codes.length, logvars.length], [0, 90, 90]);
  const picture = session.decode(codes.subarray(0, 3)).slice(),
    kept = decode(unpack((await session.momentAt(0)).weights), codes.subarray(0, 3)),
    [many] = [await session.decodeAll(codes.slice(0, 15))];
  assert.ok(picture.every((grey, p) => grey > 0 && grey < 1 && Math.abs(grey - kept[p]) < 1e-3)); // of float16
  assert.equal(many.length, 5 * 784);
  assert.ok(picture.every((grey, p) => Math.abs(255 * grey - many[p]) <= 0.51));
  assert.deepEqual(seen.progress, []);
});

test("one batch, one epoch, all of it: epochs with test losses, and an end", async () => {
  const { session, seen, until } = begin({ epochs: 3 });
  session.batch();
  await until(() => seen.progress.at(-1)?.step === 1 && seen.moments.at(-1)?.step === 1);
  assert.equal(seen.progress.at(-1).running, false);
  session.epoch();
  await until(() => seen.epochs.length === 1);
  assert.deepEqual([seen.epochs[0].epoch, seen.epochs[0].step], [1, 3]);
  session.play();
  await until(() => seen.ends.length);
  assert.deepEqual(seen.ends, [["done", ""]]);
  assert.deepEqual(
    session.history.map(({ epoch, step }) => [epoch, step]),
    [
      [1, 3],
      [2, 6],
      [3, 9],
    ],
  );
  for (const { train, test: unseen, seconds } of session.history) {
    for (const terms of [train, unseen])
      assert.ok(Math.abs(terms.reconstruction + terms.kl - terms.total) < 1e-9 && terms.reconstruction > 0);
    assert.ok(seconds > 0);
  }
  assert.ok(session.history[2].train.total < session.history[0].train.total);
});

test("a dial that is turned is in the record, and the record replays to the same hash", async () => {
  const { session, seen, until } = begin(LONG);
  session.limit(20);
  session.play();
  await until(() => seen.moments.at(-1)?.step === 20);
  session.set("beta", 4);
  session.limit(40);
  await until(() => seen.progress.at(-1)?.step === 40);
  assert.equal(seen.progress.at(-1).beta, 4);
  const record = await session.record();
  assert.deepEqual([record.steps, record.events], [40, [{ step: 20, name: "beta", value: 4 }]]);
  const again = new Trainer(plainKernel(), record.choices, images.train, record.events);
  while (again.step < 40) again.advance();
  assert.equal(again.hash, record.hash);
});

test("a branch comes to its step by replaying, goes on otherwise, and shows nothing before", async () => {
  const { session, seen, until } = begin(LONG);
  session.limit(25);
  session.play();
  await until(() => seen.moments.at(-1)?.step >= 25 || seen.kept.at(-1)?.states.length);
  await until(() => seen.kept.at(-1).states.length);
  const state = seen.kept.at(-1).states[0],
    branch = await session.branch(state + 3, { beta: 6 });
  assert.deepEqual([branch.state.step, branch.replayTo], [state, state + 3]);
  const other = begin(branch.choices, branch);
  other.session.limit(state + 6);
  other.session.play();
  await other.until(() => other.seen.moments.length);
  assert.ok(other.seen.moments[0].step >= state + 3);
  other.session.limit(state + 6);
  other.session.pause();
  await other.until(() => other.seen.progress.at(-1)?.running === false);
  const record = await other.session.record();
  assert.deepEqual(record.events, [{ step: state + 3, name: "beta", value: 6 }]);
  const again = new Trainer(plainKernel(), branch.choices, images.train, record.events);
  while (again.step < record.steps) again.advance();
  assert.equal(again.hash, record.hash);
});

test("what rests goes on in another session where it stood, with its film", async () => {
  const { session, seen, until } = begin(LONG);
  session.limit(31);
  session.play();
  await until(() => seen.moments.at(-1)?.step === 31);
  const film = session.moments(),
    early = await session.momentAt(film[1]),
    { hash } = await session.record(),
    rested = await session.rest();
  assert.equal(rested.state.step, 31, "nothing is replayed");
  const other = begin(rested.choices, rested);
  await other.until(() => other.seen.moments.length);
  assert.deepEqual(other.session.moments().slice(0, film.length), film);
  assert.deepEqual(await other.session.momentAt(film[1]), early);
  assert.equal((await other.session.record()).hash, hash);
  other.session.limit(60);
  other.session.play();
  await other.until(() => other.seen.progress.at(-1)?.step === 60);
  const all = other.session.moments();
  assert.ok(all.length > film.length && all.every((step, k) => !k || step > all[k - 1]), "it grows, in order");
});

test("no step beyond the limit, which moves", async () => {
  const { session, seen, until } = begin(LONG);
  session.limit(7);
  session.play();
  await until(() => seen.moments.at(-1)?.step === 7);
  assert.equal((await session.record()).steps, 7);
  session.limit(9);
  await until(() => seen.moments.at(-1)?.step === 9);
});

test("reset begins again, with the same weights", async () => {
  const { session, seen, until } = begin();
  await until(() => seen.moments.length);
  session.epoch();
  await until(() => seen.epochs.length);
  session.reset();
  await until(() => seen.progress.at(-1)?.step === 0);
  await until(() => seen.moments.at(-1)?.step === 0);
  assert.deepEqual(seen.moments.at(-1).codes, seen.moments[0].codes);
  assert.deepEqual(session.history, []);
});

test("moments are kept, and the nearest one comes back", async () => {
  const { session, seen, until } = begin({ epochs: 10 });
  session.play();
  await until(() => seen.ends.length);
  const steps = session.moments();
  assert.deepEqual(steps.slice(0, 4), [0, 2, 4, 6]);
  assert.equal(steps.at(-1) <= 30, true);
  const moment = await session.momentAt(7);
  assert.ok([6, 8].includes(moment.step));
  assert.equal(unpack(moment.weights).latentDim, 3);
  assert.equal(moment.codes.length, 90);
});

test("weights have torch's names, and an image is encoded by the newest moment", async () => {
  const { session, seen, until } = begin();
  session.batch();
  await until(() => seen.moments.at(-1)?.step === 1);
  const tensors = await session.weights();
  assert.deepEqual(tensors["decoder.4.weight"].shape, [784, 40]);
  const { step, mean, logvar } = await session.encode(new Float32Array(784));
  assert.deepEqual([step, mean.length, logvar.length], [1, 3, 3]);
  await assert.rejects(session.encode(new Float32Array(3)), /784 pixels, not 3/);
});

test("an infinite loss ends it with a sentence, and the last good weights stay", async () => {
  const { session, seen, until } = begin({ ...LONG, likelihood: "gaussian", model: "linear-ae", rate: 1 });
  session.set("rate", 1e30);
  session.play();
  await until(() => seen.ends.length);
  const [[reason, sentence]] = seen.ends;
  assert.equal(reason, "diverged");
  assert.match(
    sentence,
    /^The loss became infinite at step \d+: try a smaller learning rate\. The model is back at step 0/,
  );
  const { values } = (await session.weights())["decoder.0.weight"];
  assert.ok(values.every(Number.isFinite));
  assert.deepEqual([(await session.record()).events, seen.progress.at(-1).rate], [[], 1], "the dial is back");
  await until(() => seen.moments.at(-1)?.step === 0 && session.moments().length === 1);
  assert.deepEqual(session.moments(), [0], "nothing of what went wrong is in the film");
});

test("choices out of range end it with one sentence", async () => {
  for (const [changes, sentence] of [
    [{ model: "gan" }, "model is one of ae, vae, linear-ae, linear-vae, not gan."],
    [{ dim: 0 }, "dim is a whole number from 1 on, not 0."],
    [{ widths: [] }, "widths are whole numbers from 1 on, at least one, not none."],
    [{ rate: Number.NaN }, "rate and variance are above 0, not NaN and 0.5."],
    [{ beta: -1 }, "beta and warmup are at least 0, not -1 and 0."],
  ]) {
    const { session, seen, until } = begin(/** @type {object} */ (changes));
    session.play();
    await until(() => seen.ends.length);
    assert.deepEqual(seen.ends, [["trouble", sentence]]);
  }
});

test("what is kept never takes more than its budget", () => {
  const kept = new Kept(1000, 2, 1.1);
  for (let step = 0; step < 20_000; step++) if (step >= kept.next) kept.note(step, 90);
  assert.ok(kept.steps.length <= 11 && kept.steps.length >= 5, kept.steps.join());
  const gaps = kept.steps.slice(1).map((step, index) => step - kept.steps[index]);
  assert.ok(
    gaps.every((gap, index) => index === 0 || gap >= gaps[index - 1]),
    `growing: ${gaps}`,
  );
});

test("states that make room for others give their memory back at once", () => {
  const states = new States(500, 1),
    all = Array.from({ length: 9 }, (_, step) => {
      const [values, m, v] = [0, 1, 2].map(() => new Float32Array(10).fill(step));
      return { step, values, m, v };
    });
  for (const state of all) states.add(state);
  for (const { step, values, m, v } of all)
    for (const array of [values, m, v]) assert.equal(array.length, states.steps.includes(step) ? 10 : 0);
  assert.deepEqual(
    states.all.map(({ step }) => step),
    states.steps,
  );
  assert.ok(states.steps.includes(8) && states.copyBefore(8).values.every((value) => value === 8));
});

test("buffers change hands, of an array itself and of the arrays within an object", () => {
  const [one, two] = [new Uint8Array(3), new Float32Array(2)];
  assert.deepEqual(buffersOf(one), [one.buffer]);
  assert.deepEqual(buffersOf(two.buffer), [two.buffer]);
  assert.deepEqual(buffersOf({ one, again: one.subarray(1), two, name: "z", none: null }), [one.buffer, two.buffer]);
  for (const nothing of [null, undefined, 7, "text", {}]) assert.deepEqual(buffersOf(nothing), []);
});

test("a session leaves the page its images", async () => {
  const { session } = begin();
  await session.ready;
  assert.deepEqual([images.train.length, images.test.length], [90 * 784, 30 * 784]);
});

test("how long it takes", () => {
  assert.equal(estimate({ ...CHOICES, epochs: 10, images: 30_000 }, 15_000), 20);
});
