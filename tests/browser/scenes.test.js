// @ts-check
/** Addresses of scenes, sentences of answers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { shared } from "./interact/address.js";
import { addressOf, answer, clock, framed, pageOf, placeOf, sentence, unframed } from "./lecture/scenes.js";

const question = {
  ask: "?",
  low: 0,
  high: 16,
  step: 1,
  within: 0,
  unit: "",
  reveal: "beta=4",
  then: "{number:.1f}, not {guess:g}",
  number: 6,
  of: "a",
};
const scene = { title: "One", say: "", page: "", address: "run=a&z=1,2", notes: "", minutes: 2, question: null };
const lecture = {
  key: "k",
  title: "",
  presenter: false,

  scenes: [scene, { ...scene, title: "Two", page: "beta", address: "beta=1", question }],
};

test("a scene has an address below any path, and is read from it again", () => {
  for (const from of ["http://h/app/", "http://h/app/beta?run=b#x"]) {
    const first = addressOf(new URL(from), lecture, { scene: 0, guess: "", shown: false });
    assert.equal(first.href, "http://h/app/?run=a&z=1,2&lecture=1&scene=1");
    const shown = addressOf(first, lecture, { scene: 1, guess: "8", shown: true });
    assert.equal(shown.href, "http://h/app/beta?beta=4&lecture=1&scene=2&guess=8&shown=1");
    assert.deepEqual(placeOf(shown, lecture), { scene: 1, guess: "8", shown: true });
  }
});

test("nonsense is the first scene without a guess", () => {
  for (const query of ["scene=99", "scene=x", "scene=-1", "", "scene=1&guess=x"])
    assert.deepEqual(placeOf(new URL(`http://h/?${query}`), lecture), { scene: 0, guess: "", shown: false });
});

test("in a gallery a scene is a file, and what its page holds stands behind the #", () => {
  const files = { ...lecture, files: ["a.html", "beta-mnist-2d.html"] },
    url = addressOf(new URL("file:///x/a.html?lecture=1#z=1"), files, { scene: 1, guess: "3", shown: true });
  assert.equal(url.href, "file:///x/beta-mnist-2d.html?lecture=1&scene=2&guess=3&shown=1#beta=4");
});

test("the presenter's window stays on its page", () => {
  const url = addressOf(
    new URL("http://h/beta?presenter=1"),
    { ...lecture, presenter: true },
    { scene: 0, guess: "", shown: false },
  );
  assert.equal(url.href, "http://h/beta?run=a&z=1,2&lecture=1&presenter=1&scene=1");
});

test("a page in a frame has no lecture in its address, and the window's has the page's and the lecture", () => {
  const top = new URL("http://h/app/from-x?image=18&eps=1,0&lecture=1&scene=2&guess=3"),
    page = framed(top);
  assert.equal(page.href, "http://h/app/from-x?image=18&eps=1,0&frame=1");
  assert.equal(unframed(page, top).href, top.href);
  const moved = new URL("http://h/app/beta?frame=1&dims=16");
  assert.equal(unframed(moved, top).href, "http://h/app/beta?dims=16&lecture=1&scene=2&guess=3");
  assert.equal(pageOf(top).href, "http://h/app/from-x?image=18&eps=1,0");
});

test("an answer says both numbers", () => {
  assert.equal(sentence(question, "8"), "6.0, not 8");
  assert.equal(sentence({ ...question, then: "" }, ""), "It is 6.");
  assert.equal(answer(lecture, { scene: 1, guess: "8", shown: true }, "x").number, 6);
  assert.equal("number" in answer(lecture, { scene: 1, guess: "8", shown: false }, "x"), false);
  assert.equal(clock(3725), "62:05");
});

test("a link copied from a frame opens the page, and other links stay as they are", () => {
  for (const [held, handed] of [
    ["?frame=1", ""],
    ["?frame=1&z=1,2", "?z=1,2"],
    ["?z=1,2&frame=1", "?z=1,2"],
    ["?a=1&frame=1&z=1,2#x", "?a=1&z=1,2#x"],
    ["?frame=10&z=1,2", "?frame=10&z=1,2"],
    ["", ""],
  ])
    assert.equal(shared(new URL(`http://here/from-x${held}`)).href, `http://here/from-x${handed}`);
});
