// The state before anything is known, and what remains of it after signing out.

/** @import { State, Route } from "../types.d.ts" */

import { AT_FIRST } from "./notifications.js";
import { NOTHING_SCHEDULED } from "./scheduling.js";
import { NOTHING_SEARCHED } from "./search.js";

/** @param {Route} route @param {number} now @returns {State} */
export function initialState(route, now) {
  return {
    phase: "starting",
    site: null,
    me: null,
    epoch: null,
    limits: { text: 8000, frame: 65536, replay: 1000, file: 100_000_000, files: 10 },
    scheduled: NOTHING_SCHEDULED,
    due: [],
    rooms: {},
    timelines: {},
    singles: {},
    followed: null,
    replying: {},
    outbox: [],
    uploads: [],
    pictures: null,
    votes: {},
    drafts: {},
    typing: {},
    presence: {},
    seen: {},
    sharesReading: true,
    away: false,
    members: {},
    notifications: AT_FIRST,
    tour: false,
    connection: { status: "connecting", since: now, sentence: "" },
    route,
    newAfter: null,
    attentive: false,
    attentiveInThread: false,
    visiting: null,
    keptUnread: null,
    search: NOTHING_SEARCHED,
    strangeRooms: {},
    editing: null,
    deleting: [],
    dialog: null,
    subject: null,
    roomsOver: false,
    notice: null,
    announcement: "",
  };
}

/** Nothing of the person stays in memory; the page's address and the site's name do. @param {State} state @param {number} now @returns {State} */
export function signedOut(state, now) {
  return { ...initialState(state.route, now), phase: "signed-out", site: state.site, connection: { ...state.connection } };
}
