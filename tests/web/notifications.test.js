import assert from "node:assert/strict";
import { test } from "node:test";

import { AT_FIRST, isQuiet, isWorthTelling, levelOf, nextAt, settingsFrom, unreadToShow, withLevel, wordsOf } from "../../src/hubbub/web/state/notifications.js";
import { ada, grace, lobby, NOON } from "./cast.js";

const room = { ...lobby, id: "lobby", kind: "public", name: "lobby", unread: 1, mentions: 0, read_seq: 4, last_seq: 5 };
const direct = { ...room, id: "direct", kind: "direct", name: "Grace" };
const event = { type: "message.created", room: "lobby", seq: 5, at: "", by: grace, text: "hello" };

test("until one chooses, one is told of mentions, and of everything that is for oneself alone", () => {
  assert.deepEqual([room, direct].map((each) => levelOf(AT_FIRST, each)), ["mentions", "all"]);
  assert.equal(levelOf(withLevel(AT_FIRST, room, "nothing"), room), "nothing");
});

test("only what differs from the usual is kept", () => {
  const chosen = withLevel(AT_FIRST, room, "all");
  assert.deepEqual(chosen.rooms, { lobby: "all" });
  assert.deepEqual(withLevel(chosen, room, "mentions").rooms, {});
});

test("what is kept by another version, or by somebody's program, does no harm", () => {
  for (const kept of [undefined, null, 7, "x", {}, { quiet: 5, rooms: null, paused: "x" }]) assert.deepEqual(settingsFrom(kept), AT_FIRST);
  const kept = { desktop: true, sound: false, quiet: { from: "22:00", to: "07:00" }, paused: 9, rooms: { a: "all" } };
  assert.deepEqual(settingsFrom(kept), kept);
});

test("one is told by the level of the room, and never of one's own or of what was read", () => {
  const mention = { ...event, mentions: [ada.id] };
  const told = (what, level, where = room) => isWorthTelling(what, where, ada.id, level);
  assert.deepEqual(["all", "mentions", "nothing"].map((level) => [told(event, level), told(mention, level)]), [[true, true], [false, true], [false, false]]);
  assert.ok(!told({ ...mention, by: ada }, "all"));
  assert.ok(!told({ ...event, redacted: true }, "all"));
  assert.ok(!told({ ...event, type: "message.edited" }, "all"));
  assert.ok(!told(event, "all", { ...room, read_seq: 5, unread: 0 }));
});

test("quiet hours go round midnight, and a pause ends", () => {
  const night = { ...AT_FIRST, quiet: { from: "22:00", to: "07:00" } };
  const at = (settings, time) => isQuiet(settings, NOON, time * 60);
  assert.deepEqual([21, 22, 23, 0, 6, 7, 12].map((hour) => at(night, hour)), [false, true, true, true, true, false, false]);
  const siesta = { ...AT_FIRST, quiet: { from: "13:00", to: "15:00" } };
  assert.deepEqual([12, 13, 14, 15].map((hour) => at(siesta, hour)), [false, true, true, false]);
  assert.ok(isQuiet({ ...AT_FIRST, paused: NOON + 1 }, NOON, 0));
  assert.ok(!isQuiet({ ...AT_FIRST, paused: NOON }, NOON, 0));
});

test("the morning is the next one", () => {
  assert.equal(nextAt(NOON, 12 * 60, "08:00") - NOON, 20 * 3_600_000);
  assert.equal(nextAt(NOON, 7 * 60, "08:00") - NOON, 3_600_000);
  assert.equal(nextAt(NOON, 8 * 60, "08:00") - NOON, 24 * 3_600_000);
});

test("a notification says who speaks and where, in a few words", () => {
  assert.deepEqual(wordsOf({ ...event, text: "a\n\nb  c" }, room), { title: `${grace.name} · lobby`, body: "a b c" });
  assert.equal(wordsOf(event, direct).title, grace.name);
  assert.equal([...wordsOf({ ...event, text: "🙂".repeat(500) }, room).body].length, 181);
});

test("the title counts all that is unread, the icon what is meant for oneself, neither what is to be silent", () => {
  const rooms = { lobby: { ...room, unread: 5, mentions: 1 }, direct: { ...direct, unread: 2 }, loud: { ...room, id: "loud", unread: 90, mentions: 9 } };
  assert.deepEqual(unreadToShow(rooms, { ...AT_FIRST, rooms: { loud: "nothing" } }), { unread: 7, urgent: 3 });
});
