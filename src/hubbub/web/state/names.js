// Somebody has another name. What they said before keeps the one that it was said under, as it does in the log.

/** @import { Person, State } from "../types.d.ts" */

import { named } from "./direct.js";

/** @param {State} state @param {Person} user @returns {State} */
export function renamed(state, user) {
  const me = state.me?.id === user.id ? { ...state.me, ...user } : state.me;
  const isHere = (/** @type {Person[] | undefined} */ people) => people?.some(({ id }) => id === user.id);
  const rooms = Object.entries(state.rooms).map(([id, room]) =>
    [id, isHere(room.members) ? named({ ...room, members: room.members?.map((each) => (each.id === user.id ? user : each)) }, me?.id ?? "") : room]);
  const members = Object.entries(state.members).map(([id, all]) =>
    [id, isHere(all.map((member) => member.user)) ? all.map((member) => (member.user.id === user.id ? { ...member, user } : member)) : all]);
  const seen = Object.entries(state.seen).map(([id, readers]) =>
    [id, isHere(readers.map(({ person }) => person)) ? readers.map((reader) => (reader.person.id === user.id ? { ...reader, person: user } : reader)) : readers]);
  return { ...state, me, rooms: Object.fromEntries(rooms), members: Object.fromEntries(members), seen: Object.fromEntries(seen) };
}
