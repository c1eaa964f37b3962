import assert from "node:assert/strict";
import { test } from "node:test";

import { isFromEdge, swipe } from "../../src/hubbub/web/state/swipes.js";

test("a finger that goes along the words far enough has swiped, and one that scrolls has not", () => {
  assert.deepEqual(swipe(8, 0), { isOne: false, isDone: false, by: 0 });
  assert.deepEqual(swipe(30, 10), { isOne: true, isDone: false, by: 18 });
  assert.deepEqual(swipe(60, 10), { isOne: true, isDone: true, by: 48 });
  assert.equal(swipe(300, 0).by, 72);
  for (const [along, across] of [[60, 40], [-80, 0], [0, 200]]) assert.equal(swipe(along, across).isDone, false);
});

test("what comes in from the edge begins there and goes far enough", () => {
  assert.ok(isFromEdge(5, 80, 20));
  for (const [from, along, across] of [[40, 200, 0], [5, 30, 0], [5, 80, 60], [5, -80, 0]]) assert.ok(!isFromEdge(from, along, across));
});
