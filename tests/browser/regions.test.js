/** A classifier over the plane: which cell a point lies in, what is drawn there, and what is said of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { classes, colors, install, Net } from "./fakes.js";
import { Maps, Regions } from "./draw/regions.js";

const bytes = (/** @type {number[]} */ ...values) => Buffer.from(values).toString("base64");
/** Two rows of three cells over [0, 3] x [0, 2]; the last cell is far from any image. */
const sent = {
  ...{ rows: 2, columns: 3, x: [0, 3], y: [0, 2], low: 1, high: 6, far: 5 },
  ...{ label: bytes(0, 1, 2, 3, 4, 5), confidence: bytes(255, 51, 255, 255, 255, 255) },
  distance: bytes(0, 0, 0, 0, 0, 255),
};

test("rows come from the top, and off the map there is no answer", () => {
  const regions = new Regions(sent);
  assert.deepEqual(regions.at([0.5, 1.5]), { label: 0, confidence: 1, isFar: false });
  assert.deepEqual(regions.at([1.5, 1.5]), { label: 1, confidence: 0.2, isFar: false });
  assert.deepEqual(regions.at([2.9, 0.1]), { label: 5, confidence: 1, isFar: true });
  for (const z of [
    [-0.1, 1],
    [3.1, 1],
    [1, 2.1],
    [1, -0.1],
  ])
    assert.equal(regions.at(z), null);
});

test("colour is the class, opacity the confidence, and what is unlike training images is speckled", () => {
  const regions = new Regions(sent),
    palette = [...Array(10)].map((_, k) => [k, k, k]);
  assert.deepEqual(regions.pixel(0, palette, "classifier"), [0, 0, 0, 255]);
  assert.equal(regions.pixel(1, palette, "classifier")[3], 0, "a confidence of .2 is no colour");
  assert.deepEqual(regions.pixel(5, palette, "classifier"), [5, 5, 5, 0]);
  assert.equal(regions.pixel(5, palette, "unlike")[3], 255);
  assert.notDeepEqual(regions.pixel(5, palette, "unlike"), regions.pixel(0, palette, "unlike"));
});

test("maps are fetched once they are chosen, and say what they show or that there are none", async () => {
  install();
  const net = new Net();
  globalThis.__vaeexplorer.clear();
  let changes = 0;
  const maps = new Maps(() => changes++);
  maps.choose(undefined, "classifier", colors);
  assert.equal(maps.words, "", "of a space that can have none");
  maps.choose("/map", "images", colors);
  assert.equal(maps.isShown, false);
  maps.choose("/map", "classifier", colors);
  await net.answer("/map", new TextEncoder().encode(JSON.stringify(sent)).buffer);
  assert.ok(maps.isShown && maps.classifier && changes === 1);
  assert.match(maps.words, /false confidence/);
  maps.choose("/map", "unlike", colors);
  assert.ok(maps.isShown && !maps.classifier, "another map of the same file");
  assert.match(maps.words, /From 1\.0 .* to 6\.0 .* below 5\.0/);
  maps.choose(null, "classifier", classes);
  assert.ok(!maps.isShown && /not put to this plane yet/.test(maps.words));
});
