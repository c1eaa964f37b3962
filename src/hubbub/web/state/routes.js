// Addresses within the page: what stands after the `#`, read and written in one place.

/** @import { PanelName, Route } from "../types.d.ts" */

/** @type {PanelName[]} */
const PANELS = ["people", "threads", "pins", "bookmarks"];

/** @param {string} hash @returns {Route} */
export function readRoute(hash) {
  const [page, first = "", second = "", third = "", fourth = ""] = hash.replace(/^#\/?/, "").split("/").map(decoded);
  if (page === "setup" && first) return { page, token: first };
  if (page === "reset" && first) return { page, token: first };
  if (page === "invite" && first) return { page, code: first };
  if (page === "email" && second && (first === "confirm" || first === "stop")) return { page, act: first, code: second };
  if (page === "search") return { page, words: first };
  if (page === "unread" || page === "mentions" || page === "scheduled") return { page };
  if (page !== "room" || !first) return { page: "rooms" };
  const thread = second === "thread" ? number(third) : null;
  const reply = number(fourth);
  if (thread !== null) return { page: "room", room: first, seq: null, panel: "thread", thread, ...(reply === null ? {} : { reply }) };
  return { page: "room", room: first, seq: number(second), panel: PANELS.find((panel) => panel === second) ?? null };
}

/** @param {Route} route @returns {string} */
export function writeRoute(route) {
  if (route.page === "setup") return `#/setup/${encodeURIComponent(route.token)}`;
  if (route.page === "reset") return `#/reset/${encodeURIComponent(route.token)}`;
  if (route.page === "invite") return `#/invite/${encodeURIComponent(route.code)}`;
  if (route.page === "email") return `#/email/${route.act}/${encodeURIComponent(route.code)}`;
  if (route.page === "search") return `#/search/${encodeURIComponent(route.words)}`;
  if (route.page === "unread" || route.page === "mentions" || route.page === "scheduled") return `#/${route.page}`;
  if (route.page === "rooms") return "#/";
  const tail = route.panel === "thread" ? `thread/${route.thread}${route.reply ? `/${route.reply}` : ""}` : route.panel ?? route.seq;
  return `#/room/${encodeURIComponent(route.room)}${tail === null ? "" : `/${tail}`}`;
}

/** @param {string} room @param {number | null} [seq] */
export const roomAddress = (room, seq = null) => writeRoute({ page: "room", room, seq, panel: null });

/** Where a message stands: in its room, or only in its thread. @param {import("../types.d.ts").Message} message */
export const messageAddress = ({ room, seq, thread, also_to_room: both }) => (thread === undefined || both ? roomAddress(room, seq) : writeRoute(replyRoute(room, thread, seq)));

/** A reply in its thread, beside the room. @param {string} room @param {number} thread @param {number} reply @returns {Route} */
export const replyRoute = (room, thread, reply) => ({ page: "room", room, seq: null, panel: "thread", thread, reply });

/** @param {Route} route @returns {string | null} */
export const openRoom = (route) => (route.page === "room" ? route.room : null);

/** The thread that stands beside the open room, by its first message. @param {Route} route @returns {number | null} */
export const openThread = (route) => (route.page === "room" && route.panel === "thread" ? route.thread ?? null : null);

/** @param {string} part */
const number = (part) => (/^[1-9]\d{0,15}$/.test(part) ? Number(part) : null);

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
