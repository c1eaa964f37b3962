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
