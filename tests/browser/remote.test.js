/** A training on the server as a page has it: what it hears, and what it asks for. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { FakeElement, install } from "./fakes.js";
import { RemoteSession } from "./learning/remote.js";
import { DEFAULTS } from "./record/choices.js";
import { Served } from "./served/served.js";

install();
document.baseURI = "http://127.0.0.1/base/";
const real = globalThis.fetch;
/** @type {RemoteSession[]} */ const open = [];
afterEach(() => {
  open.splice(0).forEach((session) => session.end());
  globalThis.fetch = real;
});

const NETWORK = new Uint8Array([1, 2, 3, 4]);
/** A frame of two codes of two numbers, 1, 2, -1, -2 in half precision. @param {number} step */
function moment(step) {
  const text = JSON.stringify({ kind: "moment", step, count: 2, dim: 2, logvar: false, network: 4 });
  const codes = new Uint8Array(new Uint16Array([0x3c00, 0x4000, 0xbc00, 0xc000]).buffer);
  const head = new Uint8Array(8);
  head.set(new TextEncoder().encode("VAEX"));
  new DataView(head.buffer).setUint32(4, text.length, true);
  return new Blob([head, text, NETWORK, codes]);
}

const losses = { reconstruction: 1, kl: 2, total: 3 };
const NOW = {
  ...{ state: "running", isResumable: false, sentence: "", step: 20, epochs: 3, perEpoch: 10, images: 100, beta: 1 },
  ...{ rate: 2e-3, imagesPerSecond: 50, secondsLeft: 4, moment: "moment-b.bin", events: [] },
  kept: [
    [0, "moment-a.bin"],
    [20, "moment-b.bin"],
  ],
};
const points = [
  { step: 10, train: losses, test: null },
  { step: 20, train: losses, test: losses },
];

/** A session at a server that answers so. @param {(after: number) => object} answer */
function begin(answer) {
  const asked = [],
    seen = { progress: [], moments: [], ends: [], states: [] };
  globalThis.fetch = async (url, options) => {
    const path = String(url);
    asked.push(options ? [path, options.headers["X-Vaeexplorer-Token"], options.body] : path);
    if (options) return new Response(null, { status: 204 });
    const after = /now\?after=(.*)/.exec(path);
    if (!after) return new Response(moment(path.endsWith("a.bin") ? 0 : 20));
    return new Response(JSON.stringify(answer(Number(after[1]))));
  };
  const session = new RemoteSession(
    "vx/trainings/one/",
    "secret",
    {
      onProgress: (value) => seen.progress.push(value),
      onMoment: (value) => seen.moments.push(value),
      onEnd: (...value) => seen.ends.push(value),
    },
    (now) => seen.states.push(now.state),
  );
  open.push(session);
  const until = async (/** @type {() => any} */ is) => {
    const late = performance.now() + 10_000;
    while (!is()) {
      assert.ok(performance.now() < late, `it never was: ${is}`);
      await new Promise((look) => setTimeout(look, 5));
    }
  };
  return { session, seen, asked, until };
}

test("who comes late has the whole curve, the newest moment and the film", async () => {
  const { session, seen, asked, until } = begin((after) => ({
    ...NOW,
    points: points.filter(({ step }) => step > after),
  }));
  await until(() => seen.moments.length && asked.filter((path) => String(path).includes("after=20")).length > 1);
  assert.equal(asked[0], "http://127.0.0.1/base/vx/trainings/one/now?after=-1");
  assert.deepEqual(
    seen.progress.slice(0, 3).map(({ step, train }) => [step, train?.total]),
    [
      [10, 3],
      [20, 3],
      [20, undefined],
    ],
  );
  assert.equal(seen.moments.length, 1); // the same is not fetched again
  assert.deepEqual(Array.from(seen.moments[0].codes), [1, 2, -1, -2]);
  assert.deepEqual(new Uint8Array(seen.moments[0].weights), NETWORK);
  assert.deepEqual(session.moments(), [0, 20]);
  assert.equal((await session.momentAt(7)).step, 0);
  assert.deepEqual(await session.testNow(), { ...losses, step: 20 });
});

test("of a slider that is dragged the last value is sent, with the token", async () => {
  const { session, asked, until } = begin(() => ({ ...NOW, points: [] }));
  await until(() => asked.length);
  for (const value of [2, 3, 8]) session.set("beta", value);
  const sent = () => asked.filter((each) => Array.isArray(each));
  await until(() => sent().length);
  assert.deepEqual(sent(), [
    ["http://127.0.0.1/base/vx/trainings/one/ask", "secret", '{"do":"steer","name":"beta","value":8}'],
  ]);
});

test("an end is said once, with its sentence; what goes on is followed", async () => {
  const states = ["running", "failed", "failed", "running"];
  const { session, seen, until } = begin(() => ({
    ...NOW,
    state: states.shift() ?? "running",
    sentence: "Why.",
    points: [],
  }));
  await until(() => {
    session.hide(false); // asks again at once
    return seen.states.at(-1) === "running" && seen.states.includes("failed");
  });
  assert.deepEqual(seen.ends, [["trouble", "Why."]]);
  assert.equal(seen.progress.at(-1).running, true);
});

test("where the loss became infinite, what followed the last epoch's end is forgotten", async () => {
  let now = { ...NOW, points };
  const { seen, asked, until } = begin(() => now);
  await until(() => asked.some((path) => String(path).endsWith("after=20")));
  now = { ...NOW, state: "failed", sentence: "The loss became inf.", step: 10, points: [] };
  await until(() => seen.ends.length);
  assert.deepEqual(seen.ends, [["diverged", "The loss became inf."]]);
  assert.equal(seen.progress.at(-1).step, 10);
  await until(() => asked.at(-1).endsWith("after=10"));
});

test("a button asks for what it says, and can be pressed where that makes sense", () => {
  const root = new FakeElement(),
    asked = [],
    served = new Served(/** @type {any} */ (root), /** @type {any} */ ({}));
  served.session = { request: async (what) => asked.push(what), moments: () => [] };
  served.lane = { choices: DEFAULTS, events: [], total: 30, perEpoch: 10, step: 20, shownStep: 20, seen: null };
  served.scene = { update() {}, stop() {}, redraw() {} };
  const pressed = (/** @type {string} */ state, isResumable = false) => {
    served.hear({ ...NOW, points: [], state, isResumable });
    served.show();
    asked.length = 0;
    for (const name of ["Pause", "Resume", "Stop", "Kill"]) {
      const found = root.button(name);
      if (found && !found.disabled) found.onclick();
    }
    return asked.join(" ");
  };
  assert.equal(pressed("running"), "pause stop kill");
  assert.equal(pressed("paused"), "resume stop kill");
  assert.equal(pressed("interrupted", true), "resume");
  assert.equal(pressed("waiting"), "");
  assert.equal(pressed("done"), "");
});
