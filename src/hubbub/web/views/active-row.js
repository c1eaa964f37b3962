// Which message shows its actions: the one under the pointer, in focus, or pressed long by a finger.

import { useState } from "../view.js";
import { byTouch } from "./keyboard.js";
import { LongPress } from "./long-press.js";

/** @param {{ current: HTMLElement | null }} list @returns {[string | null, Record<string, (event: any) => void>]} the row's key, and what the list listens to */
export function useActiveRow(list) {
  const [active, setActive] = useState(/** @type {string | null} */ (null));
  const [press] = useState(() => new LongPress());
  const listeners = {
    onPointerOver: (/** @type {PointerEvent} */ event) => event.pointerType === "mouse" && setActive(keyOf(event.target) ?? keyInFocus(list)),
    onPointerLeave: (/** @type {PointerEvent} */ event) => event.pointerType === "mouse" && setActive(keyInFocus(list)),
    onFocusIn: (/** @type {FocusEvent} */ event) => isMeant(event.target) && setActive(keyOf(event.target)),
    onFocusOut: (/** @type {FocusEvent} */ event) => list.current?.contains(/** @type {Node | null} */ (event.relatedTarget)) || setActive(null),
    onPointerDown: (/** @type {PointerEvent} */ event) => {
      if (event.pointerType === "mouse") return;
      const key = keyOf(event.target);
      if (key !== active) setActive(null);
      press.begin(event, () => setActive(key));
    },
    ...press.listeners,
  };
  return [active, listeners];
}

/** What a finger pressed has the focus too, and the actions would lie over it. @param {EventTarget | null} target */
const isMeant = (target) => !byTouch() || (target instanceof Element && target.matches("article, :focus-visible"));

/** @param {EventTarget | null} target @returns {string | null} */
function keyOf(target) {
  const row = target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest("article.message")) : null;
  return row?.dataset.key ?? null;
}

/** @param {{ current: HTMLElement | null }} list */
function keyInFocus(list) {
  return list.current?.contains(document.activeElement) ? keyOf(document.activeElement) : null;
}
