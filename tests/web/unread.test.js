import assert from "node:assert/strict";
import { test } from "node:test";

import { applyFrame } from "../../src/hubbub/web/state/apply.js";
import { initialState } from "../../src/hubbub/web/state/initial.js";
import { foldersOf, roomSections } from "../../src/hubbub/web/state/rooms.js";
import { messageAddress, readRoute, writeRoute } from "../../src/hubbub/web/state/routes.js";
import { roomsToCatchUpOn } from "../../src/hubbub/web/state/unread.js";
import { ada, after, grace, lobby, NOON, said, welcome } from "./cast.js";

const apply = (state, ...frames) => frames.reduce((now, frame) => applyFrame(now, frame, NOON), state);
const unread = { type: "unread", room: "lobby", seq: 1, unread: 2, mentions: 1 };

test("a room marked as unread again stays so while it is open, until one writes in it", () => {
  const marked = apply({ ...after(said(1, grace, "one"), said(2, grace, "two"), said(3, grace, "three")), attentive: true }, unread);
  const { read_seq: read, unread: left, mentions } = marked.rooms.lobby;
  assert.deepEqual([read, left, mentions, marked.newAfter, marked.keptUnread], [1, 2, 1, 1, "lobby"]);
  const more = apply(marked, said(4, grace, "four"));
  assert.equal(more.rooms.lobby.unread, 3);
  const answered = apply(more, said(5, ada, "five"));
  assert.deepEqual([answered.rooms.lobby.unread, answered.keptUnread], [0, null]);
});

test("one that is not open is unread, and is read when it is opened", () => {
  const away = apply({ ...after(said(1, grace, "one")), route: { page: "rooms" } }, unread);
  assert.deepEqual([away.rooms.lobby.unread, away.keptUnread], [2, null]);
  assert.equal(apply(away, { ...unread, room: "nowhere" }), away);
});

test("one catches up on what names one first, then on what is soonest read", () => {
  const rooms = [["a", 9, 0], ["b", 2, 0], ["c", 30, 1], ["d", 0, 0], ["in a thread", 0, 1]].map(([id, count, mentions]) => ({ ...lobby, id, unread: count, mentions }));
  assert.deepEqual(roomsToCatchUpOn(Object.fromEntries(rooms.map((room) => [room.id, room]))).map((room) => room.id), ["in a thread", "c", "b", "a"]);
});

test("rooms stand in folders of one's own, before the others", () => {
  const start = initialState({ page: "rooms" }, NOON);
  const rooms = [lobby, { ...lobby, id: "garden", name: "garden" }, { ...lobby, id: "direct", kind: "direct", members: [ada, grace] }];
  const state = apply(start, welcome(rooms), { type: "folder", room: "garden", folder: "Favourites" }, { type: "folder", room: "direct", folder: "Favourites" });
  const sections = (now) => roomSections(now.rooms).map(({ name, rooms: some }) => [name, ...some.map((room) => room.name)]);
  assert.deepEqual(sections(state), [["Favourites", "garden", "Grace"], ["Rooms", "lobby"]]);
  assert.deepEqual(foldersOf(state.rooms), ["Favourites"]);
  assert.deepEqual(sections(apply(state, { type: "folder", room: "garden", folder: "" }))[1], ["Rooms", "garden", "lobby"]);
});

test("what waits for one has addresses of its own, and a message one where it stands", () => {
  for (const page of ["unread", "mentions"]) assert.deepEqual(readRoute(writeRoute({ page })), { page });
  assert.equal(messageAddress(said(7, grace, "hi")), "#/room/lobby/7");
  assert.equal(messageAddress(said(7, grace, "hi", { thread: 3 })), "#/room/lobby/thread/3/7");
  assert.equal(messageAddress(said(7, grace, "hi", { thread: 3, also_to_room: true })), "#/room/lobby/7");
});
