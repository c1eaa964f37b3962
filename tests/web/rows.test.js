import assert from "node:assert/strict";
import { test } from "node:test";

import { newEntry } from "../../src/hubbub/web/state/outbox.js";
import { rowsOf } from "../../src/hubbub/web/state/rows.js";
import { emptyTimeline } from "../../src/hubbub/web/state/timeline.js";
import { ada, grace, NOON, said } from "./cast.js";

const dayOf = (at) => new Date(at).toISOString().slice(0, 10);
const rows = (messages, more = {}) =>
  rowsOf({ timeline: { ...emptyTimeline(), loaded: true, messages, ...more.timeline }, outbox: [], me: "ada", newAfter: null, dayOf, ...more.view });
const shape = (list) => list.map((row) => row.kind + ("head" in row && row.head ? "+" : ""));

test("the beginning of a room is said where the timeline reaches it", () => {
  assert.deepEqual(shape(rows([])), ["beginning"]);
  assert.deepEqual(shape(rows([], { timeline: { before: 7 } })), []);
});

test("what one author says within five minutes stands under one head", () => {
  const list = rows([said(1, ada, "a"), said(2, ada, "b", { minutes: 4 }), said(3, ada, "c", { minutes: 10 }), said(4, grace, "d", { minutes: 10 })]);
  assert.deepEqual(shape(list), ["beginning", "day", "message+", "message", "message+", "message+"]);
});

test("a long run of short pauses stays one group", () => {
  const list = rows([0, 4, 8, 12].map((minutes, index) => said(index + 1, ada, "on", { minutes })));
  assert.deepEqual(shape(list).slice(2), ["message+", "message", "message", "message"]);
});

test("a day line comes before the first message of each day, and begins a new head", () => {
  const list = rows([said(1, ada, "late", { minutes: 719 }), said(2, ada, "early", { minutes: 721 })]);
  assert.deepEqual(shape(list), ["beginning", "day", "message+", "day", "message+"]);
});

test("the new line comes once, before the first message of others after the mark", () => {
  const list = rows([said(1, grace, "old"), said(2, ada, "mine"), said(3, grace, "new"), said(4, grace, "newer")], { view: { newAfter: 1 } });
  assert.deepEqual(shape(list), ["beginning", "day", "message+", "message+", "new", "message+", "message"]);
});

test("after a deleted message the next one says again whose it is", () => {
  const list = rows([said(1, ada, "a"), { ...said(2, ada, "b"), deleted: true }, said(3, ada, "c")]);
  assert.deepEqual(shape(list).slice(2), ["message+", "message", "message+"]);
});

test("what is under way stands last and joins its author's group", () => {
  const outbox = [newEntry("k1", "lobby", "one", NOON + 1000), newEntry("k2", "lobby", "two", NOON + 2000)];
  assert.deepEqual(shape(rows([said(1, ada, "a")], { view: { outbox } })).slice(2), ["message+", "outgoing", "outgoing"]);
});

test("what is under way is not shown below a stretch that ends before the newest", () => {
  const outbox = [newEntry("k1", "lobby", "one", NOON)];
  assert.deepEqual(shape(rows([said(1, ada, "a")], { timeline: { after: 1 }, view: { outbox } })).includes("outgoing"), false);
});

test("a message keeps its row when it turns from pending into kept", () => {
  const pending = rows([], { view: { outbox: [newEntry("key-1", "lobby", "hi", NOON)] } }).at(-1);
  const kept = rows([said(1, ada, "hi")]).at(-1);
  assert.equal(pending.key, kept.key);
  assert.deepEqual(shape(rows([said(1, ada, "hi")], { view: { outbox: [newEntry("key-1", "lobby", "hi", NOON)] } })), ["beginning", "day", "message+"]);
});

test("every row has a key of its own", () => {
  const list = rows([said(1, grace, "a"), said(2, ada, "b", { key: "key-1" }), said(3, ada, "c", { minutes: 1500 })], { view: { newAfter: 0 } });
  assert.equal(new Set(list.map((row) => row.key)).size, list.length);
});
