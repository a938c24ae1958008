// @ts-check
/** z in numbers, what is near it, the card at the pointer, and words for those who cannot see the plane. */
import { pen } from "../draw/canvas.js";
import { complain, h } from "../draw/dom.js";
import { brief, coordinate, number } from "../draw/numbers.js";
import { paintDifference, paintTestImage, readImage, readSheet } from "../draw/sprite.js";
import { formatOf } from "../engine/format.js";
import { nearestCodes } from "../engine/geometry.js";
import { nearestImages, squaredError } from "../engine/losses.js";
import { NEAR } from "./elements.js";

/** @typedef {import("../engine/codes.js").Codes} Codes */

const MOST = 32; // numbers of z shown

export class Readout {
  /** @param {import("./elements.js").Ui} ui */
  constructor(ui) {
    this.ui = ui;
    /** @type {string[]} */
    this.names = [];
    this.facts = "";
    this.inPixels = false; // whether the nearest images are those in x, not in z
    /** All test images, once they are asked for. @type {{sprite: ImageBitmap, images: Uint8Array} | null} */
    this.sheet = null;
    /** What the card shows. @type {unknown[]} */
    this.onCard = [];
  }

  /** @param {number[]} z @param {number} picked
   * @param {{codes: Codes, summary: {steps: number[]}, density: ((z: ArrayLike<number>) => number) | null}} model
   * @param {{classes: string[], image: import("../engine/format.js").Shape}} space @param {ImageBitmap | null} sprite
   * @param {ArrayLike<number>} decoded  the image at z, in [0, 1] */
  show(z, picked, { codes, summary: { steps }, density }, space, sprite, decoded) {
    const { ui } = this,
      near = nearestCodes(codes.mean, codes.dim, z, NEAR);
    this.names = near.map((i) => space.classes[codes.labels[i]]);
    ui.z.textContent = `(${z
      .slice(0, MOST)
      .map((value, j) => coordinate(value, steps[j]))
      .join(", ")}${z.length > MOST ? ", …" : ""})`;
    ui.z.classList.toggle("long", z.length > 4);
    const shown = this.neighbours(near, sprite, codes.count, decoded, formatOf(space.image));
    ui.near.forEach((tile, k) => {
      if (shown[k] === undefined) return;
      paintTestImage(tile, sprite, shown[k]);
      tile.title = `${space.classes[codes.labels[shown[k]]]}, test #${shown[k]}`;
      tile.setAttribute("aria-label", tile.title);
    });
    this.compare(picked >= 0 ? picked : near[0], picked >= 0, sprite, decoded, formatOf(space.image));
    const radius = Math.hypot(...z);
    /** @type {[string, string][]} */
    const facts = [["looks like", alike(this.names)]];
    if (codes.logvar) facts.push(["distance to 0", `${brief(radius)} σ`]);
    const prior = brief(Math.exp((-radius * radius) / 2) / (2 * Math.PI));
    if (density && codes.logvar) facts.push(["prior, codes", `${prior}, ${brief(density(z))}`]);
    else if (density) facts.push(["density", brief(density(z))]);
    if (picked >= 0) {
      const same = z.every((value, j) => Math.abs(value - codes.mean[picked * codes.dim + j]) < steps[j] / 5);
      const kl = codes.kl ? ` · KL ${number(codes.kl[picked], 1)} nats` : "";
      if (same) facts.push([`test #${picked}`, `error ${number(codes.error[picked], 1)}${kl}`]);
      else facts.push(["drawn from q(z|x) of", `test #${picked}`]);
    }
    ui.resample.disabled = picked < 0 || !codes.logvar;
    ui.image.setAttribute("aria-label", `Decoded image at z; its nearest test image is: ${this.names[0]}`);
    const text = facts.flat().join("|");
    if (text === this.facts) return;
    this.facts = text;
    ui.facts.replaceChildren(
      ...facts.map(([name, value]) => h("div", {}, h("dt", { title: name }, name), h("dd", {}, value))),
    );
  }

  /** Those nearest in z, or in x to the decoded image, and how many are both. @param {number[]} near  in z
   * @param {ImageBitmap | null} sprite @param {number} count @param {ArrayLike<number>} decoded
   * @param {import("../engine/format.js").Format} format */
  neighbours(near, sprite, count, decoded, format) {
    this.ui.agreed.textContent = "";
    if (!this.inPixels || !sprite) return near;
    if (this.sheet?.sprite !== sprite) this.sheet = { sprite, images: readSheet(sprite, count, format) };
    const found = nearestImages(this.sheet.images, decoded, near.length);
    this.ui.agreed.textContent = `${found.filter((i) => near.includes(i)).length} of ${near.length} near z too`;
    return found;
  }

  /** x beside x', and how far they are apart: the chosen image, or else the nearest. @param {number} index
   * @param {boolean} isChosen @param {ImageBitmap | null} sprite @param {ArrayLike<number>} decoded
   * @param {import("../engine/format.js").Format} format */
  compare(index, isChosen, sprite, decoded, format) {
    const { x, xName, difference, squared } = this.ui;
    paintTestImage(x, sprite, index);
    xName.textContent = `x: #${index}`;
    x.setAttribute("aria-label", `x, ${isChosen ? "the chosen" : "the nearest"} test image, #${index}`);
    x.title = isChosen ? "The chosen test image" : "The nearest test image";
    if (!sprite) return;
    const pixels = readImage(x, format);
    paintDifference(pen(difference), pixels, decoded, 1, 0, 0, format);
    squared.textContent = number(squaredError(pixels, decoded), 1);
  }

  /** @param {number} index  -1 for none @param {import("../interact/gestures.js").At | null} at
   * @param {import("../engine/geometry.js").View} view @param {Codes} codes @param {{classes: string[]}} space
   * @param {ImageBitmap | null} sprite */
  showCard(index, at, view, codes, space, sprite) {
    const { card, cardImage, cardText } = this.ui;
    card.hidden = index < 0 || !at;
    if (card.hidden || !at) return;
    const onCard = [index, codes, space, sprite];
    if (onCard.some((part, k) => part !== this.onCard[k])) {
      this.onCard = onCard;
      paintTestImage(cardImage, sprite, index);
      cardText.replaceChildren(h("b", {}, space.classes[codes.labels[index]]), ` · test #${index}`);
      if (codes.kl) cardText.append(h("br"), `KL ${number(codes.kl[index], 1)} nats`);
      cardText.append(h("br"), `error ${number(codes.error[index], 1)}`);
    }
    const left = at.x + card.offsetWidth + 18 > view.width ? at.x - card.offsetWidth - 12 : at.x + 14;
    const top = at.y + card.offsetHeight + 18 > view.height ? at.y - card.offsetHeight - 12 : at.y + 14;
    card.style.transform = `translate(${Math.max(2, left)}px, ${Math.max(2, top)}px)`;
  }

  /** Where a gesture has led, for screen readers. @param {number[]} z @param {{steps: number[]}} summary */
  announce(z, { steps }) {
    this.ui.live.textContent = `z is ${z
      .slice(0, 4)
      .map((value, j) => coordinate(value, steps[j]))
      .join(", ")}${z.length > 4 ? " and so on" : ""}; it looks like ${alike(this.names)}.`;
  }

  /** A notice under the plane; an empty one takes it away. @param {string} text */
  say(text) {
    this.ui.message.hidden = !text;
    this.ui.message.replaceChildren(text);
  }

  /** @param {string} text @param {() => void} again */
  complain(text, again) {
    this.ui.message.hidden = false;
    complain(this.ui.message, text, again);
  }
}

/** The one or two commonest of the nearest classes. @param {string[]} names */
function alike(names) {
  const shares = [...new Set(names)].map((name) => ({ name, count: names.filter((other) => other === name).length }));
  shares.sort((a, b) => b.count - a.count);
  return (
    shares
      .slice(0, 2)
      .filter(({ count }) => count > 1)
      .map(({ name }) => name)
      .join(" or ") || "mixed"
  );
}
