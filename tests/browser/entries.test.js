/** The components as Streamlit calls them: what is given reaches the widget, what is chosen is reported by its name. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { keys } from "./keys.js";
import {
  arrive,
  classes,
  colors,
  FakeAddress,
  FakeElement,
  filmFile,
  install,
  Net,
  space,
  sweepFile,
} from "./fakes.js";

const names = ["beta", "from_x", "linear_ae", "linear_vae", "pair", "plane"];
const entries = Object.fromEntries(
  await Promise.all(names.map(async (name) => [name, (await import(`./entries/${name}.js`)).default])),
);

const TABLES = { beta: "dial", from_x: "walk", linear_ae: "film", linear_vae: "vae", pair: "pair", plane: "plane" };

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
  const setStateValue = (/** @type {string} */ key, /** @type {any} */ value) => states.push([key, value.texts]);
  const update = (/** @type {any} */ data) =>
    entries[name]({ data: { of: name, keys: keys[TABLES[name]], link: {}, ...data }, parentElement, setStateValue });
  const leave = update(data);
  const find = (/** @type {(element: FakeElement) => boolean} */ is) => parentElement.all.find(is);
  return { states, update, leave, find, button: (/** @type {string} */ text) => parentElement.button(text) };
}

test("the dial reports beta", async () => {
  const { states, find, leave } = mount("beta", { url: "/s", classes, colors });
  await net.answer("/s", sweepFile());
  const slider = find((element) => element.attributes["aria-label"] === "β, the weight of the KL term");
  assert.equal(slider.value, "1");
  slider.value = "0";
  slider.onchange();
  assert.deepEqual(states, [["link", { beta: "0.5" }]]);
  leave();
});

test("the walk reports image and noise, and opens where a link says", async () => {
  const { states, button, find, leave } = mount("from_x", { space: space("own"), link: { image: "7", eps: "1,-1" } });
  await arrive(net, space("own"));
  assert.equal(find((element) => element.attributes["aria-label"] === "Number of a test image").value, "7");
  button("ε = 0").onclick();
  const [[name, { seed, ...rest }]] = states;
  assert.deepEqual([name, rest], ["link", { image: "7", eps: "0,0" }]);
  assert.match(seed, /^\d+$/);
  leave();
});

test("a training reports the step at which one stops, none at its end, and how axes are taken", async () => {
  const given = { film: "/f", sprite: "/s", classes, colors, link: { step: "10" } };
  const { states, button, leave } = mount("linear_ae", given);
  await net.answer("/f", filmFile());
  button("‹").onclick();
  button("›").onclick();
  button("QR-recovered").onclick();
  button("›").onclick();
  assert.deepEqual(
    states.map(([, link]) => link),
    [{ step: "1" }, { step: "10" }, { step: "10", way: "qr" }, { way: "qr" }],
  );
  leave();
});

test("the linear VAE reports what was chosen", () => {
  const measured = { variance: 1, beta: 1, k: 1, kl: [1], d: [0.5], elbo: -1, test: -1 };
  const given = { values: [3, 1], test: [3, 1], spectrum: 2, k: 1, best: 0.25, measured };
  const { states, button, leave } = mount("linear_vae", { ...given, link: { s2: "1", beta: "2" } });
  button("½, the lecture's loss").onclick();
  button("best").onclick();
  assert.deepEqual(states, [
    ["link", { s2: "0.5", beta: "2" }],
    ["link", { beta: "2" }],
  ]);
  leave();
});

test("planes side by side report the pair and the field", async () => {
  const start = { pairs: [], shares: [0, 0], count: 0 };
  const given = { classes, colors, count: 30, fields: null, ways: null, start, link: { pair: "0-1" } };
  const { states, button, leave } = mount("pair", { ...given, spaces: [{ ...space("own"), kind: "VAE" }] });
  await arrive(net, space("own"));
  button("Another pair").onclick();
  button("Unlike training images").onclick();
  const [[, { pair }], [, field]] = states;
  const [a, b] = pair.split("-");
  assert.notEqual(a % 2, b % 2, "of different classes");
  assert.deepEqual(field, { pair, field: "nearest" });
  leave();
});

test("the plane reports what a link holds, and not what it was told", async () => {
  const { states, button, update, leave } = mount("plane", { space: space("own"), link: { z: "0.5,-1" } });
  await arrive(net, space("own"));
  button("manifold").onclick();
  assert.deepEqual(states, [["link", { z: "0.5,-1", manifold: "0" }]]);
  update({ space: space("own"), link: states[0][1] });
  button("reset").onclick();
  assert.equal(states.length, 1, "nothing has changed");
  button("A → B").onclick();
  assert.deepEqual(states[1], ["link", { z: "0.5,-1", manifold: "0", path: "0" }]);
  button("A → B").onclick();
  assert.equal(states[2][1].path, undefined, "as it opens");
  leave();
});

test("the plane says what a link asks for in vain, and takes it out of the address", async () => {
  const address = new FakeAddress("http://app.example/?z=1,2,3&color=sound&manifold=0");
  const link = { z: "1,2,3", color: "sound", manifold: "0" };
  const { find, leave } = mount("plane", { space: space("own"), link });
  await arrive(net, space("own"));
  const message = find((element) => element.attributes.role === "alert");
  assert.match(message.textContent, /^The link asks for z=1,2,3 \(.*\), and color=sound \(.*is left out\.$/);
  assert.deepEqual(address.written, [["replace", "?manifold=0"]]);
  leave();
});

test("the plane shows the test image of a link, a draw from its posterior, and the images in a lasso", async () => {
  const link = { z: "0.5,-1", test: "7", lasso: "-1,-1;1,-1;1,1;-1,1" };
  const { states, find, button, update, leave } = mount("plane", { space: space("own"), link });
  await arrive(net, space("own"));
  const selected = find((element) => element.tagName === "h2").textContent;
  assert.match(selected, /^30 selected images/);
  button("Resample").onclick();
  assert.equal(states[0][1].test, "7");
  assert.equal(states[0][1].lasso, link.lasso);
  assert.notEqual(states[0][1].z, link.z);
  new FakeAddress("http://app.example/?test=3"); // Back
  update({ space: space("own"), link: { test: "3" } });
  assert.equal(
    find((element) => element.tagName === "h2"),
    undefined,
  );
  button("Close") ?? assert.equal(states.length, 1, "what is followed is not reported again");
  leave();
});
