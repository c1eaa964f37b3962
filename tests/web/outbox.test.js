import assert from "node:assert/strict";
import { test } from "node:test";

import * as outbox from "../../src/hubbub/web/state/outbox.js";
import { NOON } from "./cast.js";

const chance = new Uint8Array(10).fill(0xab);
const entry = (key, room = "lobby", at = NOON) => outbox.newEntry(key, room, `words of ${key}`, at);
const refusal = (more) => ({ code: "forbidden", message: "You may not.", retryAfter: null, ...more });
const keys = (entries) => entries.map(({ key }) => key);

test("keys are version 7 and in the order of time", () => {
  const first = outbox.messageKey(NOON, chance);
  const second = outbox.messageKey(NOON + 1, new Uint8Array(10));
  assert.match(first, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(Number.parseInt(first.slice(0, 8) + first.slice(9, 13), 16), NOON);
  assert.ok(first < second);
});

test("two messages of one millisecond keep their order", () => {
  const first = entry("a");
  assert.equal(outbox.keyTime([first], NOON), NOON + 1);
  assert.equal(outbox.keyTime([], NOON), NOON);
});

test("one message per room is under way at a time, the oldest first", () => {
  const entries = outbox.added([], [entry("b", "lobby", NOON + 1), entry("a"), entry("k", "kitchen")]);
  assert.deepEqual(keys(outbox.dueEntries(entries, NOON)), ["a", "k"]);
  assert.deepEqual(keys(outbox.dueEntries(outbox.sending(entries, "a"), NOON)), ["k"]);
  assert.deepEqual(keys(outbox.dueEntries(outbox.sent(entries, "a", 7), NOON)), ["k", "b"]);
});

test("a failed message does not hold up the next one", () => {
  const entries = outbox.refused(outbox.added([], [entry("a"), entry("b", "lobby", NOON + 1)]), "a", refusal(), NOON);
  assert.equal(entries[0].status, "failed");
  assert.equal(entries[0].problem, "You may not.");
  assert.deepEqual(keys(outbox.dueEntries(entries, NOON)), ["b"]);
});

test("where waiting helps the message waits as long as it was told", () => {
  const entries = outbox.refused([entry("a")], "a", refusal({ code: "rate_limited", retryAfter: 3 }), NOON);
  assert.deepEqual(outbox.dueEntries(entries, NOON + 2999), []);
  assert.equal(outbox.nextDue(entries, NOON), NOON + 3000);
  assert.deepEqual(keys(outbox.dueEntries(entries, NOON + 3000)), ["a"]);
});

test("while the first of a room waits, the second waits with it", () => {
  const entries = outbox.refused(outbox.added([], [entry("a"), entry("b", "lobby", NOON + 1)]), "a", refusal({ code: "unavailable" }), NOON);
  assert.deepEqual(outbox.dueEntries(entries, NOON + 10), []);
});

test("an interrupted message is sent again with the same key", () => {
  const entries = outbox.interrupted(outbox.sending([entry("a")], "a"));
  assert.deepEqual(keys(outbox.dueEntries(entries, NOON)), ["a"]);
});

test("what a reload brings back does not double what is there", () => {
  assert.deepEqual(keys(outbox.added([entry("a")], [entry("a"), entry("z", "lobby", NOON - 5)])), ["z", "a"]);
});

test("trying again clears the complaint, taking back clears the message", () => {
  const failed = outbox.refused([entry("a")], "a", refusal(), NOON);
  assert.deepEqual(outbox.tryAgain(failed, "a")[0].problem, undefined);
  assert.deepEqual(outbox.without(failed, "a"), []);
});

test("nothing changes for a key that is not there", () => {
  const entries = [entry("a")];
  assert.equal(outbox.without(entries, "b"), entries);
  assert.equal(outbox.settled(entries, {}), entries);
});
