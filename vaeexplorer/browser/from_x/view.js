// @ts-check
/**
 * What the walk shows: images, numbers, densities, the draws.
 *
 * @typedef {{root: HTMLElement, ui: ReturnType<typeof import("./elements.js").build>, model: any, image: number,
 *            format: import("../engine/format.js").Format, near: boolean, span: number,
 *            eps: number[], cloud: number[][], draws: import("./draws.js").Draws,
 *            plane: import("./plane.js").PosteriorPlane} & import("./elements.js").Page} Viewed
 */
import { pen } from "../draw/canvas.js";
import { h, legend } from "../draw/dom.js";
import { coordinate, number } from "../draw/numbers.js";
import { layerSketch } from "../charts/sketch.js";
import { paintDifference, paintImage, sizeTiles } from "../draw/sprite.js";
import { isDigit } from "../engine/format.js";
import { decode, encode, sizesOf } from "../engine/network.js";
import { axisName } from "../engine/projections.js";
import { MOST, buildSliders } from "./elements.js";
import { gaussianKl, squaredError } from "../engine/losses.js";
import { buildDensities, fillLoss } from "./terms.js";

const LONG = 40; // letters of all class names that fit above the plane
const SHOWN = 2; // numbers of z, the most informative

export class View {
  /** @param {Viewed} page */
  constructor(page) {
    this.page = page;
    /** @type {unknown} */ this.painted = null;
    /** @type {{x: Float32Array, network: unknown, found: {name: string, squared: number}} | null} */ this.plain = null;
    /** @type {ReturnType<typeof buildSliders>} */ this.sliders = [];
    /** @type {ReturnType<typeof buildDensities> | null} */ this.densities = null;
  }

  /** A new model. */
  open() {
    const { page } = this,
      { ui, model } = page,
      { network, summary, space, codes } = model;
    const most = summary.order.slice(0, MOST);
    this.painted = null;
    sizeTiles([ui.x, ui.decoded, ui.difference], page.format);
    page.draws.resize(page.format);
    page.plane.manifold.format = page.plane.thumbnails.format = page.format;
    page.root.dataset.drawn = String(isDigit(page.format)); // the pad makes an image like MNIST's of what is drawn
    this.sliders = buildSliders(ui.sliders, summary.order, page);
    ui.sliders.classList.toggle("many", most.length > 2);
    this.densities = buildDensities(ui.densities, most);
    ui.legend.replaceChildren(...legend(space));
    // Long names of classes get a line of their own.
    const isLong = space.classes.join("").length > LONG;
    (isLong ? ui.path : ui.whereHead).append(ui.legend);
    const [into, out] = network ? [encoderSizes(network), sizesOf(network.decoder)] : [[], []];
    const part = (/** @type {number[]} */ sizes, /** @type {string} */ name, /** @type {string} */ text) =>
      network ? [layerSketch(sizes, name), h("small", { textContent: text })] : [];
    ui.encoder.replaceChildren(...part(into, "Encoder", `${page.format.size} → ${codes.dim}`));
    ui.decoder.replaceChildren(...part(out, "Decoder", `${codes.dim} → ${page.format.size}`));
  }

  /** @param {Float32Array} x @param {import("./walk.js").Walk} walk */
  show(x, walk) {
    const { page } = this,
      { ui, model } = page,
      { network, codes, space, summary } = model,
      { mean, logvar, sigma, z, image, error, cloud } = walk,
      { steps } = summary;
    paintImage(pen(ui.x), x, 1, 0, 0, page.format);
    paintImage(pen(ui.decoded), image, 1, 0, 0, page.format);
    paintDifference(pen(ui.difference), x, image, 1, 0, 0, page.format);
    page.root.dataset.kind = sigma ? "vae" : "ae";
    ui.where.textContent = sigma ? "q(z|x)" : "z = e(x)";
    if (page.image < 0) ui.number.value = "";
    ui.source.textContent =
      page.image < 0 ? "your image" : `${space.classes[codes.labels[page.image]]} · test #${page.image}`;
    const [first, second] = summary.order
      .slice(0, SHOWN)
      .map((/** @type {number} */ j) => `${axisName(j)} = ${coordinate(z[j], steps[j])}`);
    ui.z.textContent =
      z.length > SHOWN ? `${first}, ${second}, …` : `z = (${z.map((at, j) => coordinate(at, steps[j])).join(", ")})`;
    page.plane.draw(model, walk, page.near ? page.span : null);
    if (this.painted !== cloud) page.draws.paint(cloud);
    this.painted = cloud;
    const chosen = page.eps.join();
    page.draws.mark(page.cloud.findIndex((each) => each.map((e) => Math.round(100 * e) / 100 + 0).join() === chosen));
    for (const { dimension, input, output } of this.sliders) {
      input.value = String(page.eps[dimension]);
      output.textContent = number(page.eps[dimension]);
    }
    const kl = logvar && gaussianKl(mean, logvar);
    if (sigma && kl) this.densities?.({ mean, sigma }, kl, steps);
    fillLoss(ui.loss, network, error, kl, squaredError(x, image), this.plainOf(x));
  }

  /** What the autoencoder beside it makes of x. @param {Float32Array} x */
  plainOf(x) {
    const { plain, space } = this.page.model;
    if (!plain) return null;
    if (this.plain?.x !== x || this.plain.network !== plain) {
      const squared = squaredError(x, decode(plain, encode(plain, x).mean));
      this.plain = { x, network: plain, found: { name: space.plain.name, squared } };
    }
    return this.plain.found;
  }
}

/** The last are the numbers of q(z|x): a mean, and with a posterior a variance, a dimension.
 * @param {import("../engine/network.js").Network} network */
function encoderSizes({ encoder, mean, logvar, latentDim }) {
  const first = sizesOf(encoder ?? []);
  return [...(first.length ? first : sizesOf(mean ?? []).slice(0, 1)), latentDim * (logvar ? 2 : 1)];
}
