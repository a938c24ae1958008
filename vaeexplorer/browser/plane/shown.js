// @ts-check
/**
 * What the plane shows besides its dots: what colours mean, what a dot is, and the network that it belongs to.
 *
 * @typedef {{ui: import("./elements.js").Ui, link: import("./url.js").Link,
 *            model: {network: import("../engine/network.js").Network | null,
 *                    codes: import("../engine/codes.js").Codes} | null}} Shown
 */
import { h } from "../draw/dom.js";
import { number } from "../draw/numbers.js";
import { layerSketch } from "../charts/sketch.js";
import { VIRIDIS_CSS } from "../engine/codes.js";
import { sizesOf } from "../engine/network.js";
import { fillSelect } from "./elements.js";

/** The scale of dots that are coloured by a number: its name, its ends and its middle.
 * @param {Pick<Shown, "link" | "model">} plane */
function scaleOf({ link, model }) {
  const values = link.color === "error" ? model?.codes.error : link.color === "KL" ? model?.codes.kl : null;
  if (!values) return null;
  const sorted = values.slice().sort(),
    at = (/** @type {number} */ p) => number(sorted[Math.round(p * (sorted.length - 1))], 0);
  const name = link.color === "error" ? "error |x − x′|²" : "KL, nats";
  return { name, low: at(0), high: at(1), median: at(0.5) };
}

/** What the colours mean. @param {Shown} plane */
export function showScale(plane) {
  const { ui, link } = plane,
    scale = scaleOf(plane);
  ui.legend.querySelector(".scale")?.remove();
  ui.legend.classList.toggle("plain", link.color !== "class");
  if (!scale) return;
  ui.legend.prepend(
    h(
      "span",
      { class: "scale", title: "Equal shares of the images have equal shares of the colours" },
      `${scale.name}: ${scale.low} `,
      h("i", { style: `background: ${VIRIDIS_CSS}` }),
      ` ${scale.high}, median ${scale.median}`,
    ),
  );
}

/** The same for a file of the plane, and what lies behind the dots.
 * @param {Pick<Shown, "link" | "model"> & {space: import("../engine/codes.js").Classes | null, hidden: Set<number>,
 *         maps: import("../draw/regions.js").Maps}} plane
 * @returns {import("../files/plane_picture.js").Key[]} */
export function legendOf(plane) {
  const { space, hidden, maps, link } = plane,
    scale = scaleOf(plane),
    isMapped = maps.classifier !== null;
  /** @type {import("../files/plane_picture.js").Key[]} */ const keys = [];
  if (scale) keys.push({ sign: "scale", text: `${scale.name}: ${scale.low} to ${scale.high}, median ${scale.median}` });
  space?.classes.forEach((text, label) => {
    if (isMapped || (link.color === "class" && !hidden.has(label)))
      keys.push({ sign: space.colors[label % space.colors.length], text });
  });
  if (maps.isShown) keys.push({ sign: isMapped ? "" : "scale", text: maps.words });
  return keys;
}

/** What a dot may be, and how large images in place of dots are. @param {Shown} plane */
export function showMarks(plane) {
  const { ui, link, model } = plane;
  const names = /** @type {[string, string][]} */ ([
    ["mean", model?.codes.logvar ? "dots at μ" : "dots at e(x)"],
    ["draw", "dots at draws of q(z|x)"],
    ["ellipse", "ellipses, 1σ of q(z|x)"],
  ]);
  fillSelect(ui.marks, names, link.marks);
  const maps = /** @type {[string, string][]} */ ([
    ["images", "no map"],
    ["classifier", "classifier"],
    ["unlike", "unlike data"],
  ]);
  fillSelect(ui.behind, maps, link.behind);
  ui.images.px = link.images;
}

/** What the map behind the dots says.
 * @param {{ui: import("./elements.js").Ui, maps: import("../draw/regions.js").Maps}} plane */
export function showMap({ ui, maps }) {
  const isScale = maps.isShown && !maps.classifier;
  ui.map.hidden = !maps.words;
  ui.map.replaceChildren(...(isScale ? [h("i", { style: `background: ${VIRIDIS_CSS}` })] : []), maps.words);
}

/** The encoder, z and the decoder with their sizes; the encoder is the decoder's mirror image. @param {Shown} plane */
export function showNetwork({ ui, model }) {
  const out = model?.network ? sizesOf(model.network.decoder) : [],
    sizes = [...out.slice(1).reverse(), ...out];
  const look = { width: 430, height: 46, code: out.length - 1 };
  ui.network.replaceChildren(...(out.length ? [layerSketch(sizes, "Encoder, z, decoder", look)] : []));
}
