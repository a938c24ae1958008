// @ts-check
/**
 * What pointers and keys do to the plane of a posterior: drag z, pick a draw, look closer. Where there is no posterior
 * a drag chooses the nearest test image instead.
 *
 * @typedef {{plane: import("./plane.js").PosteriorPlane, walk: import("./walk.js").Walk | null, eps: number[],
 *            cloud: number[][], image: number, near: boolean, span: number,
 *            model: {codes: import("../engine/codes.js").Codes} | null,
 *            choose(image: number): void, pick(draw: number): void, redraw(): void, tell(): void}} Handled
 */
import { toScreen } from "../engine/geometry.js";
import { ARROWS, FINGER, listen } from "../interact/gestures.js";

const TOUCH = 7; // CSS pixels from a draw that still touch it
const [CLOSEST, FARTHEST] = [1, 200]; // standard deviations in view, to each side
const KEY_REST = 400; // ms without a key after which z is reported

/** @param {Handled} page */
export function handle(page) {
  const { plane } = page;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let rest;
  let before = page.eps;
  /** @typedef {import("../interact/gestures.js").At} At */

  /** @param {At} at */
  const move = (at) => {
    const there = plane.at(at),
      { walk, model } = page;
    if (!there || !walk || !model) return;
    const { shown, value } = there,
      { sigma, mean } = walk;
    if (!sigma) {
      const seen = plane.view ? plane.thumbnails.at(plane.view, at.x, at.y) : -1,
        near = seen >= 0 ? seen : (plane.nearest?.find(...value, Infinity) ?? -1);
      if (near >= 0 && near !== page.image) page.choose(near);
      return;
    }
    page.eps = page.eps.map((old, j) => {
      const axis = shown.indexOf(j);
      return axis < 0 ? old : Math.round((100 * (value[axis] - mean[j])) / sigma[j]) / 100 + 0;
    });
    page.redraw();
  };
  /** How far z or a draw is. @param {At} at @param {number[]} z */
  const distance = (at, z) => {
    const { view, shown } = plane;
    if (!view || !shown) return Infinity;
    const [x, y] = toScreen(view, z[shown[0]], z[shown[1]]);
    return Math.hypot(x - at.x, y - at.y);
  };

  listen(plane.stage, {
    start: (at) => {
      before = page.eps;
      move(at);
    },
    move,
    end: (at, isClick) => {
      const draws = isClick && page.walk?.sigma ? page.walk.cloud.map(({ z }) => distance(at, z)) : [];
      const nearest = draws.indexOf(Math.min(...draws));
      if (draws[nearest] < TOUCH) page.pick(nearest);
      else page.tell();
    },
    cancel: () => {
      page.eps = before;
      page.redraw();
    },
    hover: () => {},
    holds: (at) => Boolean(page.walk && distance(at, page.walk.z) < FINGER),
    pan: () => {},
    zoom: (_, factor) => {
      const span = Math.min(FARTHEST, Math.max(CLOSEST, page.span / factor));
      if (!page.walk?.sigma || !page.near || span === page.span) return false;
      page.span = span;
      page.redraw();
      return true;
    },
    settled: () => page.tell(),
  });
  plane.stage.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const step = ARROWS[event.key],
      { shown } = plane;
    if (!step || !shown || !page.walk?.sigma || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const size = event.shiftKey ? 0.01 : 0.1;
    page.eps = page.eps.map((old, j) => {
      const axis = shown.indexOf(j);
      return axis < 0 ? old : Math.round(100 * (old + size * step[axis])) / 100 + 0;
    });
    page.redraw();
    clearTimeout(rest);
    rest = setTimeout(() => page.tell(), KEY_REST);
  });
}
