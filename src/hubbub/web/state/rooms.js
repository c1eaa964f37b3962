// One's own rooms: their order, and what in them is unread.

/** @import { MyRoom, Room, RoomEvent, Id, Seq, Timeline } from "../types.d.ts" */

/**
 * The rooms as `welcome` names them. Where the conversation goes on from a cursor, that cursor stays.
 * @param {Record<Id, MyRoom>} known @param {Room[]} rooms @param {boolean} afresh whether the cursors count no longer
 * @returns {Record<Id, MyRoom>}
 */
export function roomsWelcomed(known, rooms, afresh) {
  return Object.fromEntries(
    rooms.map((room) => [room.id, { ...room, cursor: (!afresh && known[room.id]?.cursor) || room.last_seq }]),
  );
}

/** @param {Record<Id, MyRoom>} rooms @param {Room} room @returns {Record<Id, MyRoom>} */
export function roomAdded(rooms, room) {
  return { ...rooms, [room.id]: { ...room, cursor: rooms[room.id]?.cursor ?? room.last_seq } };
}

/** @param {Record<Id, MyRoom>} rooms @param {Id} id @returns {Record<Id, MyRoom>} */
export function roomRemoved(rooms, id) {
  const { [id]: _gone, ...rest } = rooms;
  return rest;
}

/** @param {MyRoom} room @param {Seq} seq @returns {MyRoom} */
export function eventSeen(room, seq) {
  return { ...room, cursor: Math.max(room.cursor, seq), last_seq: Math.max(room.last_seq, seq) };
}

/**
 * What a new message does to the counts. Those that `welcome` has counted already come again when it catches up.
 * @param {MyRoom} room as it was before the event was seen @param {RoomEvent} event @param {Id} me @param {boolean} attentive @returns {MyRoom}
 */
export function messageCounted(room, event, me, attentive) {
  if (event.seq <= room.last_seq) return room;
  if (event.by.id === me || attentive) return allRead(room, event.seq);
  const mentioned = event.mentions?.includes(me) ? 1 : 0;
  return { ...room, unread: room.unread + 1, mentions: room.mentions + mentioned };
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

/**
 * The rooms as the sidebar lists them: by section, each by name; direct rooms with the latest word first.
 * @param {Record<Id, MyRoom>} rooms @returns {{ name: string, rooms: MyRoom[] }[]}
 */
export function roomSections(rooms) {
  const all = Object.values(rooms);
  const named = all.filter((room) => room.kind !== "direct").sort(byName);
  const direct = all.filter((room) => room.kind === "direct").sort((one, other) => other.last_seq - one.last_seq || byName(one, other));
  return [
    { name: "Rooms", rooms: named },
    { name: "Direct", rooms: direct },
  ].filter((section) => section.rooms.length > 0);
}

/** @param {Record<Id, MyRoom>} rooms @param {string} words @returns {MyRoom[]} those whose name contains the words, best first */
export function roomsMatching(rooms, words) {
  const wanted = words.trim().toLocaleLowerCase();
  return roomSections(rooms)
    .flatMap((section) => section.rooms)
    .filter((room) => room.name.toLocaleLowerCase().includes(wanted))
    .sort((one, other) => Number(startsWith(other, wanted)) - Number(startsWith(one, wanted)));
}

/** @param {Record<Id, MyRoom>} rooms @returns {{ unread: number, mentions: number }} */
export function totals(rooms) {
  return Object.values(rooms).reduce(
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

/** @param {MyRoom} room @param {string} wanted */
const startsWith = (room, wanted) => room.name.toLocaleLowerCase().startsWith(wanted);
