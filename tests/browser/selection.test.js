/** What the lasso caught. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { codesFile, FakeElement, install, space } from "./fakes.js";
import { unpackCodes } from "./engine/codes.js";
import { Selection } from "./plane/selection.js";

beforeEach(() => install());

/** A selection of these images. */
function selected(/** @type {number[]} */ indices, codes = unpackCodes(codesFile(200, 2, 3, 4))) {
  const box = new FakeElement(),
    picked = [];
  const selection = new Selection(/** @type {any} */ (box));
  const zs = selection.show(
    indices,
    codes,
    space("own"),
    null,
    (index) => picked.push(index),
    () => selection.hide(),
  );
  return { box, picked, selection, zs, codes };
}

test("counts, means and codes are those of the images", () => {
  const { box, zs, codes } = selected([4, 7, 9]);
  assert.match(box.textContent, /^3 selected images/);
  assert.match(box.textContent, /mean error 3\.0 · mean KL 4\.0 nats · b: 2, a: 1/);
  assert.deepEqual(
    [...zs],
    [4, 7, 9].flatMap((i) => [codes.mean[2 * i], codes.mean[2 * i + 1]]),
  );
});

test("an autoencoder has no KL to name", () => {
  const { box } = selected([1], { ...unpackCodes(codesFile()), kl: null });
  assert.doesNotMatch(box.textContent, /KL/);
});

test("decoded images come beside their originals, and a click picks", () => {
  const { selection, box, picked } = selected([4, 7]);
  selection.receive(1, new Uint8Array(2 * 784).fill(9)); // one more than there are
  const painted = selection.decoded.map((canvas) => /** @type {any} */ (canvas).context?.calls.length ?? 0);
  assert.deepEqual(painted, [0, 1]);
  box.all.filter((element) => element.classes.has("pair"))[1].onclick();
  assert.deepEqual(picked, [7]);
});

test("the first sixty are shown, the file has all, number for number", async () => {
  /** @type {any[]} */ const files = [];
  const { createObjectURL, revokeObjectURL } = URL;
  URL.createObjectURL = (blob) => (files.push(blob), "blob:here");
  URL.revokeObjectURL = () => {};
  const clicks = [];
  FakeElement.prototype.click = function () {
    clicks.push(this.download);
  };
  const wait = globalThis.setTimeout;
  globalThis.setTimeout = /** @type {any} */ (() => 0); // the address is kept for a while
  const indices = Array.from({ length: 70 }, (_, i) => 2 * i),
    { box, zs, codes } = selected(indices);
  assert.equal(zs.length, 120);
  assert.match(box.textContent, /The first 60 are shown/);
  box.button("Download (CSV)").onclick();
  Object.assign(URL, { createObjectURL, revokeObjectURL });
  globalThis.setTimeout = wait;
  assert.deepEqual(clicks, ["own-selection.csv"]);
  const [head, ...rows] = (await files[0].text()).trimEnd().split("\n");
  assert.equal(head, "index,label,class,squared_error_at_mean,kl_nats,z1,z2");
  assert.equal(rows.length, 70);
  const z = [24, 25].map((i) => Number(codes.mean[i].toPrecision(7)));
  assert.equal(rows[6], `12,0,a,3,4,${z}`);
});

test("once closed, nothing is shown and nothing is painted", () => {
  const { box, selection } = selected([1]);
  box.button("Close").onclick();
  assert.equal(box.hidden, true);
  assert.deepEqual(box.children, []);
  selection.receive(0, new Uint8Array(784));
});
