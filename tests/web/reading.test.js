import assert from "node:assert/strict";
import { test } from "node:test";

import { Reading } from "../../src/hubbub/web/actions/reading.js";

test("that one types is told of each room by itself, and again once something was sent there", () => {
  const told = [];
  const reading = new Reading({ store: null, link: { socket: { tell: ({ type, room }) => told.push(`${type} ${room}`) } } });
  for (const room of ["lobby", "lobby", "kitchen", "kitchen", "lobby"]) reading.typing(room);
  assert.deepEqual(told, ["typing lobby", "typing kitchen"]);
  reading.stoppedTyping("kitchen");
  for (const room of ["lobby", "kitchen"]) reading.typing(room);
  assert.deepEqual(told, ["typing lobby", "typing kitchen", "typing kitchen"]);
});
