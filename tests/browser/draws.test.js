/** The walk from x to x': which image it opens with, differences of images, draws that are clicked, z that is dragged. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { paintDifference } from "./draw/sprite.js";
import { widestImage } from "./interact/wide.js";
import { arrive, FakeElement, install, Net, space } from "./fakes.js";
import { FromX } from "./from_x/from_x.js";
import { Address } from "./interact/address.js";
import { keys } from "./keys.js";

/** @type {Net} */ let net;
/** @type {() => void} */ let drawFrame;
beforeEach(() => {
  drawFrame = install();
  net = new Net();
  globalThis.__vaeexplorer.clear();
});

test("what is brighter in the first image is orange, in the second blue, and equal parts are black", () => {
  const canvas = new FakeElement("canvas"),
    x = new Float32Array(784),
    y = new Float32Array(784);
  [x[0], y[1], x[2], y[2]] = [1, 0.25, 0.7, 0.7];
  paintDifference(/** @type {any} */ (canvas.getContext()), x, y, 0.5);
  const { data } = canvas.getContext().calls.at(-1)[1];
  assert.deepEqual([...data.slice(0, 12)], [255, 169, 14, 255, 43, 83, 120, 255, 0, 0, 0, 255]);
});

test("the walk opens with an image whose posterior covers codes of several classes", () => {
  // Twenty codes of one class on the left, twenty of two classes on the right; one posterior on the left is the widest.
  const count = 40,
    mean = Float32Array.from({ length: 2 * count }, (_, i) => (i % 2 ? 0.01 * (i >> 1) : i < count ? -5 : 5));
  const logvar = new Float32Array(2 * count).fill(0);
  logvar.set([2, 2], 6);
  const labels = Uint8Array.from({ length: count }, (_, i) => (i < 20 ? 0 : i % 2));
  const codes = /** @type {any} */ ({ count, dim: 2, mean, logvar, labels, error: mean, kl: mean });
  assert.ok(widestImage(codes, [0, 1], null) >= 20);
  assert.equal(widestImage({ ...codes, logvar: null }, [0, 1], null), 0);
});

/** A walk on a plane of 320 x 320 pixels, drawn once. */
async function walking() {
  const widget = new FromX(new FakeElement(), new Address(keys.walk, "search"));
  /** @type {any[]} */ const reported = [];
  widget.report = (texts) => reported.push(texts);
  Object.assign(widget.plane.stage, { clientWidth: 320, clientHeight: 320 });
  widget.update({ space: space("own") }, { image: "3" });
  await arrive(net, space("own"));
  drawFrame();
  return { widget, reported };
}

test("z goes where the plane is dragged, epsilon with it, and it is reported once at the end", async () => {
  const { widget, reported } = await walking(),
    { stage } = widget.plane;
  const event = (/** @type {number} */ x, /** @type {number} */ y) => ({
    ...{ clientX: 10 + x, clientY: 20 + y, pointerId: 1, button: 0, pointerType: "mouse", buttons: 1 },
    preventDefault() {},
    stopPropagation() {},
  });
  reported.length = 0;
  stage.onpointerdown(event(160, 160)); // the middle is the mean
  stage.onpointermove(event(200, 160)); // an eighth of 8 standard deviations
  drawFrame();
  assert.deepEqual(widget.eps, [1, 0]);
  const { mean, sigma, z } = /** @type {any} */ (widget.walk);
  assert.ok(Math.abs(z[0] - mean[0] - sigma[0]) < 1e-9);
  assert.deepEqual(reported, []);
  stage.onpointerup(event(200, 160));
  assert.equal(reported.length, 1);
  assert.equal(reported[0].eps, "1,0");
  widget.stop();
});

test("a draw that is chosen becomes z, and is framed", async () => {
  const { widget } = await walking();
  widget.pick(7);
  drawFrame();
  assert.deepEqual(
    widget.eps,
    widget.cloud[7].map((e) => Math.round(100 * e) / 100 + 0),
  );
  assert.equal(widget.draws.frame.hidden, false);
  assert.equal(widget.draws.canvas.attributes["aria-valuenow"], "8");
  widget.stop();
});

test("the page's own image is left out of the link, another is in it", async () => {
  const { widget, reported } = await walking();
  assert.equal(reported.at(-1).image, "3");
  widget.choose(widget.model.own);
  widget.tell();
  assert.equal(reported.at(-1).image, undefined);
  widget.stop();
});
