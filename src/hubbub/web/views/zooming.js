// Nearer and farther by wheel, double click and two fingers; moving about; and swiping while all is seen.

/** @import { Zoom } from "../state/zoom.js" */

import { movedBy, swipeOf, WHOLE, zoomedAt } from "../state/zoom.js";
import { useEffect, useLayoutEffect, useRef, useState } from "../view.js";

const DOUBLE = 2.5;
const WHEEL = 0.0015;

/** @typedef {{ after: () => void, before: () => void, close: () => void }} Swipes */
/** @typedef {Map<number, { x: number, y: number }>} Fingers */

/** @param {{ current: HTMLElement | null }} stage @param {unknown} shown what is seen whole at first @param {Swipes} swipes */
export function useZoom(stage, shown, swipes) {
  const [zoom, setZoom] = useState(WHOLE);
  const fingers = useRef(/** @type {Fingers} */ (new Map())).current;
  const swipe = useRef({ x: 0, y: 0, alone: true });
  useLayoutEffect(() => setZoom(WHOLE), [shown]);
  const box = () => ({ width: stage.current?.clientWidth ?? 0, height: stage.current?.clientHeight ?? 0 });
  const nearer = (/** @type {number} */ factor, point = { x: 0, y: 0 }) => setZoom((now) => (factor === 0 ? WHOLE : zoomedAt(now, factor, point, box())));
  useWheel(stage, (event) => nearer(Math.exp(-event.deltaY * WHEEL), pointIn(stage.current, event)));
  const down = (/** @type {PointerEvent} */ event) => {
    stage.current?.setPointerCapture(event.pointerId);
    if (fingers.size === 0) swipe.current = { x: 0, y: 0, alone: true };
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  };
  const moved = (/** @type {PointerEvent} */ event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    const [x, y] = [event.clientX - before.x, event.clientY - before.y];
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (other) nearer(distance(other, { x: event.clientX, y: event.clientY }) / distance(other, before), pointIn(stage.current, event));
    swipe.current = { x: swipe.current.x + x, y: swipe.current.y + y, alone: swipe.current.alone && !other };
    if (!other) setZoom((now) => (now.scale > 1 ? movedBy(now, x, y, box()) : now));
  };
  const up = (/** @type {PointerEvent} */ event) => {
    fingers.delete(event.pointerId);
    if (fingers.size || zoom.scale > 1 || event.pointerType === "mouse" || !swipe.current.alone) return;
    const meant = swipeOf(swipe.current.x * (document.documentElement.dir === "rtl" ? -1 : 1), swipe.current.y);
    if (meant) swipes[meant]();
  };
  const twice = (/** @type {MouseEvent} */ event) => nearer(zoom.scale > 1 ? 0 : DOUBLE, pointIn(stage.current, event));
  const listeners = { onPointerDown: down, onPointerMove: moved, onPointerUp: up, onPointerCancel: up, onDblClick: twice };
  return { listeners, nearer: (/** @type {number} */ factor) => nearer(factor), style: { transform: `translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale})` } };
}

/** The page must not scroll meanwhile, which only a listener that is not passive can say. @param {{ current: HTMLElement | null }} stage @param {(event: WheelEvent) => void} turned */
function useWheel(stage, turned) {
  const latest = useRef(turned);
  latest.current = turned;
  useEffect(() => {
    const listen = (/** @type {WheelEvent} */ event) => {
      event.preventDefault();
      latest.current(event);
    };
    stage.current?.addEventListener("wheel", listen, { passive: false });
    return () => stage.current?.removeEventListener("wheel", listen);
  }, []);
}

/** Counted from the middle. @param {HTMLElement | null} stage @param {{ clientX: number, clientY: number }} event */
function pointIn(stage, { clientX, clientY }) {
  const { left, top, width, height } = stage?.getBoundingClientRect() ?? { left: 0, top: 0, width: 0, height: 0 };
  return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
}

/** @param {{ x: number, y: number }} one @param {{ x: number, y: number }} other */
const distance = (one, other) => Math.max(1, Math.hypot(one.x - other.x, one.y - other.y));
