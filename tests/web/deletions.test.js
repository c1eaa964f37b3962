// Deletions that can be undone for a while, each for itself.

import assert from "node:assert/strict";
import test from "node:test";

import { decidedBy, deletionOf, nextDecision, UNDO_MS, withDeletion, withoutDeletion } from "../../src/hubbub/web/state/deletions.js";
import { NOON } from "./cast.js";

const begun = (deletions, seq, now, until = now + UNDO_MS) => withDeletion(deletions, { room: "lobby", seq, until, decided: false }, now);

test("each has its own time, and a second one takes nothing from the first", () => {
  const both = begun(begun([], 1, NOON), 2, NOON + 4_000);
  assert.deepEqual(both.map(({ decided }) => decided), [false, false]);
  assert.equal(nextDecision(both), NOON + UNDO_MS);
  const later = decidedBy(both, NOON + UNDO_MS);
  assert.deepEqual(later.map(({ decided }) => decided), [true, false]);
  assert.equal(nextDecision(later), NOON + 4_000 + UNDO_MS);
  assert.equal(nextDecision(decidedBy(later, Infinity)), null);
});

test("undone is undone for that message alone, and once is enough", () => {
  const both = begun(begun([], 1, NOON), 2, NOON);
  assert.equal(begun(both, 1, NOON + 1), both);
  const left = withoutDeletion(both, "lobby", 1);
  assert.deepEqual([deletionOf(left, "lobby", 1), deletionOf(left, "lobby", 2)?.seq, deletionOf(left, "kitchen", 2)], [undefined, 2, undefined]);
});

test("what an earlier page left is decided when its time is up, and waits no longer than ever when the clock was set back", () => {
  assert.equal(begun([], 1, NOON, NOON - 1)[0].decided, true);
  assert.equal(begun([], 1, NOON, 0)[0].decided, true);
  assert.deepEqual(begun([], 1, NOON, NOON + 3_600_000), [{ room: "lobby", seq: 1, until: NOON + UNDO_MS, decided: false }]);
});

test("nothing changes while nobody's time is up", () => {
  const open = begun([], 1, NOON);
  assert.equal(decidedBy(open, NOON + UNDO_MS - 1), open);
});
