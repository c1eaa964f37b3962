// What the chat has been asked to do later: messages that wait for their time, and reminders that have come.

/** @import { Frame, State } from "../types.d.ts" */

import { placeOf } from "./threads.js";

/** Nothing is known yet. @type {State["scheduled"]} */
export const NOTHING_SCHEDULED = { waiting: 0, failed: 0, changes: 0 };

/** The server says how many there are now. `changes` grows, so that a list of them is loaded anew. @param {State} state @param {Frame} frame @returns {State} */
export function scheduledHeard(state, { waiting, failed }) {
  return { ...state, scheduled: { waiting, failed, changes: state.scheduled.changes + 1 } };
}

/** The same from the list itself. @param {State} state @param {{ failed?: string }[]} items @returns {State} */
export function scheduledLoaded(state, items) {
  const failed = items.filter((item) => item.failed !== undefined).length;
  return { ...state, scheduled: { ...state.scheduled, waiting: items.length - failed, failed } };
}

/** It is time to be reminded of a message. @param {State} state @param {Frame} frame @returns {State} */
export function reminderHeard(state, { room, seq }) {
  const place = placeOf(room, seq);
  return state.due.includes(place) ? state : { ...state, due: [...state.due, place] };
}

/** What one has been reminded of and has not dealt with, as the list of bookmarks says. @param {State} state @param {{ message: { room: string, seq: number }, due?: boolean }[]} kept @returns {State} */
export function bookmarksLoaded(state, kept) {
  const due = kept.filter((each) => each.due).map(({ message }) => placeOf(message.room, message.seq));
  return due.join(" ") === state.due.join(" ") ? state : { ...state, due };
}
