// What was begun and not sent, per room.

/** @import { Id } from "../types.d.ts" */

/** @param {Record<Id, string>} drafts @param {Id} room @param {string} text @returns {Record<Id, string>} */
export function draftKept(drafts, room, text) {
  if ((drafts[room] ?? "") === text) return drafts;
  const { [room]: _before, ...others } = drafts;
  return text ? { ...others, [room]: text } : others;
}

/** Whether the sidebar should say that something waits here. @param {Record<Id, string>} drafts @param {Id} room */
export const hasDraft = (drafts, room) => (drafts[room] ?? "").trim() !== "";

/** Where a caret stands when the words around it have become others: what it stood behind it stands behind, or else before. @param {string} before @param {string} after @param {number} caret */
export function caretAfter(before, after, caret) {
  const fromEnd = before.length - caret;
  if (before !== "" && after.startsWith(before.slice(0, caret))) return caret;
  return after.endsWith(before.slice(caret)) ? after.length - fromEnd : Math.min(caret, after.length);
}
