// @ts-check
/**
 * What a visitor does to the plane of a training.
 *
 * @typedef {{move: (z: number[]) => void, choose: (image: number) => void, readonly snaps: boolean}} Moved
 *   snaps: the point goes from test image to test image, in several planes at once
 * @typedef {{stage: HTMLElement, view?: import("../engine/geometry.js").View, z: number[], zoomed: number,
 *            shownAxes: [number, number], moved: Moved,
 *            lane: import("../record/lane.js").Lane | null, readonly plane: import("../engine/projections.js").Plane,
 *            nearest(x: number, y: number): number, decodeHeld(): void, redraw(): void}} Pointed
 */
import { toLatent, toScreen, zoomWithin } from "../engine/geometry.js";
import { movedTo } from "../engine/projections.js";
import { ARROWS, FINGER, listen } from "../interact/gestures.js";

const STEP = 0.1; // of an arrow key, latent units

/** @param {Pointed} plane */
export function listenTo(plane) {
  const { stage } = plane;
  const at = (/** @type {{x: number, y: number}} */ { x, y }) => {
    if (!plane.view || !plane.lane?.moment) return;
    const [a, b] = toLatent(plane.view, x, y);
    if (plane.moved.snaps) plane.moved.choose(plane.nearest(a, b));
    else plane.moved.move(movedTo(plane.plane, plane.z, a, b));
  };
  /** @type {number[]} */ let before = [];
  listen(stage, {
    start: (where) => {
      before = plane.z;
      at(where);
    },
    move: at,
    end: () => plane.decodeHeld(),
    cancel: () => plane.moved.move(before),
    hover: () => {},
    zoom: ({ x, y }, factor) => {
      const { view } = plane,
        zoomed = view && zoomWithin(view, { ...view, scale: view.scale / plane.zoomed }, x, y, factor);
      if (!zoomed || !view) return false;
      plane.zoomed *= zoomed.scale / view.scale;
      plane.view = undefined;
      plane.redraw();
      return true;
    },
    holds: ({ x, y }) => {
      const { view } = plane;
      if (!view || !plane.lane?.moment) return false;
      const [a, b] = plane.shownAxes,
        [px, py] = toScreen(view, plane.z[a], plane.z[b]);
      return Math.hypot(px - x, py - y) < FINGER;
    },
  });
  stage.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    const by = ARROWS[event.key];
    if (!by || !plane.lane?.moment) return;
    event.preventDefault();
    const [a, b] = plane.shownAxes,
      step = event.shiftKey ? STEP / 10 : STEP;
    if (plane.moved.snaps) {
      const [x, y] = [plane.z[a] + 3 * step * by[0], plane.z[b] + 3 * step * by[1]];
      return plane.moved.choose(plane.nearest(x, y));
    }
    const z = plane.z.slice();
    z[a] += step * by[0];
    if (b !== a) z[b] += step * by[1];
    plane.moved.move(z);
  };
}
