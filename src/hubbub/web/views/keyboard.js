// Keys that work everywhere on the page, and arrows through a list.

/** @import { Client } from "../client.js" */

import { neighbour, roomSections } from "../state/rooms.js";
import { openRoom } from "../state/routes.js";

/** Mac keyboards have a key of their own for this. */
export const FIND_KEYS = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘ K" : "Ctrl K";

/** What the sheet of shortcuts lists, and what `listenToKeys` and the views do. */
export const SHORTCUTS = [
  ["Enter", "Send the message"],
  ["Shift Enter", "Begin a new line"],
  ["↑", "Edit your last message, while the composer is empty"],
  ["@", "Name somebody"],
  ["/", "Go to the composer"],
  [FIND_KEYS, "Find a room"],
  ["Alt ↑  Alt ↓", "Previous or next room"],
  ["↑  ↓", "Through rooms or messages"],
  ["E  Delete", "Edit or delete the message in focus"],
  ["Escape", "Back to where you were"],
  ["?", "This list"],
];

/** @param {Client} client @returns {() => void} what ends the listening */
export function listenToKeys(client) {
  const listen = (/** @type {KeyboardEvent} */ event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
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
  if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "k") return () => findRoom(client);
  if (event.altKey && (key === "ArrowUp" || key === "ArrowDown")) return () => goToNeighbour(client, key === "ArrowUp" ? -1 : 1);
  if (key === "Escape") return () => escape(client);
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return null;
  if (key === "/") return () => focusComposer() || findRoom(client);
  if (key === "?") return () => client.navigation.openDialog("shortcuts");
  return null;
}

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

export function focusComposer() {
  const composer = /** @type {HTMLElement | null} */ (document.querySelector(".composer textarea"));
  composer?.focus();
  return composer !== null;
}

/** Fingers write on the screen: there Enter begins a line, and nothing takes the focus by itself. */
export const byTouch = () => matchMedia("(pointer: coarse)").matches;

/** @param {Client} client */
function findRoom(client) {
  const field = () => /** @type {HTMLInputElement | null} */ (document.querySelector(".find-room-field"));
  if (roomsLieOver()) client.navigation.showRooms(true);
  else if (!field()?.checkVisibility()) client.navigation.go({ page: "rooms" });
  setTimeout(() => field()?.focus());
}

/** Whether the rooms are behind a button, as on a tablet. */
function roomsLieOver() {
  return document.querySelector(".rooms-button")?.checkVisibility() === true;
}

/** @param {Client} client @param {1 | -1} step */
function goToNeighbour(client, step) {
  const { rooms, route } = client.store.now;
  const next = neighbour(roomSections(rooms).flatMap((section) => section.rooms), openRoom(route), step);
  if (next) client.navigation.openRoom(next.id);
}

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
