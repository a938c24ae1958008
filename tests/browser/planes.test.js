/** Latent planes, alone and side by side, whose files come late, not at all, or after they are gone. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  arrive,
  classes,
  codesFile,
  colors,
  FakeElement,
  install,
  Net,
  networkFile,
  settled,
  space,
  text,
} from "./fakes.js";
import { Address } from "./interact/address.js";
import { keys } from "./keys.js";
import { Pair } from "./pair/pair.js";
import { LatentPlane } from "./plane/latent_plane.js";
import { Layers } from "./plane/layers.js";
import { Readout } from "./plane/readout.js";

/** @type {Net} */ let net;
/** @type {any[]} */ let reported;
const report = (/** @type {any[]} */ ...given) => reported.push(given);
beforeEach(() => {
  install();
  net = new Net();
  reported = [];
  globalThis.__vaeexplorer.clear();
});

/* ------------------------------------------------------------------ planes side by side */

const pair = () => new Pair(new FakeElement(), new Address(keys.pair, "search"));
const beside = (/** @type {string[]} */ ...names) => ({
  spaces: names.map((name) => ({ ...space(name), kind: "VAE" })),
  classes,
  colors,
  count: 30,
  fields: null,
  ways: null,
  start: { pairs: [], shares: [0, 0], count: 0 },
});

test("pair: a plane that could not be loaded can be tried again", async () => {
  const widget = pair();
  widget.update(beside("a", "b"), {});
  await net.answer("/a.png", "png");
  await net.answer("/a.codes", codesFile());
  await net.fail("/a.bin");
  const [plane] = widget.panes;
  assert.equal(text(plane), "a could not be loaded. The server cannot be reached. Try again");
  assert.equal(plane.message.hidden, false);
  plane.message.button("Try again").onclick();
  await net.answer("/a.bin", networkFile());
  assert.equal(plane.codes?.count, 30);
  assert.equal(plane.message.hidden, true);
});

test("pair: codes are shown while decoders are on their way, and then what these draw", async () => {
  const widget = pair();
  widget.update(beside("a"), {});
  const [plane] = widget.panes;
  assert.equal(net.waiting("/a.bin"), 0, "the decoder does not take the codes' share of the line");
  await net.answer("/a.codes", codesFile());
  assert.equal(plane.codes?.count, 30);
  widget.pointAt(3);
  widget.another();
  assert.equal(plane.way.background.isBusy("strips"), false, "there is nothing to ask yet");
  await net.answer("/a.bin", networkFile());
  assert.equal(plane.way.background.isBusy("strips"), true);
});

test("pair: planes that were replaced or left do not open what comes late", async () => {
  const widget = pair();
  widget.update(beside("a"), {});
  const [old] = widget.panes;
  widget.update(beside("b"), {});
  await net.answer("/a.codes", codesFile());
  assert.equal(old.codes, null);
  const [plane] = widget.panes;
  widget.stop();
  await net.answer("/b.codes", codesFile());
  assert.equal(plane.codes, null);
  assert.equal(text(plane), "");
});

test("pair: the test images of former planes are not shown, nor is their failure told", async () => {
  for (const late of [() => net.fail("/a.png"), () => net.answer("/a.png", "images of a")]) {
    globalThis.__vaeexplorer.clear();
    net = new Net();
    const widget = pair();
    widget.update(beside("a"), {});
    widget.update(beside("b"), {});
    await net.answer("/b.png", "images of b");
    await late();
    assert.equal(await /** @type {any} */ (widget.sprite).blob.text(), "images of b");
    assert.equal(widget.live.textContent, "");
  }
});

test("pair: test images that could not be loaded can be tried again", async () => {
  const widget = pair();
  widget.update(beside("a"), {});
  await net.fail("/a.png");
  assert.equal(widget.live.textContent, "The test images could not be loaded. The server cannot be reached. Try again");
  widget.live.button("Try again").onclick();
  await net.answer("/a.png", "png");
  assert.ok(widget.sprite);
  assert.equal(widget.live.textContent, "");
});

test("pair: what is looked at stays when the size changes, all of the plane does too", async () => {
  const widget = pair();
  widget.update(beside("a"), {});
  await arrive(net, space("a"));
  const [plane] = widget.panes;
  const resize = (/** @type {number} */ width, /** @type {number} */ height) => {
    Object.assign(plane.stage, { clientWidth: width, clientHeight: height });
    plane.resize();
  };
  resize(400, 400);
  assert.ok(plane.zoom(100, 100, 4));
  const { cx, cy, scale } = plane.view;
  resize(200, 300);
  assert.deepEqual([plane.view.cx, plane.view.cy], [cx, cy]);
  assert.ok(Math.abs(plane.view.scale - scale / 2) < 1e-9);
  plane.lookHome();
  resize(400, 400);
  assert.equal(plane.view, plane.home);
});

/* ------------------------------------------------------------------ the latent plane */

const plane = () => Object.assign(new LatentPlane(new FakeElement(), new Address(keys.plane, "search")), { report });

test("plane: late files and failures of the former run leave the new one", async () => {
  for (const late of [
    () => net.fail("/old.bin"),
    async () => {
      await net.answer("/old.bin", networkFile());
      await net.answer("/old.codes", codesFile());
    },
  ]) {
    globalThis.__vaeexplorer.clear();
    net = new Net();
    const widget = plane();
    widget.update({ space: space("old") }, {});
    widget.update({ space: space("new") }, {});
    await arrive(net, space("new"));
    await late();
    assert.equal(widget.space?.name, "new");
    assert.equal(text(widget), "");
    assert.equal(widget.ui.message.hidden, true);
    widget.stop();
  }
});

test("plane: late test images and their failure belong to the run they were asked for", async () => {
  for (const late of [() => net.fail("/old.png"), () => net.answer("/old.png", "images of old")]) {
    globalThis.__vaeexplorer.clear();
    net = new Net();
    const widget = plane();
    widget.update({ space: space("old") }, {});
    await net.answer("/old.bin", networkFile());
    await net.answer("/old.codes", codesFile());
    widget.update({ space: space("new") }, {});
    await net.answer("/new.bin", networkFile());
    await net.answer("/new.codes", codesFile());
    await late();
    assert.equal(widget.sprite, null);
    assert.equal(text(widget), "");
    await net.answer("/new.png", "images of new");
    assert.equal(await /** @type {any} */ (widget.sprite).blob.text(), "images of new");
    widget.stop();
  }
});

test("plane: until another run is here, the one that is shown keeps its names, and its gestures its address", async () => {
  const widget = plane();
  widget.update({ space: space("old") }, {});
  await arrive(net, space("old"));
  assert.equal(reported.length, 1, "as it opened");
  widget.tell();
  assert.equal(reported.length, 2);
  const other = { ...space("new"), classes: ["shirt", "shoe"] };
  widget.update({ space: other }, {});
  widget.showZ();
  assert.match(widget.ui.facts.textContent, /looks like[ab]/);
  widget.tell();
  assert.equal(reported.length, 2, "z of the run before would be taken for the new run's");
  await net.fail("/new.bin");
  widget.tell();
  assert.equal(reported.length, 2);
  assert.match(text(widget), /^The network of new could not be loaded\. .* Try again$/);
  widget.ui.message.button("Try again").onclick();
  await arrive(net, other);
  widget.tell();
  assert.equal(reported.length, 4);
  assert.match(widget.ui.facts.textContent, /looks likesh/);
  widget.stop();
});

test("plane: troubles of the former run's server are not told while another is opened", async () => {
  const widget = plane();
  widget.update({ space: space("old", true) }, {});
  await arrive(net, space("old", true));
  widget.background.request("image", Float32Array.of(0, 0), 2);
  widget.update({ space: space("new") }, {});
  await net.fail("/old/decode");
  assert.equal(text(widget), "");
  widget.stop();
});

test("plane: UMAP that came while the files did is there when they are", async () => {
  const umap = Buffer.from(new Float32Array(60).buffer).toString("base64");
  const widget = plane();
  widget.update({ space: { ...space("own"), umap: null } }, { plane: "UMAP" });
  widget.update({ space: { ...space("own"), umap } }, { plane: "UMAP" });
  await arrive(net, space("own"), 3);
  await settled();
  assert.equal(widget.plane?.name, "UMAP");
  widget.stop();
});

test("plane: nothing is opened once it has stopped", async () => {
  const widget = plane();
  widget.update({ space: space("own") }, {});
  widget.stop();
  await net.answer("/own.bin", networkFile());
  await net.answer("/own.codes", codesFile());
  assert.equal(widget.model, null);
});

test("plane: the manifold that a run waits for is not asked of another run's decoder", async () => {
  /** @type {any} */ let due;
  const wait = globalThis.setTimeout;
  globalThis.setTimeout = /** @type {any} */ ((/** @type {any} */ run) => (due = run));
  const asked = [],
    codes = { dim: 2 };
  const owner = {
    plane: { u: [1, 0], v: [0, 1], centre: [0, 0] },
    view: { cx: 0, cy: 0, scale: 10, width: 60, height: 60 },
    model: { codes },
    background: { request: (kind) => asked.push(kind) },
    z: [0, 0],
  };
  const layers = Object.assign(Object.create(Layers.prototype), {
    plane: owner,
    manifoldKey: "",
    manifold: { plan: () => new Float32Array(2) },
  });
  layers.planManifold();
  owner.model = { codes: { dim: 16 } };
  due();
  assert.deepEqual(asked, []);
  layers.manifoldKey = "";
  layers.planManifold();
  due();
  assert.deepEqual(asked, ["manifold"]);
  globalThis.setTimeout = wait;
});

test("the card under the pointer shows what the run that is shown has", () => {
  const ui = { card: new FakeElement(), cardImage: new FakeElement("canvas"), cardText: new FakeElement() };
  const readout = new Readout(/** @type {any} */ (ui)),
    own = space("a");
  const codes = (/** @type {number} */ error) => ({ labels: [1], error: [error], kl: [2 * error] });
  const show = (/** @type {any} */ of, /** @type {any} */ sprite = null) =>
    readout.showCard(0, { x: 1, y: 1 }, /** @type {any} */ ({ width: 100, height: 100 }), of, own, sprite);
  const [first, second] = [codes(10), codes(20)];
  show(first);
  assert.equal(ui.cardText.textContent, "b · test #0KL 20.0 natserror 10.0");
  show(second);
  assert.equal(ui.cardText.textContent, "b · test #0KL 40.0 natserror 20.0");
  const painted = () => ui.cardImage.getContext().calls.filter(([name]) => name === "drawImage").length;
  assert.equal(painted(), 0);
  show(second, "the images have come");
  assert.equal(painted(), 1);
  show(second, "the images have come");
  assert.equal(painted(), 1, "a pointer that moves within a dot");
});

test("plane: sliders and strips come by KL, by their effect on the image, or by index", async () => {
  const widget = new LatentPlane(new FakeElement(), new Address(keys.plane, "search")),
    known = { ...space("own"), effects: [1, 9, 4] };
  widget.update({ space: known }, { order: "effect" });
  await net.answer("/own.bin", networkFile(3));
  await net.answer("/own.codes", codesFile(30, 3, 1, 2, [3, 1, 2]));
  const { sliders, strips } = widget.ui;
  const names = () => [
    sliders.all.filter(({ tagName }) => tagName === "input").map(({ attributes }) => attributes["aria-label"]),
    widget.strips?.dimensions,
  ];
  assert.deepEqual(names(), [
    ["z₂", "z₃", "z₁"],
    [1, 2, 0],
  ]);
  const choice = sliders.all.find(({ tagName }) => tagName === "select");
  for (const [order, labels, dimensions] of /** @type {const} */ ([
    ["KL", ["z₁", "z₃", "z₂"], [0, 2, 1]],
    ["index", ["z₁", "z₂", "z₃"], [0, 1, 2]],
  ])) {
    choice.value = order;
    choice.onchange();
    assert.deepEqual(names(), [labels, dimensions]);
    assert.equal(widget.chosen.order ?? "KL", order);
  }
  assert.ok(strips.children.length);
  widget.stop();
});
