// Direct rooms: named by their people, put away and brought back.

/** @import { Id, MyRoom, Person, Room, Seq } from "../types.d.ts" */

import { say } from "./words.js";

/** A room as one calls it: a direct one by the people in it beside oneself. @template {Room} R @param {R} room @param {Id} me @returns {R} */
export function named(room, me) {
  return room.kind === "direct" ? { ...room, name: nameOf(room.members ?? [], me) } : room;
}

/** @param {Person[]} people @param {Id} me @returns {string} */
export function nameOf(people, me) {
  const others = people.filter((person) => person.id !== me);
  if (others.length === 0) return people[0] ? say("# (you)", people[0].name) : say("Notes");
  return others.map((person) => person.name).sort((one, other) => one.localeCompare(other)).join(", ");
}

/** The other one, where there are just two. @param {Room} room @param {Id} me @returns {Person | null} */
export function partner(room, me) {
  const others = (room.members ?? []).filter((person) => person.id !== me);
  return room.kind === "direct" && others.length === 1 ? others[0] : null;
}

/** The room was put away until something comes after `seq`. @param {MyRoom} room @param {Seq} seq @returns {MyRoom} */
export const putAway = (room, seq) => ({ ...room, hidden: seq >= room.last_seq });

/** Whether the room stands in the list: not put away, not archived. @param {Room} room */
export const isListed = (room) => !room.hidden && !room.archived;
