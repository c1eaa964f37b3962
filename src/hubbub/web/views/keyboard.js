// Keys that work everywhere on the page, and arrows through a list.

/** @import { Client } from "../client.js" */

/** Mac keyboards have a key of their own for this. */
export const FIND_KEYS = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘ K" : "Ctrl K";

/** @param {Client} client @returns {() => void} what ends the listening */
export function listenToKeys(client) {
  const listen = (/** @type {KeyboardEvent} */ event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open], :popover-open")) return;
    const act = actionFor(client, event);
    if (!act) return;
    event.preventDefault();
    act();
  };
  document.addEventListener("keydown", listen);
  return () => document.removeEventListener("keydown", listen);
}

/** @param {Client} client @param {KeyboardEvent} event @returns {(() => void) | null} */
function actionFor(client, event) {
  const { key } = event;
  if (isPaletteKey(event)) return () => client.navigation.openDialog("palette");
  if ((event.ctrlKey || event.metaKey) && event.shiftKey && key.toLowerCase() === "f") return () => client.search.open();
  if (event.altKey && (key === "ArrowUp" || key === "ArrowDown")) {
    const step = key === "ArrowUp" ? -1 : 1;
    return () => (event.shiftKey ? client.navigation.openUnread(step) : client.navigation.openNeighbour(step));
  }
  if (key === "Escape") return () => escape(client);
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return null;
  if (key === "/") return () => focusComposer() || client.navigation.openDialog("palette");
  if (key === "?") return () => client.navigation.openDialog("shortcuts");
  return null;
}

/** @param {KeyboardEvent} event */
export const isPaletteKey = (event) => (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k";

/** Arrows, Home and End move the focus among the elements that match. @param {KeyboardEvent} event @param {string} selector */
export function moveAmong(event, selector) {
  const list = /** @type {HTMLElement} */ (event.currentTarget);
  if (event.altKey || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
  const items = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(selector)]);
  const current = items.findIndex((item) => item.contains(document.activeElement));
  const last = items.length - 1;
  /** @type {Record<string, number>} */
  const targets = { ArrowUp: current < 0 ? last : current - 1, ArrowDown: current < 0 ? last : current + 1, Home: 0, End: last };
  const target = targets[event.key];
  if (target === undefined || target < 0 || target > last) return;
  event.preventDefault();
  items[target].focus();
}

/** @param {number} [thread] the one beside the room, where it is written in that */
export function focusComposer(thread) {
  const composer = /** @type {HTMLElement | null} */ (document.querySelector(thread === undefined ? ".composer textarea" : ".panel .composer textarea"));
  composer?.focus();
  return composer !== null;
}

/** Fingers write on the screen: there Enter begins a line, and nothing takes the focus by itself. */
export const byTouch = () => matchMedia("(pointer: coarse)").matches;

/** @param {Client} client */
function escape(client) {
  const { route } = client.store.now;
  if (client.store.now.roomsOver) client.navigation.showRooms(false);
  else if (route.page === "room" && route.panel) client.navigation.back();
  else focusComposer();
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}
