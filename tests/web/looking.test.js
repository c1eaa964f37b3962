import assert from "node:assert/strict";
import { test } from "node:test";

import { Looking } from "../../src/hubbub/web/connection/looking.js";

/** Tabs of one browser, each of which looks at some rooms. */
function tabs(...looks) {
  const listeners = [];
  return looks.map((rooms, me) => {
    const post = (say) => listeners.forEach(([tab, hear]) => tab !== me && hear(say));
    return new Looking({ post, listen: (hear) => listeners.push([me, hear]) }, ({ room }) => rooms.includes(room));
  });
}

test("a tab knows whether somebody looks at a message in another one", () => {
  const [first] = tabs([], ["lobby"]);
  const messages = [{ room: "lobby", seq: 4 }, { room: "kitchen", seq: 4 }];
  messages.forEach((message) => first.ask(message));
  assert.deepEqual(messages.map((message) => first.isSeen(message)), [true, false]);
});

test("an answer is good for one question, and one that nobody asked for is for nothing", () => {
  const looks = ["lobby"];
  const [first, second] = tabs([], looks, ["lobby"]);
  second.ask({ room: "lobby", seq: 4 });
  assert.ok(!first.isSeen({ room: "lobby", seq: 4 }));
  first.ask({ room: "lobby", seq: 5 });
  assert.ok(first.isSeen({ room: "lobby", seq: 5 }));
  assert.ok(!first.isSeen({ room: "lobby", seq: 5 }));
});

test("a browser with one tab asks nobody else", () => {
  const [only] = tabs(["lobby"]);
  only.ask({ room: "kitchen", seq: 1 });
  assert.deepEqual([only.isSeen({ room: "kitchen", seq: 1 }), only.isSeen({ room: "lobby", seq: 2 })], [false, true]);
});
