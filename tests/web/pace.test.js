import assert from "node:assert/strict";
import { test } from "node:test";

import { Pace } from "../../src/hubbub/web/actions/pace.js";

function paced() {
  const taken = [];
  const frames = [];
  const pace = new Pace((items) => taken.push(items), (act) => frames.push(act));
  return { pace, taken, frame: () => frames.splice(0).forEach((act) => act()) };
}

test("one by itself is taken at once", () => {
  const { pace, taken, frame } = paced();
  pace.add(1);
  frame();
  frame();
  pace.add(2);
  assert.deepEqual(taken, [[1], [2]]);
});

test("what comes within a frame is taken together, in order", () => {
  const { pace, taken, frame } = paced();
  for (const item of [1, 2, 3]) pace.add(item);
  assert.deepEqual(taken, [[1]]);
  frame();
  pace.add(4);
  assert.deepEqual(taken, [[1], [2, 3]]);
  frame();
  frame();
  pace.add(5);
  assert.deepEqual(taken, [[1], [2, 3], [4], [5]]);
});

test("all that waits can be taken now, and comes once", () => {
  const { pace, taken, frame } = paced();
  for (const item of [1, 2, 3]) pace.add(item);
  pace.flush();
  frame();
  assert.deepEqual(taken, [[1], [2, 3]]);
});
