import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { hasKeyword, keywordsIn } from "../../src/hubbub/web/state/keywords.js";
import { AT_FIRST, hasRead, isQuiet, isWorthTelling, levelOf, looksAt, minuteOfDay, nextAt, settingsFrom, unreadToShow, withLevel, wordsOf } from "../../src/hubbub/web/state/notifications.js";
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
  const kept = { desktop: true, sound: false, quiet: { from: "22:00", to: "07:00" }, zone: "UTC", paused: 9, rooms: { a: "all" }, keywords: ["tea"], words: true, email: false, email_minutes: 60 };
  assert.deepEqual(settingsFrom(kept), kept);
});

/** The same cases are played to the server. */
const CASES = JSON.parse(readFileSync(new URL("../notifications/decisions.json", import.meta.url), "utf8"));

for (const { what, event: more = {}, kind = "public", level, keywords = [], read = false, thread, told } of CASES) {
  test(`of ${what} one is ${told ? "" : "not "}told`, () => {
    const said = { ...event, ...more, by: { id: more.by ?? "grace" } };
    const settings = { ...AT_FIRST, keywords, rooms: level ? { lobby: level } : {} };
    const followed = thread && { room: "lobby", thread: 1, unread: thread.read ? 0 : 1, read_seq: thread.read ? 5 : 4, last_seq: 5, last_at: "", level: thread.level };
    assert.equal(isWorthTelling(said, { ...room, kind, read_seq: read ? 5 : 4 }, "ada", settings, followed), told);
  });
}

test("only new messages that still have their words are told of", () => {
  const settings = { ...AT_FIRST, rooms: { lobby: "all" } };
  assert.ok(isWorthTelling(event, room, ada.id, settings));
  assert.ok(!isWorthTelling({ ...event, redacted: true }, room, ada.id, settings));
  assert.ok(!isWorthTelling({ ...event, type: "message.edited" }, room, ada.id, settings));
  assert.ok(hasRead(event, { ...room, read_seq: 5 }));
});

test("one's own words are kept tidy, each once, and not too many", () => {
  assert.deepEqual(keywordsIn(" tea,  green   tea\n\ntea\n, "), ["tea", "green tea"]);
  assert.equal(keywordsIn(Array.from({ length: 99 }, (_, n) => `w${n}`).join("\n")).length, 50);
  assert.deepEqual(keywordsIn("x".repeat(51)), []);
  assert.ok(!hasKeyword([], "anything"));
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

test("quiet hours go by the clock of the zone that they were set in, as on the server", () => {
  assert.deepEqual(["UTC", "Asia/Kolkata", "America/New_York"].map((zone) => minuteOfDay(zone, NOON)), [12 * 60, 17 * 60 + 30, 7 * 60]);
  assert.equal(minuteOfDay("UTC", NOON - 12 * 3_600_000), 0);
  const here = new Date(NOON);
  for (const zone of ["", "Nowhere/Else"]) assert.equal(minuteOfDay(zone, NOON), here.getHours() * 60 + here.getMinutes());
});

test("one looks at a room by its list, and at a thread beside it by its own", () => {
  const inRoom = { attentive: true, attentiveInThread: false, route: { page: "room", room: "lobby", seq: null, panel: null } };
  const inThread = { attentive: false, attentiveInThread: true, route: { ...inRoom.route, panel: "thread", thread: 1 } };
  const messages = [event, { ...event, thread: 1 }, { ...event, thread: 1, also_to_room: true }, { ...event, thread: 2 }, { ...event, room: "direct" }];
  const seen = (state) => messages.map((message) => looksAt(state, message));
  assert.deepEqual(seen(inRoom), [true, false, true, false, false]);
  assert.deepEqual(seen(inThread), [false, true, true, false, false]);
  assert.deepEqual(seen({ ...inRoom, route: { page: "mentions" } }), [false, false, false, false, false]);
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
