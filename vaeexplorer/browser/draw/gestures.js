// @ts-check
/**
 * Gestures of pointers on the plane: a drag decodes, a click picks; two fingers, the middle or right button, or a drag
 * with Shift or the space bar move the view; wheel and pinch zoom.
 *
 * @typedef {{x: number, y: number}} At  CSS pixels in the plane
 * @typedef {{start(at: At): void, move(at: At): void, end(at: At, isClick: boolean): void, hover(at: At | null): void,
 *            cancel(): void, pan(dx: number, dy: number): void, zoom(at: At, factor: number): void,
 *            settled(): void}} Handlers
 *   `cancel`: a second finger came before the first had moved, so this is no drag; `settled`: a gesture that changed
 *   the view has ended
 */
import { positionIn } from "./dom.js";

const CLICK = 4; // CSS pixels that a click may stray
const WHEEL_REST = 300; // ms without a turn that end a zoom

/** The direction of an arrow key, across and up. @type {Record<string, [number, number] | undefined>} */
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** @param {HTMLElement} target @param {Handlers} handlers */
export function listen(target, handlers) {
  /** @type {Map<number, At>} */ const down = new Map();
  /** @type {"drag" | "pan" | null} */ let mode = null;
  /** @type {At} */ let origin = { x: 0, y: 0 };
  let strayed = false,
    space = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let rest;

  const where = (/** @type {PointerEvent | WheelEvent} */ event) => positionIn(target, event);

  target.onpointerdown = (event) => {
    const at = where(event);
    target.setPointerCapture(event.pointerId);
    target.focus({ preventScroll: true });
    down.set(event.pointerId, at);
    handlers.hover(null);
    if (down.size === 1 && event.button === 0 && !event.shiftKey && !space) {
      mode = "drag";
      origin = at;
      strayed = false;
      handlers.start(at);
    } else {
      if (mode === "drag" && strayed) handlers.end(at, false);
      else if (mode === "drag") handlers.cancel();
      mode = "pan";
    }
  };
  target.onpointermove = (event) => {
    const at = where(event),
      before = down.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") handlers.hover(at);
      return;
    }
    if (mode === "drag") {
      strayed ||= Math.hypot(at.x - origin.x, at.y - origin.y) > CLICK;
      if (strayed) handlers.move(at);
    } else {
      const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        const [was, is] = [before, at].map((p) => Math.hypot(p.x - other.x, p.y - other.y));
        handlers.zoom({ x: (before.x + other.x) / 2, y: (before.y + other.y) / 2 }, is / (was || 1));
      }
      const share = other ? 0.5 : 1; // of two fingers, each moves the middle by half
      handlers.pan((at.x - before.x) * share, (at.y - before.y) * share);
    }
    down.set(event.pointerId, at);
  };
  target.onpointerup = target.onpointercancel = (event) => {
    if (!down.delete(event.pointerId)) return;
    if (mode === "drag") handlers.end(where(event), !strayed && event.type === "pointerup");
    else if (down.size)
      return; // the finger that is left goes on moving the view
    else handlers.settled();
    mode = null;
  };
  target.onpointerleave = () => handlers.hover(null);
  target.oncontextmenu = (event) => event.preventDefault();
  target.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      handlers.zoom(where(event), Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0018)));
      clearTimeout(rest);
      rest = setTimeout(handlers.settled, WHEEL_REST);
    },
    { passive: false },
  );
  target.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    space = true;
    event.preventDefault();
  });
  target.addEventListener("keyup", (event) => (space &&= event.key !== " "));
  target.addEventListener("blur", () => (space = false));
}
