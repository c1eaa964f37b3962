// Addresses within the page: what stands after the `#`, read and written in one place.

/** @import { Route } from "../types.d.ts" */

/** @param {string} hash @returns {Route} */
export function readRoute(hash) {
  const [page, first = "", second = ""] = hash.replace(/^#\/?/, "").split("/").map(decoded);
  if (page === "setup" && first) return { page, token: first };
  if (page === "invite" && first) return { page, code: first };
  if (page !== "room" || !first) return { page: "rooms" };
  const seq = /^[1-9]\d{0,15}$/.test(second) ? Number(second) : null;
  return { page: "room", room: first, seq, panel: second === "people" ? "people" : null };
}

/** @param {Route} route @returns {string} */
export function writeRoute(route) {
  if (route.page === "setup") return `#/setup/${encodeURIComponent(route.token)}`;
  if (route.page === "invite") return `#/invite/${encodeURIComponent(route.code)}`;
  if (route.page === "rooms") return "#/";
  const tail = route.panel ?? route.seq;
  return `#/room/${encodeURIComponent(route.room)}${tail === null ? "" : `/${tail}`}`;
}

/** @param {string} room @param {number | null} [seq] */
export const roomAddress = (room, seq = null) => writeRoute({ page: "room", room, seq, panel: null });

/** @param {Route} route @returns {string | null} */
export const openRoom = (route) => (route.page === "room" ? route.room : null);

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
