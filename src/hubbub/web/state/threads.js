// Threads: where each is kept beside its room, what is new in those that one follows, and single messages from elsewhere.

/** @import { FollowedThread, Id, Message, NotificationLevel, RoomEvent, Seq, State } from "../types.d.ts" */

import { changesOf } from "./message-changes.js";

/** The name of a thread's own timeline, or of one message. @param {Id} room @param {Seq} seq */
export const placeOf = (room, seq) => `${room}/${seq}`;

/** The room that a timeline belongs to, a room's own or a thread's. @param {string} place */
export const roomOf = (place) => place.split("/")[0];

/** What of a record belongs to other rooms. @template T @param {Record<string, T>} record @param {Id} room @returns {Record<string, T>} */
export function withoutPlaces(record, room) {
  return Object.fromEntries(Object.entries(record).filter(([place]) => roomOf(place) !== room));
}

/** A message wherever it is known from; undefined when it is not. @param {Pick<State, "timelines" | "singles">} state @param {Id} room @param {Seq} seq */
export function knownMessage({ timelines, singles }, room, seq) {
  const places = Object.keys(timelines).filter((place) => roomOf(place) === room);
  return places.flatMap((place) => timelines[place].messages).find((message) => message.seq === seq) ?? singles[placeOf(room, seq)];
}

/** @param {State["singles"]} singles @param {RoomEvent} event @returns {State["singles"]} */
export function singlesChanged(singles, event) {
  let changed = singles;
  for (const [seq, change] of changesOf(event)) {
    const place = placeOf(event.room, seq);
    const message = changed[place];
    if (message && message !== "missing") changed = { ...changed, [place]: change(message) };
  }
  return changed;
}

/** The reply of somebody else makes a thread that one follows newer. @param {State["followed"]} followed @param {RoomEvent} event @param {Id} me @param {boolean} looking */
export function replyFollowed(followed, event, me, looking) {
  if (event.thread === undefined || !followed) return followed;
  const place = placeOf(event.room, event.thread);
  const known = followed[place];
  const own = event.by.id === me;
  if (!known) return own || event.mentions?.includes(me) ? { ...followed, [place]: newlyFollowed(event, own || looking) } : followed;
  return { ...followed, [place]: { ...known, unread: own || looking ? 0 : known.unread + 1, last_at: event.at } };
}

/** The first reply to a message of one's own begins a thread that one follows. @param {State["followed"]} followed @param {RoomEvent} event @param {Message | "missing" | undefined} first @param {Id} me */
export function firstReplyFollowed(followed, event, first, me) {
  if (!followed || event.thread === undefined || !first || first === "missing") return followed;
  const place = placeOf(event.room, event.thread);
  if (followed[place] || first.by.id !== me || first.replies || event.by.id === me) return followed;
  return { ...followed, [place]: newlyFollowed(event, false) };
}

/** @param {{ message: Message, unread: number, level?: NotificationLevel }[]} items @returns {Record<string, FollowedThread>} */
export function followedOf(items) {
  return Object.fromEntries(items.map(({ message, unread, level = "all" }) => [
    placeOf(message.room, message.seq), { room: message.room, thread: message.seq, unread, last_at: message.replies?.last_at ?? message.at, level },
  ]));
}

/** @param {State["followed"]} followed @param {string} place */
export function threadRead(followed, place) {
  return followed?.[place]?.unread ? { ...followed, [place]: { ...followed[place], unread: 0 } } : followed;
}

/** How many replies are unread in all threads that one follows. @param {State["followed"]} followed */
export const unreadReplies = (followed) => Object.values(followed ?? {}).reduce((sum, { unread, level }) => sum + (level === "all" ? unread : 0), 0);

/** @param {RoomEvent} event @param {boolean} read @returns {FollowedThread} */
const newlyFollowed = (event, read) => ({ room: event.room, thread: event.thread ?? 0, unread: read ? 0 : 1, last_at: event.at, level: "all" });
