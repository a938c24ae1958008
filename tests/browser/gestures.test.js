/** Pointers, wheel and keys on a plane, told apart. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { FakeElement } from "./fakes.js";
import { listen } from "./interact/gestures.js";

const REST = 300; // ms

const HOLD = 180; // ms

/** @type {any[]} */ let seen;
/** @type {FakeElement} */ let target;
/** @type {any} */ let handlers;
/** @type {Map<number, [() => void, number]>} */ const timers = new Map();
globalThis.setTimeout = (/** @type {() => void} */ run, /** @type {number} */ ms) => (
  timers.set(timers.size + 1, [run, ms]), timers.size
);
globalThis.clearTimeout = (/** @type {number} */ id) => timers.delete(id);
/** @type {Map<string, (event: any) => void>} what events anywhere on the page call */ const heard = new Map();
const scroll = (/** @type {{timeStamp: number}} */ event) => heard.get("scroll")?.(event);
globalThis.document = /** @type {any} */ ({
  addEventListener: (/** @type {string} */ type, /** @type {any} */ run) => heard.set(type, run),
  removeEventListener: (/** @type {string} */ type) => heard.delete(type),
});
globalThis.innerHeight = 1000;

beforeEach(() => {
  seen = [];
  timers.clear();
  target = new FakeElement(); // its corner is at (10, 20)
  const note =
    (/** @type {string} */ name) =>
    (...given) => {
      seen.push([name, ...given.map((each) => (each && typeof each === "object" ? [each.x, each.y] : each))]);
      return true;
    };
  const names = ["start", "move", "end", "hover", "cancel", "pan", "zoom", "settled"];
  handlers = Object.fromEntries(names.map((name) => [name, note(name)]));
  listen(target, handlers);
});

/** @param {"down" | "move" | "up" | "cancel"} type @param {number} x @param {number} y  in the plane */
function pointer(type, x, y, more = {}) {
  const event = { pointerId: 1, button: 0, shiftKey: false, pointerType: "mouse", type: `pointer${type}`, ...more };
  target[`onpointer${type}`]({ ...event, clientX: x + 10, clientY: y + 20 });
}
const finger = (/** @type {number} */ pointerId) => ({ pointerId, pointerType: "touch" });
/** What was seen but for hovering, which ends as a pointer comes down. */
const acts = () => seen.filter(([name]) => name !== "hover");
const names = () => acts().map(([name]) => name);

test("a pointer that strays less than four pixels clicks", () => {
  pointer("down", 50, 60);
  pointer("move", 52, 62);
  pointer("up", 52, 62);
  assert.deepEqual(acts(), [
    ["start", [50, 60]],
    ["end", [52, 62], true],
  ]);
  assert.ok(target.captured.has(1), "the pointer is followed beyond the plane");
});

test("a pointer that goes further drags, also on its way back", () => {
  pointer("down", 50, 60);
  pointer("move", 60, 60);
  pointer("move", 50, 60);
  pointer("up", 50, 60);
  assert.deepEqual(acts(), [
    ["start", [50, 60]],
    ["move", [60, 60]],
    ["move", [50, 60]],
    ["end", [50, 60], false],
  ]);
});

test("a drag that the browser takes away ends, and is no click", () => {
  pointer("down", 50, 60);
  pointer("cancel", 50, 60);
  assert.deepEqual(acts().at(-1), ["end", [50, 60], false]);
});

test("a mouse hovers until it comes down or leaves, a finger never", () => {
  pointer("move", 5, 6);
  pointer("down", 5, 6);
  pointer("up", 5, 6);
  target.onpointerleave();
  pointer("move", 7, 8, finger(2));
  assert.deepEqual(
    seen.filter(([name]) => name === "hover"),
    [
      ["hover", [5, 6]],
      ["hover", null],
      ["hover", null],
    ],
  );
});

test("Shift, another button and the space bar move the view", () => {
  const keys = (/** @type {string} */ type) => {
    let prevented = false;
    target.listeners[type]({ key: " ", preventDefault: () => (prevented = true) });
    return prevented;
  };
  const moved = (more = {}) => {
    seen = [];
    pointer("down", 50, 60, more);
    pointer("move", 53, 66, more);
    pointer("up", 53, 66, more);
    return acts();
  };
  const panned = [["pan", 3, 6], ["settled"]];
  assert.deepEqual(moved({ shiftKey: true }), panned);
  assert.deepEqual(moved({ button: 1 }), panned);
  assert.deepEqual(moved({ button: 2 }), panned);
  assert.ok(keys("keydown"), "the page does not scroll");
  assert.deepEqual(moved(), panned);
  keys("keyup");
  assert.equal(moved()[0][0], "start");
  keys("keydown");
  target.listeners.blur();
  assert.equal(moved()[0][0], "start", "the bar was let go of elsewhere");
});

test("other keys are the page's own", () => {
  target.listeners.keydown({ key: "a", preventDefault: assert.fail });
  pointer("down", 50, 60);
  assert.deepEqual(names(), ["start"]);
});

test("two fingers zoom by how far they part, and each moves the view by half", () => {
  pointer("down", 100, 100, finger(1));
  pointer("down", 200, 100, finger(2));
  pointer("move", 300, 100, finger(2));
  pointer("up", 300, 100, finger(2));
  pointer("up", 100, 100, finger(1));
  assert.deepEqual(acts(), [["start", [100, 100]], ["cancel"], ["zoom", [150, 100], 2], ["pan", 50, 0], ["settled"]]);
});

test("fingers that lay on each other do not zoom without end", () => {
  pointer("down", 100, 100, finger(1));
  pointer("down", 100, 100, finger(2));
  pointer("move", 103, 100, finger(2));
  assert.deepEqual(acts().at(-2), ["zoom", [100, 100], 3]);
});

test("a second finger ends a drag that has begun", () => {
  pointer("down", 100, 100, finger(1));
  pointer("move", 120, 100, finger(1));
  pointer("down", 200, 100, finger(2));
  assert.deepEqual(acts().at(-1), ["end", [200, 100], false]);
});

test("the finger that is left goes on moving the view, and only its end is one", () => {
  pointer("down", 100, 100, finger(1));
  pointer("down", 200, 100, finger(2));
  pointer("up", 200, 100, finger(2));
  pointer("move", 110, 100, finger(1));
  pointer("up", 110, 100, finger(1));
  assert.deepEqual(acts().slice(2), [["pan", 10, 0], ["settled"]]);
  pointer("up", 110, 100, finger(1));
  assert.equal(acts().length, 4, "a pointer that never came down");
});

/** Turns the wheel over the plane. @returns {boolean} whether the page stays where it is */
function turn(more = {}) {
  let prevented = false;
  const event = { clientX: 60, clientY: 70, deltaY: -100, deltaMode: 0, timeStamp: 1e6, cancelable: true };
  target.listeners.wheel({ ...event, preventDefault: () => (prevented = true), ...more });
  return prevented;
}

test("the wheel zooms at the pointer, and has settled once it rests", () => {
  assert.ok(turn({ deltaY: -100 }));
  assert.ok(turn({ deltaY: 100 }));
  assert.ok(turn({ deltaY: 3, deltaMode: 1 })); // lines
  const [[, at, near], [, , far], [, , lines]] = acts();
  assert.deepEqual(at, [50, 50]);
  assert.ok(near > 1 && Math.abs(near * far - 1) < 1e-12);
  assert.ok(lines < 1 && lines > 0.8);
  assert.equal(timers.size, 1, "three turns rest once");
  const [[run, ms]] = timers.values();
  assert.equal(ms, REST);
  run();
  assert.deepEqual(acts().at(-1), ["settled"]);
});

test("what the wheel did is settled before anything is pressed, and once", () => {
  assert.ok(turn());
  heard.get("pointerdown")?.({});
  assert.deepEqual(acts().at(-1), ["settled"]);
  assert.equal(timers.size, 0);
  assert.equal(heard.has("pointerdown"), false);
});

test("the wheel scrolls the page where nothing is left to zoom", () => {
  handlers.zoom = () => false;
  assert.equal(turn(), false);
  assert.equal(timers.size, 0, "nothing has to settle");
  handlers.zoom = undefined;
  assert.equal(turn(), false, "a plane that always shows everything");
  assert.ok(turn({ ctrlKey: true }), "a pinch on a touchpad would zoom the page");
});

test("a page that is being scrolled goes on, though a plane comes under the pointer", () => {
  scroll({ timeStamp: 5000 });
  assert.equal(turn({ timeStamp: 5100 }), false);
  scroll({ timeStamp: 5300 });
  assert.equal(turn({ timeStamp: 5650 }), false);
  assert.deepEqual(acts(), []);
  assert.ok(turn({ timeStamp: 5701 }), "the page has come to rest");
});

/* ------------------------------------------------------------------ fingers, where a plane fills the window */

/** Whether the page stays where it is under a moving finger. */
function stays() {
  let prevented = false;
  target.listeners.touchmove({ cancelable: true, preventDefault: () => (prevented = true) });
  return prevented;
}
const fill = () => Object.assign(target, { clientHeight: 700 });

test("beside a plane there is room to scroll: a finger drags at once, in every direction", () => {
  target.clientHeight = 500;
  pointer("down", 50, 60, finger(1));
  assert.ok(stays());
  pointer("move", 50, 90, finger(1));
  pointer("up", 50, 90, finger(1));
  assert.deepEqual(names(), ["start", "move", "end"]);
});

test("a swipe up or down over a plane that fills the window scrolls the page and changes nothing", () => {
  fill();
  pointer("down", 50, 60, finger(1));
  pointer("move", 51, 80, finger(1));
  assert.equal(stays(), false);
  pointer("cancel", 51, 90, finger(1)); // the browser scrolls
  assert.deepEqual(names(), []);
  assert.equal(timers.size, 0);
  pointer("down", 50, 60);
  assert.deepEqual(names(), ["start"], "a mouse drags");
});

test("there a finger that goes sideways, rests, or holds something drags, and a tap is one", () => {
  fill();
  pointer("down", 50, 60, finger(1));
  pointer("move", 60, 61, finger(1));
  assert.ok(stays());
  pointer("up", 60, 61, finger(1));
  assert.deepEqual(acts(), [
    ["start", [50, 60]],
    ["move", [60, 61]],
    ["end", [60, 61], false],
  ]);
  seen = [];
  pointer("down", 50, 60, finger(1));
  const [[run, ms]] = timers.values();
  assert.equal(ms, HOLD);
  run();
  pointer("move", 50, 90, finger(1));
  assert.ok(stays());
  pointer("up", 50, 90, finger(1));
  assert.deepEqual(names(), ["start", "move", "end"]);
  seen = [];
  handlers.holds = () => true;
  pointer("down", 50, 60, finger(1));
  assert.deepEqual(names(), ["start"]);
  pointer("up", 50, 60, finger(1));
  seen = [];
  handlers.holds = () => false;
  pointer("down", 50, 60, finger(1));
  pointer("up", 50, 60, finger(1));
  assert.deepEqual(acts(), [
    ["start", [50, 60]],
    ["end", [50, 60], true],
  ]);
});

test("there two fingers zoom and move the view", () => {
  fill();
  pointer("down", 100, 100, finger(1));
  pointer("down", 200, 100, finger(2));
  assert.ok(stays());
  pointer("move", 300, 100, finger(2));
  assert.deepEqual(acts(), [
    ["zoom", [150, 100], 2],
    ["pan", 50, 0],
  ]);
});

test("the menu of the right button stays away", () => {
  let prevented = false;
  target.oncontextmenu({ preventDefault: () => (prevented = true) });
  assert.ok(prevented);
});
