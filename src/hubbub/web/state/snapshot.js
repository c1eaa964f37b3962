// What of the state is kept in the browser, so that it can be read where there is no network; and the state from that.

/** @import { State, Timeline, Id } from "../types.d.ts" */

const MOST_MESSAGES = 100;

/** @typedef {Pick<State, "site" | "me" | "epoch" | "limits" | "rooms" | "timelines">} Snapshot */

/** @param {State} state @returns {Snapshot} */
export function snapshotOf({ site, me, epoch, limits, rooms, timelines }) {
  const kept = Object.entries(timelines).filter(([room, timeline]) => rooms[room] && timeline.loaded && timeline.after === null);
  return { site, me, epoch, limits, rooms, timelines: Object.fromEntries(kept.map(([room, timeline]) => [room, newestOf(timeline)])) };
}

/** What was kept, while nothing newer is known. @param {State} state @param {Snapshot} snapshot @returns {State} */
export function restored(state, snapshot) {
  if (state.phase !== "starting") return state;
  return { ...state, ...snapshot, site: state.site ?? snapshot.site, phase: "signed-in" };
}

/** Whether something changed that is worth keeping. @param {State} state @param {State | null} before */
export function isNews(state, before) {
  return state.phase === "signed-in" && (state.rooms !== before?.rooms || state.timelines !== before.timelines || state.me !== before.me);
}

/** @param {Timeline} timeline @returns {Timeline} */
function newestOf(timeline) {
  const messages = timeline.messages.slice(-MOST_MESSAGES);
  const cut = messages.length < timeline.messages.length;
  return { ...timeline, messages, before: cut ? messages[0].seq : timeline.before, loading: null, failed: null, late: [] };
}
