/** The plane without a pointer: keys of A and B, of the lasso and of the strips; and the plane as a file. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { arrive, FakeElement, install, Net, settled, space } from "./fakes.js";
import { SvgPen } from "./files/svg.js";
import { svgOf } from "./files/plane_picture.js";
import { Address } from "./interact/address.js";
import { keys } from "./keys.js";
import { LatentPlane } from "./plane/latent_plane.js";

/** @type {() => void} */ let draw;
/** @type {Net} */ let net;
/** @type {any} */ let widget;
beforeEach(async () => {
  draw = install();
  net = new Net();
  globalThis.__vaeexplorer.clear();
  widget = new LatentPlane(/** @type {any} */ (new FakeElement()), new Address(keys.plane, "search"));
  Object.assign(widget.ui.stage, { clientWidth: 600, clientHeight: 600 });
  widget.update({ space: space("own") }, {});
  await arrive(net, space("own"));
  draw();
});

const press = (/** @type {string} */ key, shiftKey = false) =>
  widget.controls.key({ key, shiftKey, preventDefault() {}, stopPropagation() {} });

test("A, B and Z say what the arrow keys move", () => {
  const { z } = widget,
    [a, b] = widget.ends;
  press("b");
  press("ArrowRight");
  assert.deepEqual([widget.z, widget.ends[0]], [z, a]);
  assert.ok(widget.ends[1][0] > b[0]);
  press("A", true);
  press("ArrowUp");
  assert.ok(widget.ends[0][1] > a[1]);
  press("z");
  press("ArrowLeft");
  assert.ok(widget.z[0] < z[0]);
  widget.stop();
});

test("L is a lasso around z, larger each time, smaller with Shift, and Escape takes it away", async () => {
  const size = () => Math.max(...widget.pointer.lasso.map((/** @type {number[]} */ [x]) => Math.abs(x - widget.z[0])));
  press("l");
  const first = size();
  assert.equal(widget.ui.selection.hidden, false);
  press("l");
  assert.ok(Math.abs(size() / first - 1.5) < 0.02);
  press("L", true);
  assert.ok(Math.abs(size() / first - 1) < 0.02);
  press("Escape");
  assert.deepEqual([widget.pointer.lasso.length, widget.ui.selection.hidden], [0, true]);
  widget.stop();
  await settled();
});

test("along a strip with the arrow keys, from where z is", () => {
  widget.layers.bringAsideUp();
  const { canvas } = widget.strips.strips[0];
  assert.equal(canvas.tabIndex, 0);
  const at = () => Number(canvas.attributes["aria-valuenow"]);
  const key = (/** @type {string} */ name) => canvas.onkeydown({ key: name, preventDefault() {} });
  canvas.getAttribute = (/** @type {string} */ name) => canvas.attributes[name];
  key("Home");
  widget.showZ();
  assert.equal(at(), 1);
  assert.equal(widget.z[0], -3);
  key("ArrowRight");
  widget.showZ();
  assert.deepEqual([at(), widget.z[0]], [2, -2.5]);
  key("End");
  widget.showZ();
  key("ArrowRight");
  assert.deepEqual([at(), widget.z[0]], [13, 3]);
  key("x");
  assert.equal(at(), 13);
  widget.stop();
});

test("the plane as SVG has a round dot for each that is seen, the circles, z, and the names of the axes", () => {
  widget.hidden.add(0);
  widget.color();
  draw();
  const svg = svgOf({ ...widget.layers.picture, behind: null });
  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="600" height="630"/);
  assert.equal(svg.match(/h0/g)?.length, 15, "the dots of the class that is not hidden");
  assert.equal(svg.match(/stroke-dasharray="3 4"/g)?.length, 3);
  for (const text of ["3σ of N(0, I)", "A", "z₁ →", "z₂ ↑", "b"]) assert.ok(svg.includes(`>${text}</text>`), text);
  assert.doesNotMatch(svg, /NaN|undefined/);
  widget.stop();
});

test("the pen writes an ellipse as two halves, and text that is no markup", () => {
  const pen = new SvgPen();
  pen.beginPath();
  pen.ellipse(10, 20, 4, 2, Math.PI / 2);
  pen.stroke();
  pen.fillText("a<b&c", 1, 2);
  assert.match(pen.parts[0], /d="M10 24A4 2 90 1 0 10 16A4 2 90 1 0 10 24Z"/);
  assert.match(pen.parts[1], />a&lt;b&amp;c<\/text>$/);
});
