// The cast of the stories, and what they say, in as few words as the tests need.

import { applyFrame } from "../../src/hubbub/web/state/apply.js";
import { initialState } from "../../src/hubbub/web/state/initial.js";

export const ada = { id: "ada", name: "Ada", kind: "human", role: "member", avatar: null };
export const grace = { id: "grace", name: "Grace", kind: "human", role: "member", avatar: null };
export const NOON = Date.parse("2026-11-23T12:00:00.000Z");

export const lobby = { id: "lobby", kind: "public", name: "lobby", topic: "", role: "member", last_seq: 0, read_seq: 0, unread: 0, mentions: 0 };

export function welcome(rooms = [lobby], more = {}) {
  return { type: "welcome", epoch: "one", user: ada, rooms, limits: { text: 8000, frame: 65536, replay: 1000 }, ...more };
}

export function said(seq, by, text, { minutes = 0, ...more } = {}) {
  const at = new Date(NOON + minutes * 60_000).toISOString();
  return { type: "message.created", room: "lobby", seq, at, by, text, key: `key-${seq}`, ...more };
}

export function event(type, seq, by, fields) {
  return { type, room: "lobby", seq, at: new Date(NOON).toISOString(), by, ...fields };
}

export function page(items, { before = null, after = null } = {}) {
  return { items, before, after };
}

/** The state of Ada's browser after these frames, with the lobby open. */
export function after(...frames) {
  const start = initialState({ page: "room", room: "lobby", seq: null, panel: null }, NOON);
  return [welcome(), ...frames].reduce((state, frame) => applyFrame(state, frame, NOON), start);
}
