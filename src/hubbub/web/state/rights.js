// What a person may do in a room, as the server would say: it decides, this only keeps what is refused off the page.

/** @import { Room, User } from "../types.d.ts" */

/** @param {User | null} me @param {Room} room */
export function mayModerate(me, room) {
  if (!room.role || room.kind === "direct") return false;
  return room.role !== "member" || me?.role === "owner" || me?.role === "admin";
}

/** @param {User | null} me @param {Room} room */
export function mayPost(me, room) {
  return room.role !== null && !room.archived && (room.posting !== "moderators" || mayModerate(me, room));
}

/** Why nobody, or not this person, writes here; null where they may. @param {User | null} me @param {Room} room */
export function whyNotPost(me, room) {
  if (mayPost(me, room)) return null;
  return room.archived ? "This room is archived. It can be read, and takes no more messages." : "Only the owners and admins of this room post here.";
}
