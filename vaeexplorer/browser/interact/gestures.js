// @ts-check
/**
 * Gestures of pointers on a plane: a drag decodes, a click picks; two fingers, the middle or right button, or a drag
 * with Shift or the space bar move the view; wheel and pinch zoom.
 *
 * The page can still be scrolled. The wheel does so where there is nothing left to zoom, and while the page is moving.
 * Where the plane leaves little of the window free, so does a quick swipe up or down; a finger that rests a moment, or
 * goes sideways, or comes down on something that can be held, drags.
 *
 * @typedef {{x: number, y: number}} At  CSS pixels in the plane
 * @typedef {{start(at: At): void, move(at: At): void, end(at: At, isClick: boolean): void, hover(at: At | null): void,
 *            cancel(): void, holds?(at: At): boolean, pan?(dx: number, dy: number): void,
 *            zoom?(at: At, factor: number): boolean, settled?(): void}} Handlers
 *   `cancel`: a second finger came before the first had moved, so this is no drag; `holds`: whether there is something
 *   to take hold of; `zoom`: returns false where nothing is left to zoom; `settled`: a gesture that changed the view
 *   has ended; a plane without `pan` and `zoom` always shows everything
 */
import { positionIn } from "../draw/dom.js";

/** CSS pixels from something that a finger still takes hold of. */
export const FINGER = 24;
const CLICK = 4; // CSS pixels that a click may stray
const WHEEL_REST = 300; // ms without a turn that end a zoom
const SCROLL_REST = 400; // ms in which a page that was scrolled goes on being scrolled
const HOLD = 180; // ms that a finger rests before it drags
const FREE = 0.4; // of the window's height beside a plane: enough to scroll there

let scrolledAt = -Infinity; // when the page, or a part of it, last moved
let isListening = false;
function noteScrolling() {
  if (isListening) return;
  isListening = true;
  const note = (/** @type {Event} */ event) => (scrolledAt = event.timeStamp);
  document.addEventListener("scroll", note, { capture: true, passive: true });
}

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
  /** @type {ReturnType<typeof setTimeout> | undefined} runs while a finger may still scroll the page */ let waiting;
  noteScrolling();

  const where = (/** @type {PointerEvent | WheelEvent} */ event) => positionIn(target, event);
  /** The wheel rests, or something else is pressed, perhaps a link: what the wheel did is settled before that. */
  const settle = () => {
    clearTimeout(rest);
    document.removeEventListener("pointerdown", settle, { capture: true });
    handlers.settled?.();
  };

  const begin = (/** @type {At} */ at) => {
    clearTimeout(waiting);
    waiting = undefined;
    mode = "drag";
    origin = at;
    strayed = false;
    handlers.start(at);
  };
  /** Whether a finger may want to scroll the page. @param {PointerEvent} event @param {At} at */
  const mayScroll = (event, at) =>
    event.pointerType === "touch" && target.clientHeight > (1 - FREE) * innerHeight && !handlers.holds?.(at);

  target.onpointerdown = (event) => {
    const at = where(event);
    target.setPointerCapture(event.pointerId);
    target.focus({ preventScroll: true });
    down.set(event.pointerId, at);
    handlers.hover(null);
    if (down.size === 1 && event.button === 0 && !event.shiftKey && !space) {
      mode = null;
      origin = at;
      if (mayScroll(event, at)) waiting = setTimeout(() => begin(origin), HOLD);
      else begin(at);
    } else {
      clearTimeout(waiting);
      waiting = undefined;
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
    if (waiting !== undefined && Math.abs(at.x - origin.x) > CLICK) begin(origin);
    if (mode === "drag") {
      strayed ||= Math.hypot(at.x - origin.x, at.y - origin.y) > CLICK;
      if (strayed) handlers.move(at);
    } else if (mode === "pan") {
      const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        const [was, is] = [before, at].map((p) => Math.hypot(p.x - other.x, p.y - other.y));
        handlers.zoom?.({ x: (before.x + other.x) / 2, y: (before.y + other.y) / 2 }, is / (was || 1));
      }
      const share = other ? 0.5 : 1; // of two fingers, each moves the middle by half
      handlers.pan?.((at.x - before.x) * share, (at.y - before.y) * share);
    }
    down.set(event.pointerId, at);
  };
  target.onpointerup = target.onpointercancel = (event) => {
    if (!down.delete(event.pointerId)) return;
    const isUp = event.type === "pointerup";
    if (waiting !== undefined && isUp) begin(where(event)); // a tap
    clearTimeout(waiting);
    waiting = undefined;
    if (mode === "drag") handlers.end(where(event), !strayed && isUp);
    else if (mode === "pan" && down.size)
      return; // the finger that is left goes on moving the view
    else if (mode === "pan") handlers.settled?.();
    mode = null;
  };
  // The style sheet lets a finger scroll the page; not one that does something else.
  target.addEventListener("touchmove", (event) => mode && event.cancelable && event.preventDefault(), {
    passive: false,
  });
  target.onpointerleave = () => handlers.hover(null);
  target.oncontextmenu = (event) => event.preventDefault();
  target.addEventListener(
    "wheel",
    (event) => {
      if (event.ctrlKey)
        event.preventDefault(); // a pinch on a touchpad never zooms the page
      else if (!event.cancelable || event.timeStamp - scrolledAt < SCROLL_REST) return;
      const factor = Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0018));
      if (!handlers.zoom?.(where(event), factor)) return;
      event.preventDefault();
      clearTimeout(rest);
      rest = setTimeout(settle, WHEEL_REST);
      document.addEventListener("pointerdown", settle, { capture: true });
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
