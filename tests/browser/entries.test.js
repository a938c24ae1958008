/** The components as Streamlit calls them: what is given reaches the widget, what is chosen is reported by its name. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { arrive, classes, colors, FakeElement, filmFile, install, Net, space, sweepFile } from "./fakes.js";

const names = ["beta", "from_x", "linear_ae", "linear_vae", "pair", "plane"];
const entries = Object.fromEntries(
  await Promise.all(names.map(async (name) => [name, (await import(`./entries/${name}.js`)).default])),
);

/** @type {Net} */ let net;
beforeEach(() => {
  install();
  net = new Net();
  globalThis.__vaeexplorer.clear();
});

/** A mounted component: what it reported, its button of this name, and how it is brought up to date and taken away. */
function mount(/** @type {string} */ name, /** @type {any} */ data) {
  const states = [],
    parentElement = new FakeElement();
  const setStateValue = (/** @type {string} */ key, /** @type {any} */ value) => states.push([key, value]);
  const update = (/** @type {any} */ data) => entries[name]({ data, parentElement, setStateValue });
  const leave = update(data);
  const find = (/** @type {(element: FakeElement) => boolean} */ is) => parentElement.all.find(is);
  return { states, update, leave, find, button: (/** @type {string} */ text) => parentElement.button(text) };
}

test("the dial reports beta", async () => {
  const { states, find, leave } = mount("beta", { url: "/s", classes, colors, beta: 1 });
  await net.answer("/s", sweepFile());
  const slider = find((element) => element.attributes["aria-label"] === "β, the weight of the KL term");
  assert.equal(slider.value, "1");
  slider.value = "0";
  slider.onchange();
  assert.deepEqual(states, [["beta", 0.5]]);
  leave();
});

test("the walk reports image and noise, and opens where a link says", async () => {
  const { states, button, find, leave } = mount("from_x", { space: space("own"), walk: { image: "7", eps: "1,-1" } });
  await arrive(net, space("own"));
  assert.equal(find((element) => element.attributes["aria-label"] === "Number of a test image").value, "7");
  button("ε = 0").onclick();
  assert.deepEqual(states, [["walk", { image: "7", eps: "0,0" }]]);
  leave();
});

test("a training reports the step at which one stops, and none at its end", async () => {
  const { states, button, leave } = mount("linear_ae", { film: "/f", sprite: "/s", classes, colors, step: 10 });
  await net.answer("/f", filmFile());
  button("‹").onclick();
  button("›").onclick();
  button("›").onclick();
  assert.deepEqual(states, [
    ["step", 1],
    ["step", 10],
    ["step", null],
  ]);
  leave();
});

test("the linear VAE reports what was chosen", () => {
  const limits = { variance: [0.01, 10], beta: [0.1, 10] };
  const measured = { variance: 1, beta: 1, k: 1, kl: [1], d: [0.5], elbo: -1, test: -1 };
  const given = { values: [3, 1], test: [3, 1], spectrum: 2, k: 1, best: 0.25, variance: 1, beta: 2, measured, limits };
  const { states, button, leave } = mount("linear_vae", given);
  button("best").onclick();
  assert.deepEqual(states, [["choice", { variance: 0.25, beta: 2 }]]);
  leave();
});

test("planes side by side report the pair and the field", async () => {
  const given = { classes, colors, pair: [0, 1], field: "none", fields: null };
  const { states, button, leave } = mount("pair", { ...given, spaces: [{ ...space("own"), kind: "VAE" }] });
  await arrive(net, space("own"));
  button("Another pair").onclick();
  button("Holes").onclick();
  const [[what, [a, b]], field] = states;
  assert.equal(what, "pair");
  assert.notEqual(a % 2, b % 2, "of different classes");
  assert.deepEqual(field, ["field", "nearest"]);
  leave();
});

test("the plane reports what a link holds, and not what it was told", async () => {
  const { states, button, update, leave } = mount("plane", { space: space("own"), link: { z: "0.5,-1" } });
  await arrive(net, space("own"));
  const path = button("A → B");
  path.onclick();
  assert.deepEqual(states, [], "the path from the class means is where the page opens");
  button("manifold").onclick();
  assert.deepEqual(states, [["link", { z: "0.5,-1", manifold: "0" }]]);
  update({ space: space("own"), link: states[0][1] });
  button("reset").onclick();
  assert.equal(states.length, 1, "nothing has changed");
  leave();
});
