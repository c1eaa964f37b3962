import assert from "node:assert/strict";
import { test } from "node:test";

import { applyFrame } from "../../src/hubbub/web/state/apply.js";
import { added, newEntry, sending, sent } from "../../src/hubbub/web/state/outbox.js";
import { loadingPage, pageLoaded, emptyTimeline } from "../../src/hubbub/web/state/timeline.js";
import { isWhole } from "../../src/hubbub/web/state/rooms.js";
import { ada, after, event, grace, lobby, NOON, page, said, welcome } from "./cast.js";

const apply = (state, ...frames) => frames.reduce((now, frame) => applyFrame(now, frame, NOON), state);
const withPage = (state, items) => ({
  ...state, timelines: { lobby: pageLoaded(loadingPage(emptyTimeline(), "start"), "start", page(items)) },
});

test("every event moves the cursor, also one of a kind that does not exist yet", () => {
  const state = after(said(1, grace, "hi"), event("room.painted", 2, grace, { colour: "blue" }));
  assert.equal(state.rooms.lobby.cursor, 2);
});

test("an event that was seen before changes nothing at all", () => {
  const state = after(said(1, grace, "hi"));
  assert.equal(apply(state, said(1, grace, "hi")), state);
});

test("frames of no known kind change nothing", () => {
  const state = after();
  assert.equal(apply(state, { type: "weather", sun: true }), state);
  assert.equal(apply(state, { type: "constructor" }), state);
});

test("what others say counts as unread, and mentions are counted apart", () => {
  const { rooms } = after(said(1, grace, "hi"), said(2, grace, "@Ada", { mentions: ["ada"] }));
  assert.deepEqual([rooms.lobby.unread, rooms.lobby.mentions], [2, 1]);
});

test("what one says oneself counts everything as read", () => {
  const { rooms } = after(said(1, grace, "hi"), said(2, ada, "hello"));
  assert.deepEqual([rooms.lobby.unread, rooms.lobby.read_seq], [0, 2]);
});

test("nothing counts as unread while the person is looking at the newest message", () => {
  const state = apply({ ...after(), attentive: true }, said(1, grace, "hi"));
  assert.equal(state.rooms.lobby.unread, 0);
  assert.equal(state.newAfter, null);
});

test("the new line stands before what came while nobody looked", () => {
  const state = after(said(1, ada, "hi"), said(2, grace, "first new"), said(3, grace, "second new"));
  assert.equal(state.newAfter, 1);
});

test("what welcome has counted is not counted again when it comes", () => {
  const state = apply(after(said(1, grace, "one")), welcome([{ ...lobby, last_seq: 3, unread: 3 }]));
  assert.equal(state.rooms.lobby.cursor, 1);
  const caughtUp = apply(state, said(2, grace, "two"), said(3, grace, "three"));
  assert.equal(caughtUp.rooms.lobby.unread, 3);
  assert.equal(apply(caughtUp, said(4, grace, "four")).rooms.lobby.unread, 4);
});

test("after a restored backup everything begins afresh", () => {
  const state = withPage(after(said(1, grace, "one"), said(2, grace, "two")), [said(1, grace, "one")]);
  const afresh = apply(state, welcome([{ ...lobby, last_seq: 1 }], { epoch: "two", reset: true }));
  assert.deepEqual(afresh.timelines, {});
  assert.equal(afresh.rooms.lobby.cursor, 1);
});

test("somebody else who signs in sees nothing of whoever was here before", () => {
  const state = { ...withPage(after(said(1, grace, "one")), [said(1, grace, "one")]), drafts: { lobby: "secret" } };
  const other = apply(state, { ...welcome(), user: grace });
  assert.deepEqual([other.timelines, other.drafts, other.outbox], [{}, {}, []]);
});

test("one's own event takes its message out of the outbox", () => {
  const waiting = { ...after(), outbox: [newEntry("key-1", "lobby", "hi", NOON)] };
  assert.deepEqual(apply(waiting, said(1, ada, "hi")).outbox, []);
});

test("somebody else's key never touches one's outbox", () => {
  const waiting = { ...after(), outbox: [newEntry("key-1", "lobby", "hi", NOON)] };
  assert.equal(apply(waiting, said(1, grace, "hi")).outbox.length, 1);
});

test("an acknowledged message stays in view until the log has come to it", () => {
  const entries = sent(sending(added([], [newEntry("key-2", "lobby", "hi", NOON)]), "key-2"), "key-2", 2);
  const state = { ...after(), outbox: entries };
  const earlier = apply(state, said(1, grace, "before"));
  assert.equal(earlier.outbox.length, 1);
  assert.equal(apply(earlier, said(2, ada, "hi")).outbox.length, 0);
});

test("falling behind drops the old stretch and goes on from the newest", () => {
  const state = apply(withPage(after(said(1, grace, "one")), [said(1, grace, "one")]), { type: "behind", room: "lobby", last_seq: 5000 });
  assert.equal(state.timelines.lobby, undefined);
  assert.equal(state.rooms.lobby.cursor, 5000);
});

test("who fell behind while looking has not seen what is missing", () => {
  const looking = { ...withPage(after(said(1, ada, "one")), [said(1, ada, "one")]), attentive: true };
  const state = apply(looking, { type: "behind", room: "lobby", last_seq: 5000 });
  assert.equal(state.attentive, false);
  assert.equal(state.newAfter, 1);
});

test("a room is whole only when its log and its page have come to the end", () => {
  const { rooms, timelines } = withPage(after(said(1, ada, "one")), [said(1, ada, "one")]);
  assert.ok(isWhole(rooms.lobby, timelines.lobby));
  assert.ok(!isWhole({ ...rooms.lobby, last_seq: 2 }, timelines.lobby));
  assert.ok(!isWhole(rooms.lobby, { ...timelines.lobby, after: 1 }));
  assert.ok(!isWhole(rooms.lobby, undefined));
});

test("reading on another device counts only what comes after", () => {
  const items = [said(1, grace, "one"), said(2, grace, "two"), said(3, grace, "three")];
  const state = withPage(after(...items), items);
  assert.equal(apply(state, { type: "read", room: "lobby", seq: 2 }).rooms.lobby.unread, 1);
  assert.equal(apply(state, { type: "read", room: "lobby", seq: 3 }).rooms.lobby.unread, 0);
});

test("a read mark never moves back", () => {
  const state = after(said(1, grace, "one"), said(2, ada, "two"));
  assert.equal(apply(state, { type: "read", room: "lobby", seq: 1 }).rooms.lobby.read_seq, 2);
});

test("leaving and being removed take the room and all of it away", () => {
  const state = withPage(after(said(1, grace, "one")), [said(1, grace, "one")]);
  for (const frame of [{ type: "room.removed", room: "lobby" }, event("member.left", 2, grace, { user: ada })]) {
    const left = apply(state, frame);
    assert.deepEqual([left.rooms, left.timelines], [{}, {}]);
  }
});

test("members come, change and go in the list that is open", () => {
  const state = { ...after(), members: { lobby: [{ user: ada, role: "member" }] } };
  const joined = apply(state, event("member.joined", 1, grace, { user: grace, role: "member" }));
  assert.deepEqual(joined.members.lobby.map((member) => member.user.id), ["ada", "grace"]);
  const changed = apply(joined, event("member.changed", 2, ada, { user: grace, role: "admin" }));
  assert.equal(changed.members.lobby.find((member) => member.user.id === "grace").role, "admin");
  assert.equal(apply(changed, event("member.left", 3, grace, { user: grace })).members.lobby.length, 1);
});

test("a room's new name and topic are taken over", () => {
  const state = after(event("room.changed", 1, grace, { name: "hall", topic: "all" }));
  assert.deepEqual([state.rooms.lobby.name, state.rooms.lobby.topic], ["hall", "all"]);
});

test("who has spoken has stopped typing", () => {
  const typing = after({ type: "typing", room: "lobby", users: ["Grace"] });
  assert.deepEqual(typing.typing.lobby.names, ["Grace"]);
  assert.equal(apply(typing, said(1, grace, "done")).typing.lobby, undefined);
});

test("screen readers hear what others say in the open room, once", () => {
  const state = after(said(1, grace, "hi there"));
  assert.equal(state.announcement, "Grace: hi there");
  assert.equal(apply(state, said(2, ada, "my own")).announcement, "Grace: hi there");
});

test("the old snapshot and the events make the new snapshot", () => {
  const log = [said(1, grace, "one"), said(2, ada, "two"), event("message.edited", 3, grace, { target: 1, text: "uno" }),
    said(4, grace, "four"), event("message.deleted", 5, ada, { target: 2 })];
  const live = apply(withPage(after(), []), ...log);
  const [first, second] = live.timelines.lobby.messages;
  assert.deepEqual([first.text, second.deleted, live.timelines.lobby.messages.length], ["uno", true, 3]);
  assert.deepEqual([live.rooms.lobby.unread, live.rooms.lobby.cursor], [1, 5]);
});
