// Gestures of a finger: along the words on a message replies to it, in from the edge shows the rooms. Buttons do the same.

/** @import { Client } from "../client.js" */

import { isFromEdge, swipe } from "../state/swipes.js";
import { useState } from "../view.js";

/** What has a use of its own for a finger that moves to the side. */
const SCROLLS = "pre, .table-place, textarea, input, select, audio, video, .message-actions, dialog";
const PHONE = "(max-width: 44.99rem)";
const TABLET = "(max-width: 59.99rem)";
const BACK_MS = 140;

/** @typedef {{ id: number, x: number, y: number, row: HTMLElement | null, isOne: boolean, isDone: boolean, by: number }} Finger */

/** @param {(row: HTMLElement) => void} reply @returns {Record<string, (event: any) => void>} what a list of messages listens to */
export function useSwipeToReply(reply) {
  const [finger] = useState(() => /** @type {Finger} */ ({ id: -1, x: 0, y: 0, row: null, isOne: false, isDone: false, by: 0 }));
  const end = (/** @type {PointerEvent} */ event, /** @type {boolean} */ counts) => {
    const { row, id, isOne, isDone, by } = finger;
    if (event.pointerId !== id || !row) return;
    Object.assign(finger, { row: null, id: -1, isOne: false, isDone: false });
    if (isOne) returns(row, by);
    if (counts && isDone) reply(row);
  };
  return {
    onPointerDown: (/** @type {PointerEvent} */ event) => {
      const row = beginsOn(event)?.closest("article.message[data-seq]");
      if (row && finger.row === null) Object.assign(finger, { id: event.pointerId, x: event.clientX, y: event.clientY, row });
    },
    onPointerMove: (/** @type {PointerEvent} */ event) => {
      if (event.pointerId !== finger.id || !finger.row) return;
      Object.assign(finger, swipe((event.clientX - finger.x) * forward(), finger.isOne ? 0 : event.clientY - finger.y));
      if (finger.isOne) goesAlong(finger.row, finger);
    },
    onPointerUp: (/** @type {PointerEvent} */ event) => end(event, true),
    onPointerCancel: (/** @type {PointerEvent} */ event) => end(event, false),
  };
}

/** @param {Client} client @returns {Record<string, (event: any) => void>} what the whole page listens to */
export function useSwipeFromEdge(client) {
  const [finger] = useState(() => ({ id: -1, x: 0, y: 0 }));
  return {
    onPointerDown: (/** @type {PointerEvent} */ event) => {
      if (beginsOn(event)) Object.assign(finger, { id: event.pointerId, x: event.clientX, y: event.clientY });
    },
    onPointerUp: (/** @type {PointerEvent} */ event) => {
      if (event.pointerId !== finger.id) return;
      finger.id = -1;
      const from = forward() > 0 ? finger.x : innerWidth - finger.x;
      if (isFromEdge(from, (event.clientX - finger.x) * forward(), event.clientY - finger.y)) showRooms(client);
    },
    onPointerCancel: () => (finger.id = -1),
  };
}

/** @param {Client} client */
function showRooms(client) {
  const { page } = client.store.now.route;
  if (matchMedia(PHONE).matches) page !== "rooms" && client.navigation.back();
  else if (matchMedia(TABLET).matches) client.navigation.showRooms(true);
}

/** @param {PointerEvent} event */
function beginsOn(event) {
  const target = event.target instanceof Element ? event.target : null;
  return event.pointerType === "touch" && event.isPrimary && !target?.closest(SCROLLS) ? target : null;
}

const forward = () => (document.documentElement.dir === "rtl" ? -1 : 1);
const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @param {HTMLElement} row @param {Finger} finger */
function goesAlong(row, { by, isDone }) {
  row.dataset.swipe = isDone ? "done" : "begun";
  if (!isStill()) row.style.translate = `${by * forward()}px`;
}

/** @param {HTMLElement} row @param {number} by */
function returns(row, by) {
  delete row.dataset.swipe;
  row.style.translate = "";
  if (!isStill()) row.animate([{ translate: `${by * forward()}px` }, { translate: "0" }], { duration: BACK_MS, easing: "ease-out" });
}
