/** Codes far smaller or larger than those of a VAE: what is shown, slid and kept in the address tells them apart. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { codesFile, FakeElement, install, Net, networkFile, space } from "./fakes.js";
import { coordinate } from "./draw/numbers.js";
import { unpackCodes } from "./engine/codes.js";
import { principalPlane } from "./engine/projections.js";
import { eigen } from "./engine/summary.js";
import { buildDensities } from "./from_x/terms.js";
import { Address } from "./interact/address.js";
import { keys } from "./keys.js";
import { LatentPlane } from "./plane/latent_plane.js";

const CASES = /** @type {[string, number[], boolean][]} */ ([
  ["as a VAE's", [1], true],
  ["small", [1e-3], false],
  ["small, with a posterior", [1e-3], true],
  ["very small", [1e-8], false],
  ["large", [1e6], false],
  ["large, with a posterior", [1e6], true],
  ["very large", [1e12], false],
  ["of two sizes", [1e6, 1e-3], false],
  ["of two sizes, with a posterior", [1e-3, 1], true],
]);

/** @type {() => void} */ let draw;
/** @type {Net} */ let net;
beforeEach(() => {
  draw = install();
  net = new Net();
  globalThis.__vaeexplorer.clear();
});

/** A plane on such codes. @param {number[]} scales @param {boolean} isVae @param {Record<string, string>} [texts] */
async function opened(scales, isVae, texts = {}) {
  const reports = [],
    address = new Address(keys.plane, "search"),
    widget = new LatentPlane(/** @type {any} */ (new FakeElement()), address);
  widget.report = (given) => reports.push(given);
  Object.assign(widget.ui.stage, { clientWidth: 600, clientHeight: 600 });
  widget.update({ space: /** @type {any} */ (space("own")) }, texts);
  await net.answer("/own.bin", networkFile());
  await net.answer("/own.codes", codesFile(300, 2, 1, 2, scales, isVae));
  draw();
  return { widget, reports, scales: [0, 1].map((j) => scales[j % scales.length]) };
}

for (const [name, given, isVae] of CASES) {
  test(`codes ${name}: the address holds z, A, B and the view to a millionth`, async () => {
    const { widget, reports, scales } = await opened(given, isVae);
    const z = scales.map((scale, j) => scale * (j ? -0.123456789 : 0.987654321));
    widget.link.a = z.map((value) => value / 3);
    const { cx, cy } = widget.view;
    widget.layers.look({
      ...widget.view,
      cx: cx + 0.3 * scales[0],
      cy: cy - 0.2 * scales[1],
      scale: widget.view.scale * 3,
    });
    widget.goAndTell(z);
    const [texts] = reports.slice(-1),
      { link, view } = widget;
    widget.stop();
    globalThis.__vaeexplorer.clear();
    const again = (await opened(given, isVae, texts)).widget;
    const same = (/** @type {number[] | null} */ found, /** @type {number[] | null} */ expected) =>
      found?.forEach((value, j) => {
        assert.ok(Math.abs(value - (expected?.[j] ?? NaN)) <= 1e-6 * Math.abs(expected?.[j] ?? NaN), `${found}`);
      });
    assert.equal(again.z.length, 2);
    same(again.z, z);
    same(again.link.a, link.a);
    const { scale } = again.view;
    assert.ok(Math.abs(again.view.cx - view.cx) * scale < 0.1 && Math.abs(again.view.scale / scale - 1) < 1e-5);
    again.stop();
  });

  test(`codes ${name}: sliders and numbers tell hundreds of them apart`, async () => {
    const { widget, scales } = await opened(given, isVae);
    widget.showZ();
    const inputs = widget.ui.sliders.all.filter((/** @type {any} */ each) => each.type === "range");
    const name = (/** @type {any} */ { attributes }) => attributes["aria-label"]; // collapsed dimensions come last
    inputs.sort((one, other) => name(one).localeCompare(name(other)));
    for (const [j, input] of inputs.entries()) {
      assert.ok(input.step <= scales[j] / 100, `a step of ${input.step} for codes of ${scales[j]}`);
      assert.ok((input.max - input.min) / input.step < 1e7);
      assert.ok(input.min <= -scales[j] * 0.99 && input.max >= scales[j] * 0.99);
    }
    const shown = () => [
      widget.ui.z.textContent,
      ...inputs.map(({ parentElement }) => parentElement.querySelector("output").value),
    ];
    for (const j of [0, 1]) {
      const before = shown();
      widget.go(widget.z.map((value, k) => value + (j === k ? 0.02 * scales[j] : 0)));
      widget.showZ();
      const after = shown();
      assert.notEqual(after[0], before[0], "z in numbers");
      assert.notEqual(after[1 + j], before[1 + j], "the slider's number");
      assert.ok(
        after.every((text) => text.length < 40),
        `${after}`,
      );
    }
    widget.stop();
  });

  test(`codes ${name}: the arrow keys move z by a little of what is seen, the manifold follows the view`, async () => {
    const { widget, scales } = await opened(given, isVae);
    const press = (/** @type {string} */ key) =>
      widget.controls.key(/** @type {any} */ ({ key, preventDefault() {}, stopPropagation() {} }));
    widget.layers.look({ ...widget.view, cx: 0, cy: 0 });
    while (widget.view.scale < 300 / scales[0] && widget.layers.zoom(300, 300, 1.5));
    const { z } = widget;
    press("ArrowRight");
    const moved = Math.abs(widget.z[0] - z[0]) * widget.view.scale;
    assert.ok(moved > 1 && moved < 60, `${moved} CSS pixels`);
    draw();
    const key = widget.layers.manifoldKey;
    widget.layers.look({ ...widget.view, cx: widget.view.cx + 5 / widget.view.scale });
    draw();
    assert.notEqual(widget.layers.manifoldKey, key);
    widget.stop();
  });
}

test("a coordinate has the digits that its step asks for", () => {
  const shown = [
    [1.234567, 0.01],
    [-0.001, 0.01],
    [-0.00123456, 1e-6],
    [4123456.7, 1e4],
    [41234567, 1e5],
    [4.12e-8, 1e-10],
    [1e-12, 1e-10],
  ].map(([value, step]) => coordinate(value, step));
  assert.deepEqual(shown, ["1.23", "0.00", "−0.001235", "4123457", "4.12 · 10⁷", "4.12 · 10⁻⁸", "0"]);
});

test("principal axes do not depend on the size of the codes", () => {
  const axes = [1e-8, 1e-3, 1, 1e6].map((scale) =>
    principalPlane(unpackCodes(codesFile(300, 3, 1, 2, [scale], false))),
  );
  for (const { u } of axes)
    for (const j of [0, 1, 2]) assert.ok(Math.abs(Math.abs(u?.[j] ?? NaN) - Math.abs(axes[2].u?.[j] ?? NaN)) < 1e-4);
  const { values } = eigen([
    [2e-12, 1e-12],
    [1e-12, 2e-12],
  ]);
  assert.ok(Math.abs(values[0] / 3e-12 - 1) < 1e-9);
});

test("the densities of the walk show small numbers", () => {
  const box = new FakeElement();
  buildDensities(/** @type {any} */ (box), [0])({ mean: [0.00123], sigma: [0.0002] }, [6], [1e-5]);
  assert.equal(box.textContent, "z₁6.00μ 0.00123  σ 0.000200");
  const [prior, posterior] = box.all.filter(({ tagName }) => tagName === "path").map(({ attributes }) => attributes.d);
  assert.doesNotMatch(prior + posterior, /NaN/);
  assert.notEqual(prior, posterior);
});
