/** Images in place of dots: they do not overlap, more come as one zooms, and what is pointed at is what is seen. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Thumbnails } from "./draw/sprite.js";
import { fit, repeatable, spaced, toScreen } from "./engine/geometry.js";
import { drawnPlane, boxOf, dimensionPlane } from "./engine/projections.js";
import { unpackCodes } from "./engine/codes.js";
import { BetaDial } from "./beta/dial.js";
import { imageNear } from "./pair/handles.js";
import { Pair } from "./pair/pair.js";
import { svgOf } from "./files/plane_picture.js";
import { arrive, classes, codesFile, colors, FakeElement, install, Net, settled, space, sweepFile } from "./fakes.js";
import { Address } from "./interact/address.js";
import { keys } from "./keys.js";
import { LatentPlane } from "./plane/latent_plane.js";

/** @type {() => void} */ let drawFrame;
beforeEach(() => {
  drawFrame = install();
  globalThis.__vaeexplorer.clear();
});

const COUNT = 3000;
const uniform = repeatable(1234567);
const [xs, ys] = [0, 1].map(() => Float32Array.from({ length: COUNT }, () => 6 * uniform() - 3));
const view = fit({ low: [-3, -3], high: [3, 3] }, 600, 600);
const all = new Uint8ClampedArray(4 * COUNT).fill(255);

/** @param {Thumbnails} thumbnails @param {any} at @param {Uint8ClampedArray} [colors] */
function drawn(thumbnails, at, colors = all) {
  const g = new FakeElement("canvas").getContext();
  thumbnails.draw(g, at, { xs, ys }, colors, /** @type {any} */ ("sheet"), 28, 1);
  return g.calls.filter(([name]) => name === "drawImage");
}

test("no two chosen points are near, none that fits is left out, and hidden ones are not chosen", () => {
  const chosen = spaced(xs, ys, 0.3, (i) => i % 2 === 0);
  const near = (/** @type {number} */ i, /** @type {number} */ k) =>
    Math.max(Math.abs(xs[i] - xs[k]), Math.abs(ys[i] - ys[k])) < 0.3;
  chosen.forEach((i, n) => assert.ok(i % 2 === 0 && chosen.slice(0, n).every((k) => !near(i, k))));
  for (let i = 0; i < COUNT; i += 2) assert.ok(chosen.some((k) => near(i, k)));
});

test("every image is drawn from its own place in the sheet, where its code is, and is found there", () => {
  const thumbnails = new Thumbnails(),
    images = drawn(thumbnails, view);
  assert.ok(images.length > 100);
  for (const [, , left, top, , , x, y, size] of images) {
    const i = left / 28 + (100 * top) / 28,
      [across, up] = toScreen(view, xs[i], ys[i]);
    assert.ok(Math.abs(x + size / 2 - across) <= 1 && Math.abs(y + size / 2 - up) <= 1);
    assert.equal(thumbnails.at(view, across, up), i);
  }
  assert.equal(thumbnails.at(view, -100, 300), -1);
});

test("closer by there are more, none of which goes while one pans", () => {
  const thumbnails = new Thumbnails();
  const inMiddle = (/** @type {any} */ of) =>
    drawn(thumbnails, of)
      .map(([, , left, top]) => left / 28 + (100 * top) / 28)
      .filter((i) => Math.max(Math.abs(xs[i]), Math.abs(ys[i])) < 0.5);
  const far = inMiddle(view),
    near = inMiddle({ ...view, scale: 4 * view.scale });
  assert.ok(near.length > 4 * far.length, `${near.length} of ${far.length}`);
  assert.deepEqual(inMiddle({ ...view, cx: 0.7, cy: -0.4 }), far);
});

test("an image whose class is hidden is neither seen nor found, and gives its place to another", () => {
  const thumbnails = new Thumbnails();
  drawn(thumbnails, view);
  const [first] = thumbnails.chosen,
    colors = all.slice();
  colors[4 * first + 3] = 0;
  drawn(thumbnails, view, colors);
  assert.ok(!thumbnails.chosen.includes(first));
  const found = thumbnails.at(view, ...toScreen(view, xs[first], ys[first]));
  assert.notEqual(found, first);
});

/** A plane of 600 x 600 pixels that shows images. @param {Record<string, string>} texts */
async function opened(texts) {
  const net = new Net(),
    widget = new LatentPlane(new FakeElement(), new Address(keys.plane, "search"));
  Object.assign(widget.ui.stage, { clientWidth: 600, clientHeight: 600 });
  widget.update({ space: /** @type {any} */ (space("own")) }, { images: "28", ...texts });
  await arrive(net, space("own"));
  drawFrame();
  return widget;
}

test("on the plane, after a filter, a zoom and a lasso, the image under the pointer is the one that is picked", async () => {
  const widget = await opened({});
  const check = () => {
    drawFrame();
    const { xs, ys } = /** @type {any} */ (widget.plane);
    for (const i of widget.layers.thumbnails.chosen) {
      const [x, y] = toScreen(widget.view, xs[i], ys[i]);
      assert.equal(widget.pointer.dotAt({ x, y }), i);
      assert.ok(!widget.hidden.has(widget.model?.codes.labels[i] ?? -1));
    }
    return widget.layers.thumbnails.chosen;
  };
  const before = check();
  widget.hidden.add(0);
  widget.color();
  assert.notDeepEqual(check(), before);
  widget.layers.zoom(300, 300, 3);
  check();
  widget.pointer.lasso = [
    [-3, -3],
    [3, -3],
    [3, 3],
    [-3, 3],
  ];
  widget.pointer.select();
  check();
  const [first] = widget.layers.thumbnails.chosen,
    [x, y] = toScreen(widget.view, widget.plane?.xs[first] ?? 0, widget.plane?.ys[first] ?? 0);
  widget.pointer.lassoOn = false;
  widget.pointer.release({ x, y }, true);
  assert.equal(widget.picked, first);
  widget.stop();
});

test("draws take the place of means, the same every time, and neither the view nor the posterior moves", async () => {
  const codes = unpackCodes(codesFile(30, 2)),
    plane = dimensionPlane(codes, 0, 1),
    drawnOnce = drawnPlane(plane, codes);
  assert.deepEqual(drawnPlane(plane, codes).xs, drawnOnce.xs);
  assert.notDeepEqual(drawnOnce.xs, plane.xs);
  assert.deepEqual(boxOf(drawnOnce), boxOf(plane));
  assert.equal(drawnOnce.means?.xs, plane.xs);
  const widget = await opened({ marks: "draw", images: "0" });
  assert.ok(widget.plane?.means);
  widget.stop();
});

test("side by side, after a filter and a zoom, the image that is seen is the one that is pointed at", async () => {
  const net = new Net(),
    widget = new Pair(new FakeElement(), new Address(keys.pair, "search"));
  const start = { pairs: [], shares: [0, 0], count: 0 };
  const spaces = [{ ...space("own"), kind: "VAE" }];
  widget.update(/** @type {any} */ ({ spaces, classes, colors, count: 30, start }), { images: "28" });
  const [pane] = widget.panes;
  Object.assign(pane.stage, { clientWidth: 600, clientHeight: 600 });
  await arrive(net, space("own"));
  const check = () => {
    drawFrame();
    for (const i of pane.thumbnails.chosen) {
      const [x, y] = toScreen(pane.view, pane.plane?.xs[i] ?? 0, pane.plane?.ys[i] ?? 0);
      assert.equal(imageNear(pane, { x: x + 12, y: y - 12 }, 1), i);
      assert.ok(!widget.hidden.has(pane.codes?.labels[i] ?? -1));
    }
    return pane.thumbnails.chosen;
  };
  const all = check();
  assert.ok(all.length > 5);
  widget.hidden.add(0);
  widget.redrawAll();
  const some = check();
  assert.notDeepEqual(some, all);
  pane.zoom(300, 300, 3);
  assert.ok(check().length >= some.length);
  widget.images.input.value = "0";
  widget.images.input.oninput();
  drawFrame();
  assert.deepEqual(pane.thumbnails.chosen, []);
  widget.stop();
});

test("on the way to another model an image moves with its dot, and stays itself", async () => {
  const net = new Net(),
    widget = new BetaDial(new FakeElement(), new Address(keys.dial, "search"));
  Object.assign(widget.ui.stage, { clientWidth: 400, clientHeight: 400 });
  widget.update({ url: "/s", sprite: "/s.png", classes, colors }, {});
  await net.answer("/s", sweepFile());
  assert.equal(net.waiting("/s.png"), 0); // only those who ask for images wait for them
  widget.images.input.value = "14";
  widget.images.input.oninput();
  await net.answer("/s.png", "png");
  await settled();
  drawFrame();
  const { thumbnails, view } = widget.plane,
    { xs, ys } = /** @type {any} */ (widget.plane.shown);
  assert.ok(thumbnails.chosen.length > 1);
  const places = [...thumbnails.placed(/** @type {any} */ (view))];
  for (const [i, left, top] of places)
    assert.deepEqual(
      [left, top],
      toScreen(/** @type {any} */ (view), xs[i], ys[i]).map((at) => Math.round(at - 7)),
    );
  widget.stop();
});

test("a saved SVG shows what the plane shows: its images, its ellipses, or its dots", async () => {
  const widget = await opened({});
  const saved = () => {
    drawFrame();
    return svgOf({ ...widget.layers.picture, behind: null, legend: [], drawOverlay() {} });
  };
  const count = (/** @type {string} */ svg, /** @type {string} */ tag) => svg.split(`<${tag} `).length - 1;
  const images = saved();
  assert.equal(count(images, "image"), [...widget.layers.thumbnails.placed(widget.view)].length);
  assert.ok(count(images, "image") > 5);
  widget.link.images = 0;
  widget.link.marks = "ellipse";
  widget.redraw({ dots: true });
  const ellipses = saved();
  assert.equal(count(ellipses, "image"), 0);
  assert.equal(ellipses.split("A").length - 1, 2 * 30); // two arcs each
  widget.link.marks = "mean";
  widget.redraw({ dots: true });
  const dots = saved();
  assert.equal(dots.split("h0").length - 1, 30);
  assert.equal(dots.split("A").length - 1, 0);
  widget.stop();
});
