// What one tab tells another that comes later, and how that one notices what it has missed.

/** @import { State, Frame, MyRoom, Id } from "../types.d.ts" */

/** A `welcome` out of what this tab knows; a room also says how far it has come. @param {State} state @returns {Frame | null} */
export function welcomeFrom({ phase, epoch, me, rooms, limits, presence }) {
  return phase === "signed-in" && me ? { type: "welcome", epoch, user: me, rooms: Object.values(rooms), limits, presence } : null;
}

/** The rooms of which another tab has seen more. @param {Record<Id, MyRoom>} known @param {MyRoom[]} told @returns {MyRoom[]} */
export function roomsAhead(known, told) {
  return told.filter(({ id, cursor }) => known[id] && cursor !== undefined && cursor > known[id].cursor);
}

/** Whether something is missing before this event. @param {Record<Id, MyRoom>} rooms @param {Frame} frame */
export function isHole(rooms, frame) {
  const room = rooms[frame.room];
  return typeof frame.seq === "number" && frame.by !== undefined && room !== undefined && frame.seq > room.cursor + 1;
}
