/** Images that a worker or the server decodes: which are asked for, which are shown, what a failure leaves. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { install, Net, networkFile } from "./fakes.js";
import { Background } from "./decoding/background.js";
import { Moments } from "./decoding/moments.js";
import { askInstead, decodeThere, encodeThere, RemoteBackground } from "./decoding/remote.js";

// Without the kernel, which comes when it comes (kernel.test.js has it).
globalThis.atob = () => assert.fail("no kernel here");

/** @type {Net} */ let net;
beforeEach(() => {
  install();
  net = new Net();
});

/* ------------------------------------------------------------------ the worker, from the page */

/** A background, and what it hands on. */
function background() {
  const seen = [],
    troubles = [];
  const made = new Background(
    (...given) => seen.push(given),
    (trouble) => troubles.push(trouble),
  );
  const message = (/** @type {object} */ data) => made.worker.onmessage({ data });
  return { made, seen, troubles, message, sent: made.worker?.sent };
}

test("images come from the newest request of their kind, and the kind is busy until they are all there", () => {
  const { made, seen, message, sent } = background();
  made.request("strips", Float32Array.of(1, 2), 2);
  made.request("gallery", Float32Array.of(3, 4), 2);
  made.request("strips", Float32Array.of(5, 6), 2);
  assert.deepEqual(
    sent.map(({ kind, id, dim }) => [kind, id, dim]),
    [
      ["strips", 1, 2],
      ["gallery", 2, 2],
      ["strips", 3, 2],
    ],
  );
  message({ kind: "strips", id: 1, start: 0, pixels: "old", done: true });
  assert.deepEqual(seen, []);
  assert.ok(made.isBusy("strips"));
  message({ kind: "strips", id: 3, start: 0, pixels: "half", done: false });
  assert.ok(made.isBusy("strips"));
  message({ kind: "strips", id: 3, start: 20, pixels: "rest", done: true });
  assert.ok(!made.isBusy("strips"));
  assert.ok(made.isBusy("gallery"));
  message({ kind: "gallery", id: 2, start: 0, pixels: "all", done: true });
  assert.deepEqual(seen, [
    ["strips", 0, "half", false],
    ["strips", 20, "rest", true],
    ["gallery", 0, "all", true],
  ]);
});

test("images of moments that follow each other: by who has the network, or from its bytes; the newest alone", async () => {
  /** @type {any[]} */ const seen = [];
  const moments = new Moments((...given) => seen.push(given)),
    /** @type {{resolve: Function, reject: Function}[]} */ asked = [],
    live = {
      weights: null,
      decode: () => new Promise((resolve, reject) => asked.push({ resolve, reject })),
    },
    kept = { weights: new ArrayBuffer(8), decode: () => assert.fail("it has its weights") },
    zs = Float32Array.of(1, 2);
  const rest = () => new Promise((resolve) => setTimeout(resolve));
  moments.request(live, zs, 2);
  assert.deepEqual([moments.isBusy(live), moments.isBusy(kept)], [true, false]);
  moments.request(live, zs, 2);
  asked[0].resolve("late");
  asked[1].resolve("images");
  await rest();
  assert.deepEqual(seen, [[0, "images", true]]);
  assert.ok(!moments.isBusy(live));
  moments.request(live, zs, 2);
  asked[2].reject(new Error("its session has ended"));
  await rest();
  assert.ok(!moments.isBusy(live));
  moments.request(live, zs, 2);
  moments.request(kept, zs, 2);
  assert.ok(moments.isBusy(kept));
  asked[3].resolve("of another moment");
  const { worker } = /** @type {any} */ (moments.background);
  worker.onmessage({ data: { kind: "manifold", id: 1, start: 0, pixels: "kept", done: true } });
  await rest();
  assert.deepEqual(seen.slice(1), [[0, "kept", true]]);
  moments.stop();
  assert.ok(worker.ended);
});

test("another network, or none, makes it forget what was asked of the former", () => {
  for (const bytes of [networkFile(), null]) {
    const { made, seen, message, sent } = background();
    made.request("strips", Float32Array.of(1, 2), 2);
    made.use(bytes);
    assert.ok(!made.isBusy("strips"));
    assert.deepEqual(sent.slice(1), bytes ? [{ network: bytes }] : []);
    message({ kind: "strips", id: 1, start: 0, pixels: "old", done: true });
    assert.deepEqual(seen, []);
  }
});

test("once stopped, what is still on its way is ignored, and the worker ends", () => {
  const { made, seen, message } = background();
  made.request("strips", Float32Array.of(1, 2), 2);
  made.stop();
  message({ kind: "strips", id: 1, start: 0, pixels: "late", done: true });
  assert.deepEqual(seen, []);
  assert.ok(made.worker.ended);
});

test("a decoder that throws is answered for, said, and not waited for; images that come take the words away", () => {
  const { made, seen, troubles, message } = background();
  made.request("strips", Float32Array.of(1, 2), 2);
  message({ kind: "strips", id: 1, error: "no memory" });
  assert.ok(!made.isBusy("strips"));
  assert.deepEqual([seen, troubles], [[], ["The images could not be decoded: no memory"]]);
  made.request("strips", Float32Array.of(1, 2), 2);
  message({ kind: "strips", id: 1, error: "an older one" });
  assert.ok(made.isBusy("strips"));
  message({ kind: "strips", id: 2, start: 0, pixels: "all", done: true });
  assert.deepEqual(troubles.slice(1), [""]);
});

/** Until nothing is under way any more. @param {Background} made */
async function decoded(made) {
  for (let turns = 0; made.newest.size; turns++) {
    assert.ok(turns < 1000, "it never ends");
    await new Promise((done) => setTimeout(done));
  }
}

test("without a worker the page decodes a few images at a time, what was asked for before included, and says so", async () => {
  const RefusedWorker = class {
    constructor() {
      throw new Error("refused by a policy");
    }
  };
  for (const refuse of ["at once", "later", "by a message that cannot be read"]) {
    const { Worker } = globalThis;
    if (refuse === "at once") globalThis.Worker = /** @type {any} */ (RefusedWorker);
    const { made, seen, troubles } = background();
    globalThis.Worker = Worker;
    const { worker } = made;
    made.use(networkFile(2, 0.25));
    made.request("strips", new Float32Array(2 * 30).fill(1), 2);
    made.request("manifold", new Float32Array(2).fill(5), 2);
    if (refuse === "later") worker.onerror({});
    else if (worker) worker.onmessageerror({});
    await decoded(made);
    assert.equal(troubles.length, 1, refuse);
    assert.match(troubles[0], /^There is no worker for this page/);
    if (worker) assert.ok(worker.ended);
    const strips = seen.filter(([kind]) => kind === "strips");
    assert.deepEqual(
      strips.map(([, start]) => start),
      [0, 4, 8, 12, 16, 20, 24, 28],
    );
    assert.equal(strips.at(-1)[3], true);
    assert.equal(strips[0][2][0], Math.round(255 * 0.35));
    assert.equal(seen.find(([kind]) => kind === "manifold")[2][0], Math.round(255 * 0.75));
    assert.ok(seen.findIndex(([kind]) => kind === "manifold") < 3, "kinds take turns");

    made.use(networkFile(2, 0.5));
    made.request("gallery", new Float32Array(2).fill(1), 2);
    await decoded(made);
    assert.equal(seen.at(-1)[2][0], Math.round(255 * 0.6));
    made.stop();
  }
});

/* ------------------------------------------------------------------ the server */

const images = (/** @type {number} */ count, level = 0) => new Uint8Array(784 * count).fill(level);

test("the server's images are as many as were asked for, its words are passed on", async () => {
  const ask = () => decodeThere("/m/", Float32Array.of(1, 2, 3, 4), 2, 784);
  const good = ask();
  assert.equal(net.asked[0].body.length, 4);
  await net.answer("/m/decode", images(2, 9));
  assert.deepEqual(await good, images(2, 9));
  const cases = [
    [() => net.answer("/m/decode", images(1)), /^The server answered with other images than were asked for\.$/],
    [() => net.answer("/m/decode", images(3)), /^The server answered with other images than were asked for\.$/],
    [() => net.answer("/m/decode", "", { status: 500 }), /^The server answered 500\.$/],
    [
      () => net.answer("/m/decode", "decode raised: 1/0.", { status: 422, headers: { "Content-Type": "text/plain" } }),
      /^decode raised: 1\/0\.$/,
    ],
    [
      () => net.answer("/m/decode", "<h1>no</h1>", { status: 502, headers: { "Content-Type": "text/html" } }),
      /^The server answered 502\.$/,
    ],
    [() => net.fail("/m/decode"), /^The server cannot be reached; the last picture stays\.$/],
  ];
  for (const [reply, message] of cases) {
    const refused = assert.rejects(ask(), { message });
    await reply();
    await refused;
  }
});

test("the server's code is a mean, or a mean and a logvar", async () => {
  const ask = () => encodeThere("/m/", new Float32Array(784).fill(0.5), 2);
  const both = ask();
  assert.deepEqual([...new Set(net.asked[0].body)], [128]);
  await net.answer("/m/encode", Float32Array.of(1, 2, 3, 4));
  assert.deepEqual(await both, { mean: [1, 2], logvar: [3, 4] });
  const one = ask();
  await net.answer("/m/encode", Float32Array.of(1, 2));
  assert.deepEqual(await one, { mean: [1, 2], logvar: null });
  const refused = assert.rejects(ask(), /another kind of code/);
  await net.answer("/m/encode", Float32Array.of(1, 2, 3));
  await refused;
});

test("of several views of a widget the newest is asked, and those that are closed are not held on to", async () => {
  const asked = [],
    answer = (/** @type {string} */ name) => async () => (asked.push(name), new ArrayBuffer(784)),
    [endFirst, endSecond] = ["first", "second"].map((name) => askInstead("kernel/0/", answer(name)));
  const ask = () => decodeThere("kernel/0/", Float32Array.of(1, 2), 2, 784);
  await ask();
  endSecond();
  await ask();
  assert.deepEqual(asked, ["second", "first"]);
  endFirst();
  const server = ask();
  await net.answer("kernel/0/decode", images(1));
  assert.equal((await server).length, 784);
});

/** A server that decodes, what came from it, and its troubles. */
function remote() {
  const seen = [],
    troubles = [];
  const made = new RemoteBackground(
    "/m/",
    (kind, start, pixels, done) => seen.push([kind, start, pixels[0], pixels.length / 784, done]),
    (trouble) => troubles.push(trouble),
    784,
  );
  const asked = () => net.asked.map(({ body }) => [...body]);
  return { made, seen, troubles, asked };
}

test("of each kind one request is under way, and the newest codes are next", async () => {
  const { made, seen, asked } = remote();
  for (const z of [1, 2, 3]) made.request("image", Float32Array.of(z), 1);
  made.request("strips", Float32Array.of(9), 1);
  assert.deepEqual(asked(), [[1], [9]]);
  await net.answer("/m/decode", images(1, 1));
  assert.deepEqual(seen, [["image", 0, 1, 1, true]], "one image is worth seeing though it is late");
  assert.deepEqual(asked(), [[9], [3]]);
  assert.ok(made.isBusy("image"));
  await net.answer("/m/decode", images(1, 9));
  await net.answer("/m/decode", images(1, 3));
  assert.ok(!made.isBusy("image"));
  assert.equal(net.asked.length, 0);
  assert.deepEqual(seen.slice(1), [
    ["strips", 0, 9, 1, true],
    ["image", 0, 3, 1, true],
  ]);
});

test("many images are asked for a part at a time, and given up when others are wanted", async () => {
  const { made, seen, asked } = remote();
  made.request("gallery", new Float32Array(150).fill(1), 1);
  await net.answer("/m/decode", images(64, 1));
  assert.deepEqual(seen, [["gallery", 0, 1, 64, false]]);
  made.request("gallery", new Float32Array(70).fill(2), 1);
  await net.answer("/m/decode", images(64, 1));
  assert.equal(seen.length, 1, "the second part of what nobody wants any more");
  assert.deepEqual(asked(), [new Array(64).fill(2)]);
  await net.answer("/m/decode", images(64, 2));
  await net.answer("/m/decode", images(6, 2));
  assert.deepEqual(seen.slice(1), [
    ["gallery", 0, 2, 64, false],
    ["gallery", 64, 2, 6, true],
  ]);
});

test("images of a selection that was replaced are not shown, though they come whole", async () => {
  for (const kind of ["gallery", "manifold", "strips"]) {
    const { made, seen } = remote();
    made.request(kind, Float32Array.of(1, 1), 1);
    made.request(kind, Float32Array.of(2, 2, 2), 1);
    await net.answer("/m/decode", images(2, 1));
    assert.deepEqual(seen, []);
    await net.answer("/m/decode", images(3, 2));
    assert.deepEqual(seen, [[kind, 0, 2, 3, true]]);
  }
});

test("a failure is said once, the next gesture asks again, and its success takes the words away", async () => {
  const { made, seen, troubles } = remote();
  made.request("image", Float32Array.of(1), 1);
  await net.fail("/m/decode");
  assert.deepEqual(troubles, ["The server cannot be reached; the last picture stays."]);
  assert.ok(!made.isBusy("image"));
  made.request("image", Float32Array.of(2), 1);
  await net.answer("/m/decode", images(1, 2));
  assert.equal(troubles[1], "");
  made.request("image", Float32Array.of(3), 1);
  await net.answer("/m/decode", images(1, 3));
  assert.equal(troubles.length, 2);
  assert.equal(seen.length, 2);
});

test("what was wanted meanwhile is asked for after a failure too", async () => {
  const { made, seen, asked } = remote();
  made.request("image", Float32Array.of(1), 1);
  made.request("image", Float32Array.of(2), 1);
  await net.fail("/m/decode");
  assert.deepEqual(asked(), [[2]]);
  await net.answer("/m/decode", images(1, 2));
  assert.deepEqual(seen, [["image", 0, 2, 1, true]]);
});

test("once stopped, neither images nor troubles come, and nothing is asked for", async () => {
  for (const reply of [() => net.answer("/m/decode", images(64)), () => net.fail("/m/decode")]) {
    const { made, seen, troubles } = remote();
    made.request("gallery", new Float32Array(150), 1);
    made.stop();
    await reply();
    assert.deepEqual([seen, troubles, net.asked], [[], [], []]);
  }
});
