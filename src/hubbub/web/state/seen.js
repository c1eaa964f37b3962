// How far others have read in the rooms on the screen, as far as they let one see it.

/** @import { Id, Message, Person, Reader, Seq, State } from "../types.d.ts" */

import { standsInRoom } from "./message-changes.js";
import { enumerated } from "./people.js";
import { say } from "./words.js";

const MOST_NAMED = 3;

/** Somebody in a direct room has just read up to `seq`. @param {State} state @param {{ room: Id, user: Id, seq: Seq }} frame @returns {State} */
export function seenHeard(state, { room, user, seq }) {
  const person = state.rooms[room]?.members?.find(({ id }) => id === user);
  return person ? withReaders(state, room, (readers) => [...without(readers, [person]), readUpTo(readers, person, seq)]) : state;
}

/**
 * What the server says of a message: who is not named has not read as far, or lets nobody see it any more.
 * @param {State} state @param {Id} room @param {Seq} seq @param {Person[]} people @returns {State}
 */
export function seenAnswered(state, room, seq, people) {
  return withReaders(state, room, (readers) => [
    ...without(readers, people).filter((reader) => reader.seq < seq),
    ...people.map((person) => readUpTo(readers, person, seq)),
  ]);
}

/**
 * Which of one's own messages to ask about: the newest, and for the case that nobody has read as far, the last one that was
 * said before somebody else's words.
 * @param {Message[]} messages @param {Id} me @returns {Seq[]}
 */
export function askedAbout(messages, me) {
  const newest = messages.findLastIndex((message) => isShown(message, me));
  const others = messages.findLastIndex((message, index) => index < newest && message.by.id !== me);
  const older = messages.findLastIndex((message, index) => index < others && isShown(message, me));
  return [newest, older].filter((index) => index >= 0).map((index) => messages[index].seq);
}

/** The newest message of one's own that others have read, and their names; null where there is none. @param {Message[]} messages @param {Id} me @param {Reader[]} [readers] */
export function lastSeen(messages, me, readers = []) {
  const furthest = Math.max(0, ...readers.map(({ seq }) => seq));
  const message = messages.findLast((each) => each.seq <= furthest && isShown(each, me));
  if (!message) return null;
  const names = readers.filter(({ seq }) => seq >= message.seq).map(({ person }) => person.name);
  return { seq: message.seq, names: names.sort((one, other) => one.localeCompare(other)) };
}

/** @param {string[]} names one at least */
export const seenSentence = (names) => say("Seen by #", enumerated(names.slice(0, MOST_NAMED), names.length - MOST_NAMED));

/** @param {Message} message @param {Id} me */
const isShown = (message, me) => message.by.id === me && !message.deleted && standsInRoom(message);

/** A mark never moves back. @param {Reader[]} readers @param {Person} person @param {Seq} seq @returns {Reader} */
const readUpTo = (readers, person, seq) => ({ person, seq: Math.max(seq, readers.find((reader) => reader.person.id === person.id)?.seq ?? 0) });

/** @param {Reader[]} readers @param {Person[]} people */
const without = (readers, people) => readers.filter(({ person }) => !people.some(({ id }) => id === person.id));

/** @param {State} state @param {Id} room @param {(readers: Reader[]) => Reader[]} change @returns {State} */
const withReaders = (state, room, change) => ({ ...state, seen: { ...state.seen, [room]: change(state.seen[room] ?? []) } });
