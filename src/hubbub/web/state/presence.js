// Who is there, of the rooms that are on the screen; and when one is away oneself. The present is always passed in.

/** @import { Id, Member, PresenceState, State } from "../types.d.ts" */

/** After so long without a touch nobody sits there any more. */
export const IDLE_MS = 5 * 60_000;

const RANKS = { online: 0, away: 1, offline: 2 };

/** @typedef {State["presence"]} Presence */

/** @param {Presence} presence @param {Id} room @param {Record<Id, PresenceState>} users @returns {Presence} */
export function presenceHeard(presence, room, users) {
  const known = Object.entries({ ...presence[room], ...users }).filter(([, state]) => state !== "offline");
  return { ...presence, [room]: Object.fromEntries(known) };
}

/** Only these rooms are on a screen of this browser: of others nothing more is told. @param {State} state @param {Id[]} rooms @returns {State} */
export function onlyWatched(state, rooms) {
  const within = (/** @type {Record<Id, any>} */ by) => Object.fromEntries(Object.entries(by).filter(([room]) => rooms.includes(room)));
  return { ...state, presence: within(state.presence), seen: within(state.seen), typing: within(state.typing) };
}

/** How somebody is in a room; null where nothing is told of it. @param {Presence} presence @param {Id} room @param {Id} user @returns {PresenceState | null} */
export const presenceIn = (presence, room, user) => (presence[room] ? presence[room][user] ?? "offline" : null);

/** Oneself, as this browser knows it. @param {Pick<State, "connection" | "away">} state @returns {PresenceState} */
export const ownPresence = ({ connection, away }) => (connection.status !== "online" ? "offline" : away ? "away" : "online");

/** @param {{ hidden: boolean, touchedAt: number }} page @param {number} now */
export const isAway = ({ hidden, touchedAt }, now) => hidden || now - touchedAt >= IDLE_MS;

/** Those who are there first, each by name. @param {Member[]} members @param {Presence} presence @param {Id} room @returns {Member[]} */
export function whoIsThereFirst(members, presence, room) {
  const rank = (/** @type {Member} */ { user }) => RANKS[presenceIn(presence, room, user.id) ?? "offline"];
  return [...members].sort((one, other) => rank(one) - rank(other) || one.user.name.localeCompare(other.user.name));
}
