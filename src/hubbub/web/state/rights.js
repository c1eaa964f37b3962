// What a person may do in a room, as the server would say: it decides, this only keeps what is refused off the page.

/** @import { Room, User } from "../types.d.ts" */

import { say } from "./words.js";

/** @param {User | null} me @param {Room} room */
export function mayModerate(me, room) {
  if (!room.role || room.kind === "direct") return false;
  return room.role !== "member" || runsChat(me);
}

/** Whether somebody decides what holds for the whole chat. @param {User | null} me */
export const runsChat = (me) => me?.role === "owner" || me?.role === "admin";

/** @param {User | null} me @param {Room} room */
export function mayPost(me, room) {
  return room.role !== null && !room.archived && (room.posting !== "moderators" || mayModerate(me, room));
}

/** Why nobody, or not this person, writes here; null where they may. @param {User | null} me @param {Room} room */
export function whyNotPost(me, room) {
  if (mayPost(me, room)) return null;
  return room.archived ? say("This room is archived. It can be read, and takes no more messages.") : say("Only the owners and admins of this room post here.");
}
