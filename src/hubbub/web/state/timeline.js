// A room's messages as the client holds them: one stretch without a hole, bounded, that grows at both ends.

/** @import { Timeline, Message, Page, PageSide, RoomEvent } from "../types.d.ts" */

import { changed } from "./message-changes.js";

/** As many messages as stay in memory and on the page; a little more is let be, so that not every arrival trims. */
export const WINDOW = 300;
const LEEWAY = 20;
const NOT_PINNED_FACTOR = 2;

/** @returns {Timeline} */
export function emptyTimeline() {
  return { messages: [], before: null, after: null, loaded: false, loading: null, failed: null, newest: 0, late: [] };
}

/** @param {Timeline} timeline @param {PageSide} side @returns {Timeline} */
export function loadingPage(timeline, side) {
  return { ...timeline, loading: side, failed: null };
}

/** @param {Timeline} timeline @returns {Timeline} */
export function pageFailed(timeline) {
  return { ...timeline, loading: null, failed: timeline.loading };
}

/**
 * The page that was asked for, put in its place. What was edited or deleted while it was on its way is done to it again.
 * @param {Timeline} timeline @param {PageSide} side @param {Page} page @returns {Timeline}
 */
export function pageLoaded(timeline, side, page) {
  const joined = side === "start" ? page.items : merged(timeline.messages, page.items);
  const last = joined.at(-1)?.seq ?? 0;
  const older = side === "after" ? timeline.before : page.before;
  const newer = side === "before" ? timeline.after : page.after;
  const missed = newer === null && timeline.newest > last;
  const full = { ...timeline, messages: joined, before: older, after: missed ? last : newer, loaded: true, loading: null, failed: null };
  const caughtUp = timeline.late.reduce(applyChange, full);
  return trimmed({ ...caughtUp, late: [], newest: Math.max(timeline.newest, last) }, side === "before" ? "newest" : "oldest", WINDOW);
}

/**
 * A new message. It joins the stretch when that reaches to the newest one; otherwise it is only known to exist.
 * @param {Timeline} timeline @param {Message} message @param {boolean} pinned whether the newest messages are in view @returns {Timeline}
 */
export function messageArrived(timeline, message, pinned) {
  const known = { ...timeline, newest: Math.max(timeline.newest, message.seq) };
  const last = timeline.messages.at(-1)?.seq ?? 0;
  if (!timeline.loaded || timeline.after !== null || message.seq <= last) return known;
  const grown = { ...known, messages: [...timeline.messages, message] };
  if (pinned) return trimmed(grown, "oldest", WINDOW + LEEWAY);
  return trimmed(grown, "newest", WINDOW * NOT_PINNED_FACTOR);
}

/** @param {Timeline} timeline @param {RoomEvent} event an edit, a deletion, a reaction, … @returns {Timeline} */
export function messageChanged(timeline, event) {
  const altered = applyChange(timeline, event);
  return timeline.loading ? { ...altered, late: [...timeline.late, event] } : altered;
}

/** @param {Timeline} timeline @param {number} seq @returns {Message | undefined} */
export function messageAt(timeline, seq) {
  return timeline.messages.find((message) => message.seq === seq);
}

/** @param {Timeline} timeline @param {RoomEvent} event @returns {Timeline} */
function applyChange(timeline, event) {
  const messages = changed(timeline.messages, event);
  return messages === timeline.messages ? timeline : { ...timeline, messages };
}

/** @param {Message[]} kept @param {Message[]} loaded @returns {Message[]} in order, each once, the loaded one where both have it */
function merged(kept, loaded) {
  const bySeq = new Map(kept.map((message) => [message.seq, message]));
  for (const message of loaded) bySeq.set(message.seq, message);
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
}

/** @param {Timeline} timeline @param {"oldest" | "newest"} end the end to cut @param {number} bound @returns {Timeline} */
function trimmed(timeline, end, bound) {
  if (timeline.messages.length <= bound) return timeline;
  if (end === "oldest") {
    const messages = timeline.messages.slice(-WINDOW);
    return { ...timeline, messages, before: messages[0].seq };
  }
  const messages = timeline.messages.slice(0, WINDOW);
  return { ...timeline, messages, after: messages[messages.length - 1].seq };
}
