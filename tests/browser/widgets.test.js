/** The beta dial and the training, whose files come late, not at all, or after they are gone; and how a widget is mounted. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { classes, colors, FakeAddress, FakeElement, filmFile, install, Net, sweepFile, text } from "./fakes.js";
import { BetaDial } from "./beta/dial.js";
import { mounted } from "./interact/mount.js";
import { Address, isShareable } from "./interact/address.js";
import writeAddress from "./entries/address.js";
import { keys } from "./keys.js";
import { LinearAE } from "./linear/linear_ae.js";

/** @type {Net} */ let net;
beforeEach(() => {
  install();
  net = new Net();
  globalThis.__vaeexplorer.clear();
});

/* ------------------------------------------------------------------ the beta dial */

const dial = () => new BetaDial(new FakeElement(), new Address(keys.dial, "search"));
const sweep = (/** @type {string} */ url) => ({ url, classes, colors });
const rate = (/** @type {any} */ widget) => widget.sweep?.points[0].rate;

test("dial: what failed can be tried again, by its button and by the next update", async () => {
  const widget = dial();
  widget.update(sweep("/a"), {});
  await net.fail("/a");
  assert.equal(text(widget), "The models could not be loaded. The server cannot be reached. Try again");
  widget.ui.message.button("Try again").onclick();
  await net.fail("/a");
  widget.update(sweep("/a"), {});
  await net.answer("/a", sweepFile(4));
  assert.equal(rate(widget), 4.5);
  assert.equal(text(widget), "");
});

test("dial: a late failure or answer of the former models leaves the new ones", async () => {
  for (const late of [() => net.fail("/a"), () => net.answer("/a", sweepFile(4))]) {
    const widget = dial();
    widget.update(sweep("/a"), {});
    widget.update(sweep("/b"), {});
    await net.answer("/b", sweepFile(7));
    await late();
    assert.equal(rate(widget), 7.5);
    assert.equal(text(widget), "");
    widget.update(sweep("/b"), {});
    assert.equal(net.asked.length, 0, "the new ones are not asked for again");
    globalThis.__vaeexplorer.clear();
  }
});

test("dial: nothing is shown once it has stopped", async () => {
  const widget = dial();
  widget.update(sweep("/a"), {});
  widget.stop();
  await net.answer("/a", sweepFile());
  assert.equal(widget.sweep, null);
});

/* ------------------------------------------------------------------ PCA beside a training */

const linear = () => new LinearAE(new FakeElement(), new Address(keys.film, "search"));
const film = (/** @type {string} */ url) => ({ film: url, sprite: `${url}.png`, classes, colors });

test("training: a late failure of the former film leaves the one that arrives", async () => {
  const widget = linear();
  widget.update(film("/a"), {});
  widget.update(film("/b"), {});
  await net.fail("/a");
  await net.answer("/b", filmFile(7));
  assert.equal(widget.film?.error[0], 7);
  assert.equal(text(widget), "");
  await net.answer("/b.png", "png");
});

test("training: what failed can be tried again, and the film before it stays until then", async () => {
  const widget = linear();
  widget.update(film("/a"), {});
  await net.answer("/a", filmFile(7));
  widget.update(film("/b"), {});
  await net.answer("/b", "", { status: 404 });
  assert.equal(text(widget), "The training could not be opened. The server answered 404. Try again");
  assert.equal(widget.film?.error[0], 7);
  widget.ui.message.button("Try again").onclick();
  await net.answer("/b", filmFile(8));
  assert.equal(widget.film?.error[0], 8);
  assert.equal(text(widget), "");
});

test("training: late test images are not taken for those of another film", async () => {
  const widget = linear();
  widget.update(film("/a"), {});
  await net.answer("/a", filmFile());
  widget.update(film("/b"), {});
  await net.answer("/b", filmFile());
  await net.answer("/b.png", "images of b");
  await net.answer("/a.png", "images of a");
  assert.equal(await /** @type {any} */ (widget.sheet.image).blob.text(), "images of b");
});

test("training: nothing plays once it has stopped", async () => {
  const widget = linear();
  widget.update(film("/a"), {});
  widget.stop();
  await net.answer("/a", filmFile());
  assert.equal(widget.film, null);
});

test("training: test images that could not be loaded are said and can be tried again", async () => {
  const widget = linear();
  widget.update(film("/a"), {});
  await net.answer("/a", filmFile());
  await net.fail("/a.png");
  assert.equal(text(widget), "The test images could not be loaded. The server cannot be reached. Try again");
  widget.ui.message.button("Try again").onclick();
  await net.answer("/a.png", "png");
  assert.ok(widget.sheet.image);
  assert.equal(text(widget), "");
});

test("controls are off until there is something to control, and stay on while something else is loaded", async () => {
  for (const [widget, update, file] of /** @type {[any, any, any][]} */ ([
    [dial(), sweep, sweepFile],
    [linear(), film, filmFile],
  ])) {
    const controls = () => widget.root.all.filter((/** @type {any} */ each) => each.tagName === "fieldset");
    const off = () => controls().map((/** @type {any} */ each) => each.disabled);
    const busy = () => widget.root.attributes["aria-busy"];
    assert.ok(controls().length > 0);
    assert.ok(off().every(Boolean));
    widget.update(update("/a"));
    assert.equal(busy(), "true");
    await net.fail("/a");
    assert.deepEqual([busy(), off().every(Boolean)], ["false", true]);
    widget.update(update("/b"));
    await net.answer("/b", file());
    assert.deepEqual([busy(), off().some(Boolean)], ["false", false]);
    widget.update(update("/c"));
    assert.deepEqual([busy(), off().some(Boolean)], ["true", false]);
    widget.stop();
    globalThis.__vaeexplorer.clear();
  }
});

/* ------------------------------------------------------------------ mounting */

/** A component whose widget notes what is done to it. */
function mounting() {
  const made = [];
  class Widget {
    constructor(root, address) {
      Object.assign(this, { root, address, updates: [], followed: [], stops: 0 });
      made.push(this);
    }
    update(data, texts) {
      this.updates.push([data.of, texts]);
    }
    follow(texts) {
      this.followed.push(texts);
    }
    stop() {
      this.stops++;
    }
  }
  const states = [];
  const render = mounted(/** @type {any} */ (Widget), "latent-plane one", (widget, setState) => {
    /** @type {any} */ (widget).ask = (value) => setState("ask", value);
  });
  const parents = [new FakeElement(), new FakeElement()];
  const draw = (of, link = {}, parentElement = parents[0]) =>
    render(
      /** @type {any} */ ({
        data: { of, link, keys: keys.dial },
        parentElement,
        setStateValue: (name, value) => states.push([name, value.texts ?? value]),
      }),
    );
  return { made, states, parents, draw };
}

test("a widget whose page was left reports nothing, though the server has not answered yet", () => {
  const address = new FakeAddress("http://app.example/base/?run=a");
  const { made, states, draw } = mounting();
  draw("a");
  address.url = new URL("http://app.example/base/beta"); // as soon as the link is pressed
  made[0].report({ beta: "0.5" });
  made[0].ask(7);
  assert.deepEqual(states, []);
  assert.deepEqual(address.written, [], "nor is it put into the other page's address");
});

test("a component makes one widget a mount, brings it up to date, and takes it away", () => {
  const { made, states, parents, draw } = mounting();
  const leave = draw("a");
  draw("b", { beta: "0.5", z: "1" });
  draw("c", {}, parents[1]);
  assert.deepEqual(
    made.map(({ updates }) => updates),
    [
      [
        ["a", {}],
        ["b", { beta: "0.5" }],
      ],
      [["c", {}]],
    ],
  );
  assert.deepEqual([...made[0].root.classes], ["latent-plane", "one"]);
  assert.deepEqual(parents[0].children, [made[0].root]);
  made[0].ask(7);
  assert.deepEqual(states, [["ask", 7]]);

  leave();
  leave();
  assert.equal(made[0].stops, 1);
  assert.deepEqual(parents[0].children, []);
  made[0].report({ beta: "0.5" }); // a wheel that rests after the page was left
  assert.equal(states.length, 1);
  assert.equal(made[1].stops, 0);
  draw("d");
  assert.equal(made.length, 3, "mounted again, it is another");
});

test("a gesture takes the place of what the address holds of the widget, and of nothing else", () => {
  const { made, states, draw } = mounting();
  const address = new FakeAddress("http://app.example/beta?run=mine&at=9,9&utm=x#part");
  draw("a", { at: "9,9" });
  made[0].report({ beta: "0.5", at: "1,2" });
  made[0].report({ beta: "0.5", at: "1,2" });
  assert.deepEqual(address.written, [["replace", "?run=mine&at=1,2&utm=x&beta=0.5#part"]]);
  made[0].report({});
  assert.deepEqual(address.written[1], ["replace", "?run=mine&utm=x#part"]);
  assert.deepEqual(states, [
    ["link", { beta: "0.5", at: "1,2" }],
    ["link", {}],
  ]);
});

test("where the address is not what was written last, it counts: once, and if the app says so too", () => {
  const { made, draw } = mounting();
  const address = new FakeAddress();
  draw("a");
  made[0].report({ beta: "0.5" });
  draw("a", {}); // the answer to a gesture before this one
  assert.deepEqual(made[0].followed, []);
  address.url = new URL("http://app.example/?at=1,2"); // Back
  draw("a", { beta: "0.5" }); // the answer to the gesture, which comes late
  assert.deepEqual(made[0].followed, []);
  draw("a", { at: "1,2" });
  draw("a", { at: "1,2" });
  assert.deepEqual(made[0].followed, [{ at: "1,2" }]);
  draw("b", { beta: "1" });
  assert.deepEqual(made[0].followed.length, 1, "another opens where it is told to");
});

test("a frame that has no address of its own is no trouble", () => {
  const { made, states, draw } = mounting();
  const address = new FakeAddress("about:srcdoc");
  address.refuses = true;
  draw("a");
  made[0].report({ beta: "0.5" });
  assert.deepEqual(states, [["link", { beta: "0.5" }]]);
  assert.equal(isShareable(), false);
});

class FakeMutations {
  observe() {}
}

test("an order of the app is carried out once, as an entry of the history or in its place", () => {
  const address = new FakeAddress("http://app.example/?run=a&z=1,2&other=x");
  Object.assign(globalThis, { MutationObserver: FakeMutations });
  const order = (session, number, push, texts) => writeAddress({ data: [{ session, number, push, texts }] });
  writeAddress({ data: [{ session: "s", number: 0 }] });
  order("s", 1, true, { run: "b", z: "", log: "1" });
  order("s", 1, true, { run: "c" });
  order("s", 2, false, { run: "b", other: "y" });
  order("s", 3, true, { run: "b" });
  order("t", 1, false, { run: "" });
  assert.deepEqual(address.written, [
    ["push", "?run=b&other=x&log=1"],
    ["replace", "?run=b&other=y&log=1"],
    ["replace", "?other=y&log=1"],
  ]);
});
