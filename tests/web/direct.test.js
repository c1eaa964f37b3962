import assert from "node:assert/strict";
import { test } from "node:test";

import { applyFrame } from "../../src/hubbub/web/state/apply.js";
import { nameOf, named, partner } from "../../src/hubbub/web/state/direct.js";
import { mayModerate, mayPost, whyNotPost } from "../../src/hubbub/web/state/rights.js";
import { roomSections } from "../../src/hubbub/web/state/rooms.js";
import { ada, event, grace, lobby, NOON, page, said, welcome } from "./cast.js";
import { roomsToCatchUpOn } from "../../src/hubbub/web/state/unread.js";
import { initialState } from "../../src/hubbub/web/state/initial.js";
import { emptyTimeline, loadingPage, pageLoaded } from "../../src/hubbub/web/state/timeline.js";

const linus = { id: "linus", name: "Linus", kind: "human" };
const direct = { ...lobby, id: "direct", kind: "direct", name: "", last_seq: 2, members: [ada, grace] };
const start = initialState({ page: "rooms" }, NOON);
const apply = (state, ...frames) => frames.reduce((now, frame) => applyFrame(now, frame, NOON), state);
const listed = (state) => roomSections(state.rooms).flatMap((section) => section.rooms.map((room) => room.name));

test("a direct room is named by the others in it, and by oneself when there are none", () => {
  assert.equal(nameOf([ada, grace], "ada"), "Grace");
  assert.equal(nameOf([linus, ada, grace], "ada"), "Grace, Linus");
  assert.equal(nameOf([ada], "ada"), "Ada (you)");
  assert.equal(nameOf([], "ada"), "Notes");
  assert.equal(named(lobby, "ada"), lobby);
  assert.deepEqual(partner(direct, "ada"), grace);
  assert.equal(partner({ ...direct, members: [ada, grace, linus] }, "ada"), null);
});

test("it has its name wherever it comes from", () => {
  assert.deepEqual(listed(apply(start, welcome([lobby, direct]))), ["lobby", "Grace"]);
  assert.deepEqual(listed(apply(start, welcome([lobby]), { type: "room.added", room: direct })), ["lobby", "Grace"]);
});

test("put away, it leaves the list until something comes after that", () => {
  const away = apply(start, welcome([lobby, direct]), { type: "hidden", room: "direct", seq: 2 });
  assert.deepEqual(listed(away), ["lobby"]);
  const replayed = apply({ ...away, rooms: { ...away.rooms, direct: { ...away.rooms.direct, cursor: 1 } } }, said(2, grace, "old", { room: "direct" }));
  assert.deepEqual(listed(replayed), ["lobby"]);
  const back = apply(away, said(3, grace, "hi", { room: "direct" }));
  assert.deepEqual(listed(back), ["lobby", "Grace"]);
  assert.deepEqual(listed(apply(away, { type: "hidden", room: "direct", seq: 0 })), ["lobby", "Grace"]);
  assert.deepEqual(listed(apply(start, welcome([{ ...direct, hidden: true }]))), []);
});

test("an archived room is in no list and counts for nothing, until it is back", () => {
  const archived = apply(start, welcome([{ ...lobby, unread: 3 }]), event("room.changed", 1, grace, { archived: true }));
  assert.deepEqual(listed(archived), []);
  assert.deepEqual(roomsToCatchUpOn(archived.rooms), []);
  assert.deepEqual(listed(apply(archived, event("room.changed", 2, grace, { archived: false }))), ["lobby"]);
});

test("what changed of a room is taken over, and the rest stays", () => {
  const state = apply(start, welcome(), event("room.changed", 1, grace, { posting: "moderators", description: "News", topic: "" }));
  const { posting, description, topic, name, history } = state.rooms.lobby;
  assert.deepEqual([posting, description, topic, name, history], ["moderators", "News", "", "lobby", undefined]);
});

test("a room joined again, with its past kept back, begins anew", () => {
  const known = { ...apply(start, welcome()), timelines: { lobby: pageLoaded(loadingPage(emptyTimeline(), "start"), "start", page([said(1, grace, "hi")])) } };
  const again = apply(known, welcome([{ ...lobby, last_seq: 9, first_seq: 8 }]));
  assert.deepEqual([again.timelines, again.rooms.lobby.cursor], [{}, 9]);
  assert.deepEqual(Object.keys(apply(known, welcome([{ ...lobby, last_seq: 9 }])).timelines), ["lobby"]);
});

test("who may do what is as the server says", () => {
  const admin = { ...ada, role: "admin" };
  const news = { ...lobby, posting: "moderators" };
  assert.deepEqual([mayPost(ada, lobby), mayPost(ada, news), mayPost(admin, news), mayPost(ada, { ...news, role: "admin" })], [true, false, true, true]);
  assert.deepEqual([mayPost(ada, { ...lobby, archived: true }), mayPost(ada, { ...lobby, role: null })], [false, false]);
  assert.deepEqual([mayModerate(admin, direct), mayModerate(admin, { ...lobby, role: null }), mayModerate(ada, lobby)], [false, false, false]);
  assert.equal(whyNotPost(ada, lobby), null);
  assert.match(whyNotPost(ada, news) ?? "", /owners and admins/);
  assert.match(whyNotPost(ada, { ...lobby, archived: true }) ?? "", /archived/);
});
