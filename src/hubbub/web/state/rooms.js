// One's own rooms: their order, and what in them is unread.

/** @import { Message, MyRoom, Room, RoomEvent, Id, Seq, Timeline } from "../types.d.ts" */

import { isListed, named } from "./direct.js";
import { names, standsInRoom } from "./message-changes.js";

/**
 * The rooms as `welcome` names them. Where the conversation goes on from a cursor, that cursor stays.
 * @param {Record<Id, MyRoom>} known @param {(Room & { cursor?: Seq })[]} rooms another tab says too how far it has come @param {boolean} afresh whether the cursors count no longer @param {Id} me
 * @returns {Record<Id, MyRoom>}
 */
export function roomsWelcomed(known, rooms, afresh, me) {
  return Object.fromEntries(
    rooms.map((room) => {
      const cursor = !afresh && isSame(known[room.id], room) && known[room.id].cursor;
      return [room.id, { ...named(room, me), cursor: cursor || (room.cursor ?? room.last_seq) }];
    }),
  );
}

/** Whether a room is as it was known: not left meanwhile and joined again, with its past kept from whoever joins. @param {Room | undefined} known @param {Room} room */
export const isSame = (known, room) => known !== undefined && (known.first_seq ?? 1) === (room.first_seq ?? 1);

/** @param {Record<Id, MyRoom>} rooms @param {Room} room @param {Id} me @returns {Record<Id, MyRoom>} */
export function roomAdded(rooms, room, me) {
  return { ...rooms, [room.id]: { ...named(room, me), cursor: rooms[room.id]?.cursor ?? room.last_seq } };
}

/** @param {Record<Id, MyRoom>} rooms @param {Id} id @returns {Record<Id, MyRoom>} */
export function roomRemoved(rooms, id) {
  const { [id]: _gone, ...rest } = rooms;
  return rest;
}

/** @param {MyRoom} room @param {Seq} seq @returns {MyRoom} */
export function eventSeen(room, seq) {
  const hidden = room.hidden && seq <= room.last_seq;
  return { ...room, hidden, cursor: Math.max(room.cursor, seq), last_seq: Math.max(room.last_seq, seq) };
}

/**
 * What a new message does to the counts. Those that `welcome` has counted already come again when it catches up.
 * @param {MyRoom} room as it was before the event was seen @param {RoomEvent} event @param {Id} me @param {boolean} attentive @returns {MyRoom}
 */
export function messageCounted(room, event, me, attentive) {
  if (event.seq <= room.last_seq) return room;
  const waited = event.scheduled && room.unread > 0;
  if ((event.by.id === me && !waited) || attentive) return allRead(room, event.seq);
  const mentioned = names(event, me) ? 1 : 0;
  return { ...room, unread: room.unread + (standsInRoom(event) ? 1 : 0), mentions: room.mentions + mentioned };
}

/** Whether something in it waits to be read, be it only a thread that names one. @param {Room} room */
export const isUnread = (room) => room.unread > 0 || room.mentions > 0;

/**
 * What an edit or a deletion does to the count of those messages that name one.
 * @param {MyRoom} room as it was before the event was seen @param {RoomEvent} event @param {Message} before @param {Message} after @param {Id} me @returns {MyRoom}
 */
export function mentionsCounted(room, event, before, after, me) {
  if (event.seq <= room.last_seq || before.seq <= room.read_seq) return room;
  return { ...room, mentions: Math.max(0, room.mentions + Number(names(after, me)) - Number(names(before, me))) };
}

/** After which message the unread ones begin. Who has never read in a room comes to its newest message. @param {MyRoom | undefined} room @returns {Seq | null} */
export function firstUnreadAfter(room) {
  return room && room.unread > 0 && room.read_seq > 0 ? room.read_seq : null;
}

/**
 * Whether all that there is in a room is loaded, so that whoever looks at its end has seen it.
 * @param {MyRoom} room @param {Timeline | undefined} timeline
 */
export function isWhole(room, timeline) {
  return timeline?.loaded === true && timeline.after === null && room.cursor >= room.last_seq;
}

/** @param {MyRoom} room @param {Seq} seq @returns {MyRoom} */
export function allRead(room, seq) {
  return { ...room, read_seq: Math.max(room.read_seq, seq), unread: 0, mentions: 0 };
}

/** The folders that one has, by name. @param {Record<Id, MyRoom>} rooms @returns {string[]} */
export function foldersOf(rooms) {
  return [...new Set(Object.values(rooms).flatMap((room) => room.folder || []))].sort((one, other) => one.localeCompare(other));
}

/**
 * The rooms as the sidebar lists them: by section, one's own folders first, each by name; direct rooms with the latest word first.
 * @param {Record<Id, MyRoom>} rooms @returns {{ name: string, rooms: MyRoom[] }[]}
 */
export function roomSections(rooms) {
  const all = Object.values(rooms).filter(isListed);
  const loose = all.filter((room) => !room.folder);
  const named = loose.filter((room) => room.kind !== "direct").sort(byName);
  const direct = loose.filter((room) => room.kind === "direct").sort((one, other) => other.last_seq - one.last_seq || byName(one, other));
  return [
    ...foldersOf(rooms).map((name) => ({ name, rooms: all.filter((room) => room.folder === name).sort(byName) })),
    { name: "Rooms", rooms: named },
    { name: "Direct messages", rooms: direct },
  ].filter((section) => section.rooms.length > 0);
}

/** What is unread in the rooms that are listed. @param {Record<Id, MyRoom>} rooms @returns {{ unread: number, mentions: number }} */
export function totals(rooms) {
  return Object.values(rooms).filter(isListed).reduce(
    (sum, room) => ({ unread: sum.unread + room.unread, mentions: sum.mentions + room.mentions }),
    { unread: 0, mentions: 0 },
  );
}

/** The next room in the order of the sidebar, going round at the ends. @param {MyRoom[]} rooms @param {Id | null} current @param {1 | -1} step */
export function neighbour(rooms, current, step) {
  if (rooms.length === 0) return null;
  const index = rooms.findIndex((room) => room.id === current);
  if (index < 0) return rooms[step > 0 ? 0 : rooms.length - 1];
  return rooms[(index + step + rooms.length) % rooms.length];
}

/** @param {MyRoom} one @param {MyRoom} other */
const byName = (one, other) => one.name.localeCompare(other.name, undefined, { numeric: true, sensitivity: "base" });
