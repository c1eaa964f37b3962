import assert from "node:assert/strict";
import { test } from "node:test";

import { Seen } from "../../src/hubbub/web/actions/seen.js";
import { applyFrame, withoutRoom } from "../../src/hubbub/web/state/apply.js";
import { askedAbout, lastSeen, seenAnswered, seenSentence } from "../../src/hubbub/web/state/seen.js";
import { emptyTimeline, loadingPage, pageLoaded } from "../../src/hubbub/web/state/timeline.js";
import { Store } from "../../src/hubbub/web/store.js";
import { ada, after, grace, lobby, NOON, page, said, welcome } from "./cast.js";

const linus = { id: "linus", name: "Linus", kind: "human" };
const direct = { ...lobby, id: "direct", kind: "direct", name: "", members: [ada, grace, linus] };
const told = (user, seq, room = "direct") => ({ type: "seen", room, user, seq });
const apply = (state, ...frames) => frames.reduce((now, frame) => applyFrame(now, frame, NOON), state);
const read = (state, room = "direct") => Object.fromEntries((state.seen[room] ?? []).map(({ person, seq }) => [person.name, seq]));

test("how far others have read is told in direct rooms, and never moves back", () => {
  const state = after(welcome([lobby, direct]), told("grace", 4), told("linus", 2), told("grace", 3), told("stranger", 4), told("grace", 4, "lobby"));
  assert.deepEqual(read(state), { Linus: 2, Grace: 4 });
  assert.deepEqual(read(state, "lobby"), {});
});

test("the server's answer names those who have read as far, and unsays it of others", () => {
  const state = after(welcome([lobby, direct]), told("grace", 4), told("linus", 2));
  assert.deepEqual(read(seenAnswered(state, "direct", 3, [linus])), { Linus: 3 });
  assert.deepEqual(read(seenAnswered(state, "direct", 3, [grace])), { Linus: 2, Grace: 4 });
  assert.deepEqual(read(seenAnswered(state, "direct", 5, [])), { Linus: 2, Grace: 4 });
});

test("it stands under the newest message of one's own that somebody has read", () => {
  const messages = [said(1, ada, "one"), said(2, grace, "two"), said(3, ada, "three"), said(4, ada, "four"), { ...said(5, ada, "in a thread"), thread: 1 }];
  const readers = (marks) => Object.entries(marks).map(([name, seq]) => ({ person: { id: name, name }, seq }));
  assert.deepEqual(lastSeen(messages, "ada", readers({ Zoe: 3, Grace: 3, Linus: 1 })), { seq: 3, names: ["Grace", "Zoe"] });
  assert.deepEqual(lastSeen(messages, "ada", readers({ Grace: 9, Linus: 3 })), { seq: 4, names: ["Grace"] });
  assert.deepEqual(lastSeen(messages.with(3, { ...messages[3], deleted: true }), "ada", readers({ Grace: 9 })), { seq: 3, names: ["Grace"] });
  assert.equal(lastSeen(messages, "ada"), null);
  assert.equal(lastSeen(messages, "linus", readers({ Grace: 9 })), null);
});

test("the newest is asked about, then the one that somebody has answered", () => {
  const messages = [said(1, ada, "one"), said(2, ada, "two"), said(3, grace, "three"), said(4, ada, "four"), said(5, ada, "five"), said(6, grace, "six")];
  assert.deepEqual(askedAbout(messages, "ada"), [5, 2]);
  assert.deepEqual(askedAbout(messages.slice(3), "ada"), [5]);
  assert.deepEqual(askedAbout(messages, "linus"), []);
});

test("three are named, and the others counted", () => {
  assert.deepEqual([["Grace"], ["Grace", "Linus"], ["A", "B", "C", "D", "E"]].map(seenSentence),
    ["Seen by Grace", "Seen by Grace and Linus", "Seen by A, B, C and 2 more"]);
});

test("what is watched no more, left or begun anew is forgotten, and a new name stands there too", () => {
  const state = after(welcome([lobby, direct]), told("grace", 4));
  assert.deepEqual(read(apply(state, { type: "watched", rooms: ["lobby"] })), {});
  assert.deepEqual(read(withoutRoom(state, "direct")), {});
  assert.deepEqual(read(apply(state, welcome([lobby, direct]))), { Grace: 4 });
  assert.deepEqual(read(apply(state, welcome([lobby, direct], { reset: true }))), {});
  assert.deepEqual(read(apply(state, { type: "user.changed", user: { ...grace, name: "Hopper" } })), { Hopper: 4 });
});

/** Ada looks at a room in which she has said something; what is asked of the server, and who answers. */
function looking(context, room = direct) {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const timeline = pageLoaded(loadingPage(emptyTimeline(), "start"), "start", page([{ ...said(1, ada, "one"), room: room.id }]));
  const state = { ...after(welcome([lobby, direct])), route: { page: "room", room: room.id, seq: null, panel: null }, timelines: { [room.id]: timeline }, attentive: true };
  const store = new Store(state);
  const asked = [];
  const server = { answer: () => ({ status: 200, body: { items: [grace] } }) };
  context.mock.method(globalThis, "fetch", async (address, { method, body }) => {
    asked.push(method === "GET" ? address : `${method} ${address} ${body}`);
    const { status, body: words } = server.answer();
    return new Response(JSON.stringify(words), { status });
  });
  const seen = new Seen({ store, see: store.parts });
  seen.start();
  const passes = async (ms) => {
    context.mock.timers.tick(ms);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return { store, asked, server, seen, passes };
}

test("a direct room is asked about each time one looks, and tells by itself from then on", async (context) => {
  const { store, asked, passes } = looking(context);
  await passes(499);
  assert.deepEqual(asked, []);
  await passes(1);
  assert.deepEqual(asked, ["api/rooms/direct/messages/1/seen"]);
  assert.deepEqual(read(store.now), { Grace: 1 });
  store.update((state) => apply(state, { ...said(2, ada, "two"), room: "direct" }));
  await passes(60_000);
  assert.equal(asked.length, 1);
  store.set({ attentive: false });
  store.set({ attentive: true });
  await passes(500);
  assert.deepEqual(asked.slice(1), ["api/rooms/direct/messages/2/seen"]);
});

test("another room is asked about again and again while one looks, unless it is too large", async (context) => {
  const { store, asked, server, seen, passes } = looking(context, lobby);
  await passes(500);
  await passes(20_000);
  assert.equal(asked.length, 2);
  store.set({ away: true });
  await passes(60_000);
  assert.equal(asked.length, 2);
  assert.ok(seen.isTold("lobby"));
  server.answer = () => ({ status: 409, body: { code: "conflict" } });
  store.set({ away: false });
  await passes(500);
  await passes(60_000);
  assert.equal(asked.length, 3);
  assert.ok(!seen.isTold("lobby"));
});

test("what is told while the answer is on its way is not lost", async (context) => {
  const { store, asked, server, passes } = looking(context);
  server.answer = () => {
    if (asked.length === 1) store.update((state) => apply(state, told("linus", 1)));
    return { status: 200, body: { items: asked.length === 1 ? [] : [linus] } };
  };
  await passes(500);
  assert.equal(asked.length, 2);
  assert.deepEqual(read(store.now), { Linus: 1 });
});

test("whoever keeps it to themselves asks nothing and forgets what they knew", async (context) => {
  const { store, asked, seen, passes } = looking(context);
  await passes(500);
  await seen.share(false);
  assert.equal(asked.at(-1), 'PATCH api/me {"preferences":{"seen":false}}');
  assert.deepEqual(store.now.seen, {});
  assert.ok(!seen.isTold("direct"));
  await passes(60_000);
  assert.equal(asked.length, 2);
  await seen.share(true);
  await passes(500);
  assert.deepEqual(asked.slice(2), ['PATCH api/me {"preferences":{"seen":null}}', "api/rooms/direct/messages/1/seen"]);
});
