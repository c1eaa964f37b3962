// What the palette offers for the words that were written: rooms to go to, things to do, best first.

/** @import { MyRoom, Id, Person } from "../types.d.ts" */

import { isUnread, roomSections } from "./rooms.js";

const MOST = 12;
const ROOMS_AT_FIRST = 7;
const MOST_PEOPLE = 4;
const LEAST_IN_ORDER = 3;
const ONLY_COMMANDS = ">";

/** @typedef {{ id: string, name: string, icon: string, keys?: string }} Command something to do, as the palette lists it */
/** @typedef {{ kind: "room", id: string, name: string, room: MyRoom } | { kind: "command", id: string, name: string, command: Command } | { kind: "person", id: string, name: string, person: Person }} Choice */

/**
 * @param {object} view
 * @param {Record<Id, MyRoom>} view.rooms
 * @param {Command[]} view.commands
 * @param {Id | null} view.open the room that is open now: nobody wants to go where they are
 * @param {Person[]} [view.people] those whom the server found for the words
 * @param {string} view.words
 * @returns {Choice[]}
 */
export function choicesFor({ rooms, commands, open, people = [], words }) {
  const wanted = words.trim();
  const doing = commands.map((command) => /** @type {Choice} */ ({ kind: "command", id: command.id, name: command.name, command }));
  if (wanted.startsWith(ONLY_COMMANDS)) return matching(doing, wanted.slice(1));
  const going = roomSections(rooms).flatMap((section) => section.rooms).filter(({ id }) => id !== open).sort(byAttention)
    .map((room) => /** @type {Choice} */ ({ kind: "room", id: room.id, name: room.name, room }));
  if (!wanted) return [...going.slice(0, ROOMS_AT_FIRST), ...doing].slice(0, MOST);
  const found = matching(peopleWithoutRoom(people, rooms), wanted).slice(0, MOST_PEOPLE);
  // They come a moment later, and so at the end: what one is about to choose does not move.
  return [...matching([...going, ...doing], wanted).slice(0, MOST - found.length), ...found];
}

/** Whom one talks with already is there as a room. @param {Person[]} people @param {Record<Id, MyRoom>} rooms @returns {Choice[]} */
function peopleWithoutRoom(people, rooms) {
  const names = new Set(Object.values(rooms).filter((room) => room.kind === "direct").map((room) => room.name));
  return people.filter(({ name }) => !names.has(name)).map((person) => ({ kind: "person", id: person.id, name: person.name, person }));
}

/** @param {Choice[]} choices @param {string} words */
function matching(choices, words) {
  const ranked = choices.map((choice, index) => ({ choice, index, rank: rankOf(choice.name, words) }));
  return ranked.filter(({ rank }) => rank < Infinity).sort((one, other) => one.rank - other.rank || one.index - other.index)
    .slice(0, MOST).map(({ choice }) => choice);
}

/**
 * How well a name answers the words: it begins with them, a word of it does, it contains them, or it has their letters in order.
 * @param {string} name @param {string} words @returns {number} less is better, Infinity is not at all
 */
export function rankOf(name, words) {
  const wanted = plain(words.trim());
  const has = plain(name);
  if (has.startsWith(wanted)) return 0;
  if (has.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted))) return 1;
  if (has.includes(wanted)) return 2;
  return wanted.length >= LEAST_IN_ORDER && inOrder(has, wanted) ? 3 : Infinity;
}

/** Without capitals and accents. @param {string} text */
const plain = (text) => text.toLocaleLowerCase().normalize("NFD").replaceAll(/\p{M}/gu, "");

/** @param {string} text @param {string} letters */
function inOrder(text, letters) {
  let from = 0;
  for (const letter of letters) {
    const found = text.indexOf(letter, from);
    if (found < 0) return false;
    from = found + letter.length;
  }
  return true;
}

/** First where one is spoken to, then where there is news; else in the order of the sidebar. @param {MyRoom} one @param {MyRoom} other */
function byAttention(one, other) {
  return Number(other.mentions > 0) - Number(one.mentions > 0) || Number(isUnread(other)) - Number(isUnread(one));
}
