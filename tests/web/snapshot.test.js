import assert from "node:assert/strict";
import { test } from "node:test";

import { initialState } from "../../src/hubbub/web/state/initial.js";
import { isNews, restored, snapshotOf } from "../../src/hubbub/web/state/snapshot.js";
import { emptyTimeline } from "../../src/hubbub/web/state/timeline.js";
import { ada, lobby, NOON } from "./cast.js";

const messages = (count) => Array.from({ length: count }, (_, index) => ({ type: "message.created", room: "lobby", seq: index + 1, by: ada, text: `${index}` }));
const timeline = (fields) => ({ ...emptyTimeline(), loaded: true, messages: messages(150), newest: 150, ...fields });
const start = initialState({ page: "room", room: "lobby", seq: null, panel: null }, NOON);
const state = (fields) => ({ ...start, phase: "signed-in", me: ada, epoch: "e", rooms: { lobby: { ...lobby, id: "lobby", cursor: 150 } }, ...fields });

test("the newest messages of each room that was read are kept, and older ones can be paged to", () => {
  const { timelines } = snapshotOf(state({ timelines: { lobby: timeline({ loading: "before", late: [{}] }), left: timeline() } }));
  assert.deepEqual(Object.keys(timelines), ["lobby"]);
  assert.deepEqual([timelines.lobby.messages.length, timelines.lobby.messages[0].seq, timelines.lobby.before], [100, 51, 51]);
  assert.deepEqual([timelines.lobby.loading, timelines.lobby.late], [null, []]);
});

test("a stretch of old messages is not kept, as it would stand for the newest ones", () => {
  assert.deepEqual(snapshotOf(state({ timelines: { lobby: timeline({ after: 90 }) } })).timelines, {});
});

test("what was kept is shown only while nothing newer is known", () => {
  const snapshot = snapshotOf(state({ timelines: { lobby: timeline() } }));
  const shown = restored(start, snapshot);
  assert.deepEqual([shown.phase, shown.me, shown.rooms.lobby.cursor, shown.epoch], ["signed-in", ada, 150, "e"]);
  const newer = state();
  assert.equal(restored(newer, snapshot), newer);
});

test("it is kept when rooms or messages have changed, and only while one is signed in", () => {
  const now = state();
  assert.ok(isNews(now, null));
  assert.ok(!isNews({ ...now, typing: {} }, now));
  assert.ok(isNews({ ...now, timelines: {} }, now));
  assert.ok(!isNews(start, null));
});
