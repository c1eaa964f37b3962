// Deletions before the server has them: undone until their time is up, then decided, and only then sent.

/** @import { Deletion, Id, Seq } from "../types.d.ts" */

export const UNDO_MS = 10_000;

/** @param {Deletion} one @param {Id} room @param {Seq} seq */
const isOf = (one, room, seq) => one.room === room && one.seq === seq;

/** @param {Deletion[]} deletions @param {Id} room @param {Seq} seq */
export const deletionOf = (deletions, room, seq) => deletions.find((each) => isOf(each, room, seq));

/** Each message once; a clock that was set back makes nobody wait longer than ever. @param {Deletion[]} deletions @param {Deletion} more @param {number} now @returns {Deletion[]} */
export function withDeletion(deletions, more, now) {
  if (deletionOf(deletions, more.room, more.seq)) return deletions;
  return [...deletions, { ...more, until: Math.min(more.until, now + UNDO_MS), decided: more.until <= now }];
}

/** @param {Deletion[]} deletions @param {Id} room @param {Seq} seq @returns {Deletion[]} */
export const withoutDeletion = (deletions, room, seq) => deletions.filter((each) => !isOf(each, room, seq));

/** Those whose time is up can no longer be undone. @param {Deletion[]} deletions @param {number} now `Infinity` when the page goes @returns {Deletion[]} */
export function decidedBy(deletions, now) {
  const isDue = (/** @type {Deletion} */ each) => !each.decided && each.until <= now;
  return deletions.some(isDue) ? deletions.map((each) => (isDue(each) ? { ...each, decided: true } : each)) : deletions;
}

/** When the next one is decided; null when none is open. @param {Deletion[]} deletions */
export function nextDecision(deletions) {
  const times = deletions.filter(({ decided }) => !decided).map(({ until }) => until);
  return times.length ? Math.min(...times) : null;
}
