// Threads: where each is kept beside its room, what is new in those that one follows, and single messages from elsewhere.

/** @import { FollowedThread, Frame, Id, ListedThread, Message, RoomEvent, Seq, State } from "../types.d.ts" */

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

/** A message as it is known now; as it was, where it is known no more. @param {Pick<State, "timelines" | "singles">} state @param {Message} message @returns {Message} */
export function asItStands(state, message) {
  const inThread = state.timelines[placeOf(message.room, message.thread ?? 0)]?.messages.find(({ seq }) => seq === message.seq);
  const known = inThread ?? knownMessage(state, message.room, message.seq);
  return known && known !== "missing" ? known : message;
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

/** The reply of somebody else makes a thread that one follows newer; one that was counted in already changes nothing. @param {State["followed"]} followed @param {RoomEvent} event @param {Id} me @param {boolean} looking */
export function replyFollowed(followed, event, me, looking) {
  if (event.thread === undefined || !followed) return followed;
  const place = placeOf(event.room, event.thread);
  const known = followed[place];
  const own = event.by.id === me;
  if (!known) return own || event.mentions?.includes(me) ? { ...followed, [place]: { ...newlyFollowed(event, own), unread: own || looking ? 0 : 1 } } : followed;
  if (event.seq <= known.last_seq) return followed;
  const now = { ...known, last_at: event.at, last_seq: event.seq, unread: own || looking ? 0 : known.unread + 1 };
  return { ...followed, [place]: own ? { ...now, read_seq: event.seq } : now };
}

/** The first reply to a message of one's own begins a thread that one follows. @param {State["followed"]} followed @param {RoomEvent} event @param {Message | "missing" | undefined} first @param {Id} me */
export function firstReplyFollowed(followed, event, first, me) {
  if (!followed || event.thread === undefined || !first || first === "missing") return followed;
  const place = placeOf(event.room, event.thread);
  if (followed[place] || first.by.id !== me || first.replies || event.by.id === me) return followed;
  return { ...followed, [place]: newlyFollowed(event, false) };
}

/** The followed threads as the server lists them, and then what was heard while it was asked. @param {ListedThread[]} items @param {Frame[]} meanwhile @param {Id} me @returns {Record<string, FollowedThread>} */
export function followedAnew(items, meanwhile, me) {
  return meanwhile.reduce((/** @type {any} */ followed, frame) =>
    (frame.type === "thread.read" ? threadRead(followed, placeOf(frame.room, frame.thread), frame.seq) : replyFollowed(followed, /** @type {any} */ (frame), me, false)), followedOf(items));
}

/** @param {ListedThread[]} items @returns {Record<string, FollowedThread>} */
export function followedOf(items) {
  return Object.fromEntries(items.map(({ message, read_seq, unread, level }) => {
    const { last_at = message.at, last_seq = message.seq } = message.replies ?? {};
    return [placeOf(message.room, message.seq), { room: message.room, thread: message.seq, read_seq, unread, last_at, last_seq: Math.max(last_seq, read_seq), level }];
  }));
}

/** Everything up to `seq` is read, here or elsewhere: what came after it may be unread. @param {State["followed"]} followed @param {string} place @param {Seq} seq */
export function threadRead(followed, place, seq) {
  const known = followed?.[place];
  if (!known || seq <= known.read_seq) return followed;
  return { ...followed, [place]: { ...known, read_seq: seq, unread: Math.min(known.unread, Math.max(0, known.last_seq - seq)) } };
}

/** How many replies are unread in all threads that one follows. @param {State["followed"]} followed */
export const unreadReplies = (followed) => Object.values(followed ?? {}).reduce((sum, { unread, level }) => sum + (level === "all" ? unread : 0), 0);

/** The threads with something unread in rooms that one is in, the newest first. @param {State["followed"]} followed @param {State["rooms"]} rooms @returns {FollowedThread[]} */
export function threadsToCatchUpOn(followed, rooms) {
  return Object.values(followed ?? {}).filter(({ room, unread, level }) => unread > 0 && level === "all" && rooms[room])
    .sort((one, other) => other.last_at.localeCompare(one.last_at));
}

/** @param {RoomEvent} event @param {boolean} own @returns {FollowedThread} */
const newlyFollowed = ({ room, thread = 0, seq, at }, own) => ({ room, thread, read_seq: own ? seq : seq - 1, unread: own ? 0 : 1, last_at: at, last_seq: seq, level: "all" });
