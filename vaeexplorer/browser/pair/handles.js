// @ts-check
/**
 * What pointers and keys do to a plane of a pair: drag A or B from test image to test image, point at one, look closer.
 *
 * @typedef {import("../interact/gestures.js").At} At
 * @typedef {{stage: HTMLElement, card: HTMLElement, thumbnail: HTMLCanvasElement, caption: HTMLElement,
 *            view: import("../engine/geometry.js").View, thumbnails: import("../draw/sprite.js").Thumbnails,
 *            nearest?: import("../engine/geometry.js").NearestInPlane, hovered: number,
 *            plane?: import("../engine/projections.js").Plane, codes: import("../engine/codes.js").Codes | null,
 *            readonly ends: [number[], number[]] | null, look(view: import("../engine/geometry.js").View): void,
 *            lookHome(): void, zoom(x: number, y: number, factor: number): boolean, redraw(all: boolean): void,
 *            pair: {indices: [number, number], sprite: ImageBitmap | null, choose(which: 0 | 1, index: number): void,
 *                   settle(): void, looked(): void, askForFields(): void, describe(index: number): string,
 *                   keys: {open(): void}}}} Pane
 *   what pointers read of a plane, and do to it
 */
import { paintTestImage } from "../draw/sprite.js";
import { nextPoint, pan, toLatent, toScreen } from "../engine/geometry.js";
import { place } from "../engine/projections.js";
import { ARROWS, FINGER, listen } from "../interact/gestures.js";

const TOUCH = 12; // CSS pixels around a dot in which its image is shown

/** The test image at a point: the one that is seen there, or that of the nearest dot.
 * @param {Pane} pane @param {At} at @param {number} reach  CSS pixels @returns {number} -1 for none */
export function imageNear(pane, at, reach) {
  const seen = pane.thumbnails.at(pane.view, at.x, at.y),
    [x, y] = toLatent(pane.view, at.x, at.y);
  if (seen >= 0) return seen;
  for (let radius = Math.min(TOUCH, reach); radius <= reach; radius *= 3) {
    const found = pane.nearest?.find(x, y, radius / pane.view.scale) ?? -1;
    if (found >= 0) return found;
  }
  return -1;
}

/** How far A and B are from there, CSS pixels. @param {Pane} pane @param {At} at @returns {number[]} */
function distances({ plane, codes, ends, view }, at) {
  if (!plane || !codes || !ends) return [Infinity, Infinity];
  return ends.map((end) => {
    const [x, y] = toScreen(view, ...place(plane, end, codes));
    return Math.hypot(x - at.x, y - at.y);
  });
}

/** @param {Pane} pane */
export function handle(pane) {
  const { pair, stage } = pane;
  let touched = pair.indices;
  /** @type {0 | 1} the end that is held */ let held = 0;
  const drag = (/** @type {At} */ at) => {
    const image = imageNear(pane, at, 1e4);
    if (image >= 0) pair.choose(held, image);
  };
  listen(stage, {
    start: (at) => {
      const [a, b] = distances(pane, at);
      touched = pair.indices;
      held = b < a ? 1 : 0;
      drag(at);
    },
    move: drag,
    end: () => pair.settle(),
    cancel: () => {
      pair.choose(0, touched[0]);
      pair.choose(1, touched[1]);
    },
    hover: (at) => hover(pane, at),
    pan: (dx, dy) => pane.look(pan(pane.view, dx, dy)),
    zoom: (at, factor) => pane.zoom(at.x, at.y, factor),
    holds: (at) => Math.min(...distances(pane, at)) < FINGER,
    settled: () => pair.looked(),
  });
  stage.onkeydown = (/** @type {KeyboardEvent} */ event) => press(pane, event);
}

/** Arrow keys move A, with Shift B, to the nearest image in that direction. @param {Pane} pane
 * @param {KeyboardEvent} event */
function press(pane, event) {
  const { pair, plane, view } = pane,
    step = ARROWS[event.key],
    factor = { "+": 1.25, "-": 0.8 }[event.key];
  if (!plane || event.ctrlKey || event.metaKey || event.altKey) return;
  if (factor && pane.zoom(view.width / 2, view.height / 2, factor)) pair.askForFields();
  if (event.key === "0") pane.lookHome();
  if (event.key === "?") pair.keys.open();
  if (!step) return;
  event.preventDefault();
  const which = event.shiftKey ? 1 : 0;
  const best = nextPoint(plane.xs, plane.ys, pair.indices[which], step, 8 / view.scale);
  if (best < 0) return;
  pair.choose(which, best);
  pair.settle();
}

/** @param {Pane} pane @param {At | null} at */
function hover(pane, at) {
  const { card, view, codes, pair } = pane;
  pane.hovered = at && codes ? imageNear(pane, at, TOUCH) : -1;
  if (at) card.style.transform = `translate(${Math.min(at.x + 14, view.width - 150)}px, ${Math.max(0, at.y - 76)}px)`;
  card.hidden = pane.hovered < 0;
  if (pane.hovered >= 0) {
    paintTestImage(pane.thumbnail, pair.sprite, pane.hovered);
    pane.caption.textContent = pair.describe(pane.hovered);
  }
  pane.redraw(false);
}
