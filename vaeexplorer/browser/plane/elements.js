// @ts-check
/** The elements of the latent plane and of what is beside it; latent_plane.js and its parts say what they do. */
import { button, h, press } from "../draw/dom.js";
import { coordinate, number } from "../draw/numbers.js";
import { tile } from "../draw/sprite.js";
import { ImageSize } from "../interact/image_size.js";
import { keyTable } from "../interact/keys.js";
import { Loading } from "../interact/loading.js";
import { axisName } from "../engine/projections.js";

export const NEAR = 6; // test images beside the decoded one
const MOST_SLIDERS = 64;
/** @type {[string, string][]} */
const KEYS = [
  ["← → ↑ ↓", "move z, with Shift in fine steps"],
  ["A, B, Z", "the arrows then move A, B, or z again"],
  ["L", "a lasso around z; again: a larger one, with Shift a smaller one"],
  ["Escape", "without the lasso"],
  ["+, −, 0", "zoom in, out, and show everything"],
  ["Tab", "to the strips: there ← → go along a strip"],
  ["?", "this table"],
];

const layer = () => h("canvas", { class: "layer" });

/** A button that stays down. @param {string} text @param {string} title */
function toggle(text, title) {
  const made = button(text, title);
  press(made, false);
  return made;
}

/** @param {HTMLElement} root  emptied and filled */
export function build(root) {
  const ui = {
    stage: h("div", { class: "stage", role: "application", tabIndex: 0 }),
    manifold: layer(),
    dots: layer(),
    overlay: layer(),
    across: h("span", { class: "axis across" }),
    up: h("span", { class: "axis up" }),
    card: h("div", { class: "card", hidden: true }),
    cardImage: tile({ class: "tile" }),
    cardText: h("div"),
    message: h("div", { class: "message", role: "alert", hidden: true }),
    colors: h("div", { class: "segments", role: "group", "aria-label": "Colour by" }),
    planes: h("select", { "aria-label": "Plane" }),
    axes: /** @type {HTMLSelectElement[]} */ ([
      h("select", { "aria-label": "Dimension across" }),
      h("select", { "aria-label": "Dimension up" }),
    ]),
    axesBox: h("span", { class: "axes" }),
    manifoldButton: toggle("manifold", "Decode the plane behind the dots"),
    pathButton: toggle("A → B", "Decode the path between two points that you can drag"),
    lassoButton: toggle("lasso", "Draw around dots to see their images"),
    resetButton: button("reset", "Show the whole plane"),
    marks: h("select", { "aria-label": "What a dot is" }),
    behind: h("select", { class: "behind", "aria-label": "Map behind the dots", hidden: true }),
    images: new ImageSize(),
    png: button("PNG", "Save the plane as an image"),
    svg: button("SVG", "Save the plane as shapes"),
    keys: keyTable(KEYS),
    legend: h("div", { class: "legend", role: "group", "aria-label": "Classes shown" }),
    image: tile({ class: "decoded", role: "img" }),
    z: h("div", { class: "z" }),
    x: tile({ class: "tile", role: "img" }),
    xName: h("div", { class: "label" }),
    difference: tile({ class: "tile", role: "img", "aria-label": "x − x′" }),
    squared: h("div", { class: "key-number" }),
    network: h("div", { class: "network" }),
    map: h("div", { class: "map", hidden: true }),
    inPixels: toggle("in x", "The test images nearest to x′ in pixels, in place of those nearest to z"),
    agreed: h("span"),
    near: Array.from({ length: NEAR }, () => tile({ class: "tile", role: "img" })),
    facts: h("dl", { class: "facts" }),
    sliders: h("div", { class: "sliders" }),
    sample: button("Sample prior"),
    means: h("select", { "aria-label": "Go to the mean of a class" }),
    random: button("Random image", "The code of a test image"),
    index: h("input", { type: "number", min: 0, placeholder: "test #", "aria-label": "Number of a test image" }),
    resample: button("Resample", "Draw z from the posterior q(z|x) of the chosen image"),
    walk: toggle("Walk", "Wander from one random point to the next"),
    copy: h("span", { class: "contents" }),
    path: h("div", { class: "strips path" }),
    strips: h("section", { class: "strips", "aria-label": "Traversals" }),
    selection: h("section", { class: "selection", "aria-label": "Selected images", hidden: true }),
    live: h("div", { class: "unseen", role: "status", "aria-live": "polite" }),
    explorer: h("div", { class: "explorer" }),
  };
  ui.card.append(ui.cardImage, ui.cardText);
  ui.axesBox.append(ui.axes[0], "×", ui.axes[1]);
  ui.stage.append(ui.manifold, ui.dots, ui.overlay, ui.across, ui.up, ui.card);
  const label = (/** @type {string} */ text) => h("div", { class: "label", textContent: text });
  const tools = h("div", { class: "segments" }, ui.manifoldButton, ui.pathButton, ui.lassoButton, ui.resetButton);
  const files = h("div", { class: "segments files" }, ui.png, ui.svg, ui.keys.button, ui.keys.dialog);
  const toolbar = h(
    "fieldset",
    { class: "toolbar" },
    h("span", { class: "segments" }, ui.colors, ui.behind, h("span", { class: "choice" }, ui.planes, ui.axesBox)),
    tools,
    h("span", { class: "segments" }, ui.marks, ui.images.element),
    files,
  );
  const buttons = h(
    "fieldset",
    { class: "buttons" },
    ...[ui.sample, ui.means, ui.random, ui.index, ui.resample, ui.walk, ui.copy],
  );
  ui.explorer.append(
    h("section", { class: "plane", "aria-label": "Latent plane" }, toolbar, ui.stage, ui.message, ui.legend, ui.path),
    h(
      "section",
      { class: "now", "aria-label": "Decoded image" },
      h("div", { class: "picture" }, label("x′ = d(z)"), ui.image),
      h(
        "div",
        { class: "numbers" },
        ui.z,
        h(
          "div",
          { class: "compared" },
          h("div", {}, ui.xName, ui.x),
          h("div", {}, label("x − x′"), ui.difference),
          h("div", {}, label("|x − x′|²"), ui.squared),
        ),
        h("div", { class: "label near-in" }, "nearest", ui.inPixels, ui.agreed),
        h("div", { class: "near" }, ...ui.near),
        ui.facts,
      ),
      ui.network,
      ui.map,
      ui.sliders,
      buttons,
    ),
    ui.strips,
    ui.selection,
  );
  const tiles = [ui.image, ui.x, ui.difference, ui.cardImage, ...ui.near]; // of one image each
  root.replaceChildren(ui.explorer, ui.live);
  const loading = new Loading(root, [toolbar, buttons]);
  ui.stage.append(loading.element);
  return { ...ui, tiles, loading };
}

/** @typedef {ReturnType<typeof build>} Ui */

/** One slider a dimension, the most informative first, collapsed ones greyed.
 * @param {Ui} ui @param {import("../engine/summary.js").Summary} summary
 * @param {(dimension: number) => string} noteOf  what stands beside a slider
 * @param {(dimension: number, value: number) => void} onInput @param {() => void} onChange
 * @returns {(z: ArrayLike<number>) => void} shows z */
export function buildSliders(ui, { order, reach, steps, meanKl, collapsed }, noteOf, onInput, onChange) {
  const shown = order.slice(0, MOST_SLIDERS);
  const rows = shown.map((dimension) => {
    const [low, high] = reach[dimension],
      step = steps[dimension],
      name = axisName(dimension);
    const input = h("input", { type: "range", min: low, max: high, step, "aria-label": name });
    const widest = Math.max(...reach[dimension].map((end) => coordinate(end, step).length));
    const output = h("output", { style: `min-width: ${widest + 1}ch` }); // the slider does not shrink under the pointer
    const note = noteOf(dimension);
    const title = collapsed[dimension]
      ? "collapsed: the decoder ignores it"
      : meanKl
        ? `mean KL ${number(meanKl[dimension], 3)} nats`
        : "";
    input.oninput = () => onInput(dimension, Number(input.value));
    input.onchange = onChange;
    input.style.setProperty("--zero", `${(100 * (0 - low)) / (high - low)}%`);
    const row = h("label", { class: "slider", title }, h("span", {}, name), input, output);
    if (note) row.append(h("small", { textContent: note }));
    return { dimension, step, input, output, row };
  });
  const of = (/** @type {boolean} */ isOff) =>
    rows.filter(({ dimension }) => collapsed[dimension] === isOff).map(({ row }) => row);
  ui.sliders.replaceChildren(...of(false), ...folded(of(true)));
  ui.sliders.classList.toggle("many", shown.length > 2);
  if (shown.length < order.length)
    ui.sliders.append(
      h("p", {
        textContent: `The ${shown.length} most informative of ${order.length} dimensions; the others keep their value.`,
      }),
    );
  return (z) => {
    for (const { dimension, step, input, output } of rows) {
      const text = (z[dimension] >= step / 2 ? "+" : "") + coordinate(z[dimension], step);
      if (output.value === text) continue;
      output.value = text;
      input.value = String(z[dimension]);
    }
  };
}

/** What belongs to collapsed dimensions, behind one line. @param {HTMLElement[]} parts @returns {HTMLElement[]} */
export const folded = (parts) =>
  parts.length
    ? [h("details", { class: "collapsed" }, h("summary", { textContent: `${parts.length} collapsed` }), ...parts)]
    : [];

/** Buttons of which one is down. @template {string} T @param {HTMLElement} box @param {T[]} names @param {T} chosen
 * @param {(name: T) => void} onChoose */
export function buildChoice(box, names, chosen, onChoose) {
  box.replaceChildren(
    ...names.map((name) => {
      const made = toggle(name, `Colour by ${name}`);
      press(made, name === chosen);
      made.onclick = () => {
        for (const other of Array.from(box.children)) press(other, other === made);
        onChoose(name);
      };
      return made;
    }),
  );
}

/** Class names that show and hide their dots. @param {HTMLElement} box @param {string[]} names @param {string[]} colors
 * @param {Set<number>} hidden changed in place @param {() => void} onChange */
export function buildLegend(box, names, colors, hidden, onChange) {
  box.replaceChildren(
    ...names.map((name, label) => {
      const made = h(
        "button",
        { type: "button", title: `Show or hide ${name}` },
        h("i", { style: `background: ${colors[label % colors.length]}` }),
        name,
      );
      press(made, !hidden.has(label));
      made.onclick = () => {
        if (!hidden.delete(label)) hidden.add(label);
        press(made, !hidden.has(label));
        onChange();
      };
      return made;
    }),
  );
}

/** @param {HTMLSelectElement} select @param {[string, string][]} options value and text @param {string} chosen */
export function fillSelect(select, options, chosen) {
  select.replaceChildren(...options.map(([value, textContent]) => h("option", { value, textContent })));
  select.value = chosen;
}
