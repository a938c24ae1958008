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

/** What the colours mean. @param {Shown} plane */
export function showScale({ ui, link, model }) {
  ui.legend.querySelector(".scale")?.remove();
  ui.legend.classList.toggle("plain", link.color !== "class");
  const values = link.color === "error" ? model?.codes.error : link.color === "KL" ? model?.codes.kl : null;
  if (!values) return;
  const sorted = values.slice().sort(),
    at = (/** @type {number} */ p) => number(sorted[Math.round(p * (sorted.length - 1))], 0);
  const unit = link.color === "error" ? "error |x − x′|²" : "KL, nats";
  ui.legend.prepend(
    h(
      "span",
      { class: "scale", title: "Equal shares of the images have equal shares of the colours" },
      `${unit}: ${at(0)} `,
      h("i", { style: `background: ${VIRIDIS_CSS}` }),
      ` ${at(1)}, median ${at(0.5)}`,
    ),
  );
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
    ["classifier", "classifier's answers"],
    ["unlike", "unlike training images"],
  ]);
  fillSelect(ui.behind, maps, link.behind);
  ui.images.px = link.images;
}

/** The encoder, z and the decoder with their sizes; the encoder is the decoder's mirror image. @param {Shown} plane */
export function showNetwork({ ui, model }) {
  const out = model?.network ? sizesOf(model.network.decoder) : [],
    sizes = [...out.slice(1).reverse(), ...out];
  const look = { width: 430, height: 46, code: out.length - 1 };
  ui.network.replaceChildren(...(out.length ? [layerSketch(sizes, "Encoder, z, decoder", look)] : []));
}
