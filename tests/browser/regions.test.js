/** A classifier over the plane: which cell a point lies in, what is drawn there, and what is said of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { arrive, classes, colors, FakeElement, install, Net, settled, space } from "./fakes.js";
import { Maps, Regions } from "./draw/regions.js";
import { svgOf } from "./files/plane_picture.js";
import { Address } from "./interact/address.js";
import { keys } from "./keys.js";
import { LatentPlane } from "./plane/latent_plane.js";

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

test("a saved plane has the map that lies behind it, where it lies, and what its colours say", async () => {
  const draw = install(),
    net = new Net(),
    widget = new LatentPlane(new FakeElement(), new Address(keys.plane, "search"));
  globalThis.__vaeexplorer.clear();
  Object.assign(widget.ui.stage, { clientWidth: 600, clientHeight: 600 });
  const given = { ...space("own"), regions: "/map" };
  const opened = async (/** @type {string} */ behind) => {
    widget.follow({ behind });
    await settled();
    draw();
    return svgOf(widget.layers.picture);
  };
  widget.update({ space: /** @type {any} */ (given) }, { behind: "classifier" });
  await arrive(net, given);
  await net.answer("/map", new TextEncoder().encode(JSON.stringify(sent)).buffer);
  widget.hidden.add(1);
  const answers = await opened("classifier");
  const [, left, top, width, height] = /** @type {string[]} */ (
    answers.match(/<image x="([^"]+)" y="([^"]+)" width="([^"]+)" height="([^"]+)" opacity="0.6".* href="data:,/)
  );
  const { cx, cy, scale } = widget.view;
  [300 + (0 - cx) * scale, 300 - (2 - cy) * scale, 3 * scale, 2 * scale].forEach((wanted, k) =>
    assert.ok(Math.abs(Number([left, top, width, height][k]) - wanted) < 1e-6),
  );
  for (const text of [">a<", ">b<", "paler where less sure", "speckled"]) assert.ok(answers.includes(text), text);
  assert.ok(answers.includes(colors[1]), "of all classes, for the classifier answers with hidden ones too");
  assert.match(answers, /text-anchor="start"[^>]*>A classifier's answer, paler/, "lines begin below each other");
  assert.ok(Number(answers.match(/height="(\d+)" viewBox/)?.[1]) > 640, "the legend has room");
  const unlike = await opened("unlike");
  assert.match(unlike, /<image .* opacity="0.8"/);
  assert.match(unlike, /how far d\(z\) is/);
  assert.ok(unlike.split('stroke="rgb(253,231,37)" stroke-width="9"').length > 1, "the bright end of its scale");
  assert.doesNotMatch(await opened("images"), /opacity="0\.[68]" image|how far|speckled/);
  widget.stop();
});
