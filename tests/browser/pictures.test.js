/** What is painted: the manifold behind the dots, a field and its ellipses, strips, a film, a drawing. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { FakeElement, install } from "./fakes.js";
import { Field } from "./pair/field.js";
import { PALETTE, encodeGif, inPalette } from "./files/gif.js";
import { paintDifference, paintImage, paintTestImage, sizeTiles, tile } from "./draw/sprite.js";
import { formatOf } from "./engine/format.js";
import { Manifold } from "./draw/manifold.js";
import { Strips } from "./plane/strips.js";
import { viridis } from "./engine/codes.js";

beforeEach(() => install());

/** What a canvas was asked to do by this name. */
const calls = (/** @type {any} */ canvas, /** @type {string} */ name) =>
  canvas.getContext().calls.filter(([called]) => called === name);
/** Where images were put on a canvas, and their first pixel. */
const put = (/** @type {any} */ canvas) =>
  calls(canvas, "putImageData").map(([, image, x, y]) => [x, y, ...image.data.slice(0, 4)]);

/* ------------------------------------------------------------------ the manifold */

const CELL = 31;
const plane = { name: "z", labels: ["", ""], u: [1, 0, 0], v: [0, 1, 0], centre: [0, 0, 0], circles: true };
const view = { cx: 0, cy: 0, scale: CELL, width: 2 * CELL, height: 2 * CELL }; // cells of one unit: from -1 to 1

test("cells of the view are decoded row by row from the top, at their middles", () => {
  const zs = new Manifold().plan(plane, [9, 9, 7], view);
  assert.deepEqual(
    [...zs],
    [
      [-0.5, 0.5, 7],
      [0.5, 0.5, 7],
      [-0.5, -0.5, 7],
      [0.5, -0.5, 7],
    ].flat(),
  );
});

test("cells stay where they are as the view moves", () => {
  const middles = (/** @type {number} */ cx) => {
    const zs = new Manifold().plan(plane, [0, 0, 0], { ...view, cx });
    return new Set([...zs].filter((_, i) => i % 3 === 0));
  };
  assert.deepEqual([...middles(0.4)], [-0.5, 0.5, 1.5]);
  assert.deepEqual([...middles(1)], [0.5, 1.5]);
});

test("images land in their cells as ink, faint", () => {
  const manifold = new Manifold();
  manifold.plan(plane, [0, 0, 0], view);
  const { canvas } = /** @type {any} */ (manifold.coming);
  assert.deepEqual([canvas.width, canvas.height], [56, 56]);
  manifold.receive(0, new Uint8Array(784).fill(255), false, [1, 2, 3]);
  manifold.receive(1, new Uint8Array(2 * 784).fill(100), false, [1, 2, 3]);
  const [, image, ...corner] = calls(canvas, "putImageData")[1];
  assert.deepEqual(corner, [0, 0]);
  const at = (/** @type {number} */ x, /** @type {number} */ y) => [...image.data.slice(4 * (56 * y + x)).slice(0, 4)];
  assert.deepEqual(
    [at(0, 0), at(27, 27)],
    [
      [1, 2, 3, 51],
      [1, 2, 3, 51],
    ],
  ); // prettier-ignore
  for (const [x, y] of [
    [28, 0],
    [55, 27],
    [0, 28],
    [27, 55],
  ])
    assert.deepEqual(at(x, y), [1, 2, 3, 20]); // prettier-ignore
  assert.deepEqual(at(28, 28), [0, 0, 0, 0], "the last has not come");
});

test("of many that follow each other two canvases are used by turns", () => {
  const manifold = new Manifold(),
    next = (/** @type {number} */ width) => {
      manifold.plan(plane, [0, 0, 0], { ...view, width });
      manifold.receive(0, new Uint8Array(4 * 784), true, [0, 0, 0]);
      return manifold.shown?.canvas;
    };
  const [one, two] = [next(62), next(62)];
  assert.notEqual(one, two);
  assert.deepEqual([next(62) === one, next(62) === two], [true, true]);
  assert.notEqual(next(124), one);
  assert.equal(manifold.shown?.canvas.width, 112, "of another size, another one");
});

test("the first one is shown as it comes, the next once it is whole", () => {
  const manifold = new Manifold();
  manifold.receive(0, new Uint8Array(784), true, [0, 0, 0]); // of a view that was left
  assert.equal(manifold.shown, null);
  manifold.plan(plane, [0, 0, 0], view);
  manifold.receive(0, new Uint8Array(784), false, [0, 0, 0]);
  const first = manifold.shown;
  assert.ok(first);
  manifold.plan(plane, [0, 0, 0], { ...view, cx: 5 });
  manifold.receive(0, new Uint8Array(784), false, [0, 0, 0]);
  assert.equal(manifold.shown, first);
  manifold.receive(1, new Uint8Array(784), true, [0, 0, 0]);
  assert.notEqual(manifold.shown, first);
  manifold.clear();
  assert.deepEqual([manifold.shown, manifold.coming], [null, null]);
});

test("what is shown is drawn where its box now lies", () => {
  const manifold = new Manifold(),
    canvas = new FakeElement("canvas");
  manifold.draw(canvas.getContext(), view, 1);
  assert.equal(calls(canvas, "drawImage").length, 0);
  manifold.plan(plane, [0, 0, 0], view);
  manifold.receive(0, new Uint8Array(784), true, [0, 0, 0]);
  manifold.draw(canvas.getContext(), { ...view, scale: 2 * CELL }, 2);
  const [[, , ...place]] = calls(canvas, "drawImage");
  assert.deepEqual(place, [-CELL, -CELL, 4 * CELL, 4 * CELL]);
  assert.deepEqual(calls(canvas, "setTransform").at(-1), ["setTransform", 2, 0, 0, 2, 0, 0]);
});

/* ------------------------------------------------------------------ fields */

const base64 = (/** @type {number[]} */ values) => Buffer.from(Float32Array.from(values).buffer).toString("base64");
/** @param {number[]} values  three in a row @param {number[]} ellipses @returns {import("./pair/field.js").Sent} */
const sent = (values, ellipses = []) => ({
  rows: values.length / 3,
  columns: 3,
  values: base64(values),
  ellipses: base64(ellipses),
  x: [-1, 1],
  y: [-2, 2],
});

test("values become colours between the ends of the scale, what is not finite is left out", () => {
  const { canvas } = new Field(sent([0, 5, 10, -99, 99, NaN]), 0, 10);
  assert.deepEqual([canvas.width, canvas.height], [3, 2]);
  const [[, { data }]] = calls(canvas, "putImageData");
  const color = (/** @type {number} */ at) => [...data.slice(4 * at, 4 * at + 4)];
  const scale = [0, 0.5, 1].map((share) => [...Uint8ClampedArray.from(viridis(share)), 255]);
  assert.deepEqual([0, 1, 2, 3, 4].map(color), [...scale, scale[0], scale[2]]);
  assert.deepEqual(color(5), [0, 0, 0, 0]);
});

test("a scale of one value has no middle to divide by", () => {
  const [[, { data }]] = calls(new Field(sent([3, 3, 3]), 3, 3).canvas, "putImageData");
  assert.deepEqual([...data.slice(0, 4)], [...Uint8ClampedArray.from(viridis(0)), 255]);
});

test("a field lies in its region, whatever the view", () => {
  const canvas = new FakeElement("canvas"),
    here = { cx: 0, cy: 0, scale: 10, width: 100, height: 100 };
  new Field(sent([1, 2, 3]), 0, 1).draw(canvas.getContext(), here, 2, "ink");
  const [[, , ...place]] = calls(canvas, "drawImage");
  assert.deepEqual(place, [40, 30, 20, 40]);
  assert.equal(calls(canvas, "ellipse").length, 0);
});

test("ellipses keep their shape and direction, and share one size, but for those that would hide others", () => {
  const canvas = new FakeElement("canvas"),
    here = { cx: 0, cy: 0, scale: 10, width: 100, height: 100 };
  const ellipses = [
    [0, 0, 1, 0.5, 0.3], // the median: 0.3 of the distance to the next
    [1, 0, 0.1, 0.1, 0],
    [2, 0, 100, 50, 0], // at most 0.55
    [3, 0, NaN, 1, 0],
    [4, 0, 1, 1, 0],
  ];
  new Field(sent([1, 2, 3], ellipses.flat()), 0, 1).draw(canvas.getContext(), here, 1, "ink");
  const drawn = calls(canvas, "ellipse").map(([, ...given]) => given.slice(0, 5));
  const near = (/** @type {number[][]} */ expected) => {
    assert.equal(drawn.length, expected.length);
    drawn.forEach((row, i) =>
      row.forEach((value, k) => assert.ok(Math.abs(value - expected[i][k]) < 1e-4, `${row} is not ${expected[i]}`)),
    );
  };
  near([
    [50, 50, 3, 1.5, -0.3],
    [60, 50, 0.3, 0.3, 0],
    [70, 50, 5.5, 2.75, 0],
    [90, 50, 3, 3, 0],
  ]);
});

/* ------------------------------------------------------------------ strips and films */

const summary = /** @type {any} */ ({
  order: [1, 0],
  collapsed: [true, false],
  steps: [0.01, 0.01],
  walk: [
    [-3, 3],
    [-6, 6],
  ],
});

test("strips hold a traversal of each dimension and the path, each image at its place", () => {
  const box = new FakeElement(),
    below = new FakeElement(),
    picked = [];
  const strips = new Strips(
    /** @type {any} */ (box),
    /** @type {any} */ (below),
    summary,
    { name: "run", image: [28, 28] },
    (z) => picked.push(z),
    assert.fail,
  );
  const zs = strips.plan(
    [0.5, 1],
    [
      [0, 0],
      [12, 24],
    ],
  );
  assert.equal(zs.length, 2 * 3 * 13);
  assert.deepEqual(strips.zs[0], [0.5, -6]);
  assert.deepEqual(strips.zs[12], [0.5, 6]);
  assert.deepEqual(strips.zs[13], [-3, 1]);
  assert.deepEqual(strips.zs[26 + 1], [1, 2]);
  const [first, folded] = box.children;
  assert.equal(first, strips.strips[0].figure);
  assert.deepEqual(folded.children.slice(1), [strips.strips[1].figure], "the collapsed dimension, behind one line");
  assert.deepEqual(below.children, [strips.path.figure]);

  strips.receive(12, new Uint8Array(2 * 784).fill(9)); // the end of one row and the beginning of the next
  assert.deepEqual(
    put(strips.strips[0].canvas).map(([x, y]) => [x, y]),
    [[360, 0]],
  );
  assert.deepEqual(
    put(strips.strips[1].canvas).map(([x, y]) => [x, y]),
    [[0, 0]],
  );

  strips.strips[0].canvas.clientWidth = 130;
  strips.strips[0].canvas.onclick({ offsetX: 129 });
  assert.deepEqual(picked, [[0.5, 6]]);

  strips.mark([-3, 99]);
  assert.equal(strips.strips[0].mark.hidden, true, "far outside");
  assert.equal(strips.strips[1].mark.hidden, false);
  assert.equal(strips.strips[1].mark.style.left, "0%");

  strips.plan([0.5, 1], null);
  assert.equal(strips.path.figure.hidden, true);
  assert.equal(strips.zs.length, 26);
});

test("a GIF has its size, its pace, and an end", () => {
  const frames = [0, 255].map((level) => new Uint8Array(4).fill(level)),
    film = encodeGif(frames, { width: 2, height: 2 }, 3, 12);
  assert.equal(Buffer.from(film.slice(0, 6)).toString(), "GIF89a");
  assert.deepEqual([...film.slice(6, 10)], [6, 0, 6, 0]);
  const controls = [...film.keys()].filter((at) => film[at] === 0x21 && film[at + 1] === 0xf9 && film[at + 2] === 4);
  assert.equal(controls.length, 2);
  for (const at of controls) assert.equal(film[at + 4] + 256 * film[at + 5], 12);
  assert.equal(film.at(-1), 0x3b);
});

/* ------------------------------------------------------------------ colour, and other sizes than 28 by 28 */

const COLORED = formatOf([2, 3, 3]);
const image = Float32Array.from({ length: 18 }, (_, at) => at / 17); // 6 red numbers, 6 green ones, 6 blue ones

test("a colour image is painted from its three planes, at its own size", () => {
  const canvas = tile({}, COLORED);
  assert.deepEqual([canvas.width, canvas.height], [3, 2]);
  paintImage(canvas.getContext("2d"), image, 1, 4, 5, COLORED);
  const [[, painted, x, y]] = calls(canvas, "putImageData");
  assert.deepEqual([painted.width, painted.height, x, y], [3, 2, 4, 5]);
  const level = (/** @type {number} */ at) => Math.round((255 * at) / 17);
  assert.deepEqual([...painted.data.slice(8, 12)], [level(2), level(8), level(14), 255]);
  paintDifference(canvas.getContext("2d"), image, image, 1, 0, 0, COLORED);
  assert.deepEqual(put(canvas)[1], [0, 0, 0, 0, 0, 255], "nothing differs");
});

test("a test image is cut from a sheet of images of the canvas's size", () => {
  const canvas = tile();
  sizeTiles([canvas], COLORED);
  paintTestImage(canvas, /** @type {any} */ ("sheet"), 203);
  assert.deepEqual(calls(canvas, "drawImage")[0].slice(2), [9, 4, 3, 2, 0, 0, 3, 2]);
});

test("behind the dots colours are as they are and faint, in the middle of a square cell", () => {
  const manifold = new Manifold(31, 0.2);
  manifold.format = COLORED;
  manifold.plan(plane, [0, 0, 0], view);
  const { canvas } = /** @type {any} */ (manifold.coming);
  assert.deepEqual([canvas.width, canvas.height], [6, 6], "cells of 3 by 3");
  manifold.receive(
    3,
    Uint8Array.from(image, (value) => 255 * value),
    true,
    [1, 2, 3],
  );
  const [, one, ...where] = calls(canvas, "drawImage")[0];
  assert.deepEqual(where, [3, 3.5, 3, 2]);
  const [[, painted]] = calls(one, "putImageData");
  assert.deepEqual([...painted.data.slice(0, 4)], [0, 90, 180, 51]);
});

test("strips and film are of the images' size and colours", () => {
  const strips = new Strips(
    /** @type {any} */ (new FakeElement()),
    /** @type {any} */ (new FakeElement()),
    summary,
    { name: "run", image: [2, 3, 3] },
    assert.fail,
    assert.fail,
  );
  assert.deepEqual([strips.path.canvas.width, strips.path.canvas.height], [13 * 5 - 2, 2]);
  strips.plan([0, 0], null);
  strips.receive(1, new Uint8Array(2 * 18).fill(9));
  assert.deepEqual(
    put(strips.strips[0].canvas).map(([x, y]) => [x, y]),
    [
      [5, 0],
      [10, 0],
    ],
  );
  const film = strips.film();
  assert.deepEqual([film[6] + 256 * film[7], film[8] + 256 * film[9]], [168, 112]);
});

test("a colour of the film is the nearest of 125", () => {
  const codes = inPalette(Float32Array.of(0, 1, 0.26, 0, 1, 0.7, 0, 0, 1));
  assert.deepEqual(
    Array.from(codes, (code) => PALETTE[code]),
    [
      [0, 0, 0],
      [255, 255, 0],
      [64, 191, 255],
    ],
  );
});
