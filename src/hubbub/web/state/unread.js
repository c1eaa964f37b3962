// What is unread again, and what is left to catch up on.

/** @import { Id, MyRoom, Seq, State } from "../types.d.ts" */

import { isListed } from "./direct.js";
import { isUnread } from "./rooms.js";
import { openRoom } from "./routes.js";

/** A room was marked as unread again. While it is open it stays so: nobody marks it to have it read at once. @param {State} state @param {{ room: Id, seq: Seq, unread: number, mentions: number }} mark @returns {State} */
export function markedUnread(state, { room: id, seq, unread, mentions }) {
  const room = state.rooms[id];
  if (!room) return state;
  const open = openRoom(state.route) === id;
  const rooms = { ...state.rooms, [id]: { ...room, read_seq: seq, unread, mentions } };
  return open ? { ...state, rooms, keptUnread: id, newAfter: seq } : { ...state, rooms };
}

/** The rooms with something unread, those that name one first, then those with least to read. @param {Record<Id, MyRoom>} rooms @returns {MyRoom[]} */
export function roomsToCatchUpOn(rooms) {
  return Object.values(rooms).filter((room) => isUnread(room) && isListed(room))
    .sort((one, other) => Number(other.mentions > 0) - Number(one.mentions > 0) || one.unread - other.unread);
}
