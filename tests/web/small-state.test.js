import assert from "node:assert/strict";
import { test } from "node:test";

import { caretAfter, draftKept, hasDraft } from "../../src/hubbub/web/state/drafts.js";
import { hueOf, initialsOf, mentionBefore, peopleMatching } from "../../src/hubbub/web/state/people.js";
import { neighbour, roomSections } from "../../src/hubbub/web/state/rooms.js";
import { readRoute, writeRoute } from "../../src/hubbub/web/state/routes.js";
import { dayWords, headTime } from "../../src/hubbub/web/state/times.js";
import { maySayTyping, typingFaded, typingHeard, typingSentence } from "../../src/hubbub/web/state/typing.js";
import { ada, grace, lobby, NOON } from "./cast.js";

const rooms = Object.fromEntries(
  [{ name: "zoo" }, { name: "Alpha" }, { name: "room 10" }, { name: "room 9" }, { name: "grace", kind: "direct" }].map((room) => [
    room.name, { ...lobby, id: room.name, cursor: 0, unread: 2, ...room },
  ]),
);

test("rooms stand in sections, by name as people read them", () => {
  assert.deepEqual(roomSections(rooms).map((section) => section.rooms.map(({ name }) => name)), [["Alpha", "room 9", "room 10", "zoo"], ["grace"]]);
});

test("the next room goes round at the end", () => {
  const list = roomSections(rooms).flatMap((section) => section.rooms);
  assert.equal(neighbour(list, "grace", 1)?.name, "Alpha");
  assert.equal(neighbour(list, null, -1)?.name, "grace");
  assert.equal(neighbour([], null, 1), null);
});

test("addresses are read as they are written", () => {
  for (const hash of ["#/", "#/setup/abc", "#/invite/a%2Fb", "#/room/r1", "#/room/r1/17", "#/room/r1/people", "#/email/confirm/a-b_c", "#/email/stop/x"]) {
    assert.equal(writeRoute(readRoute(hash)), hash);
  }
  assert.deepEqual(readRoute("#/room/r1/nonsense"), { page: "room", room: "r1", seq: null, panel: null });
  for (const hash of ["#/elsewhere/%E0", "#/email/else/x", "#/email/stop"]) assert.deepEqual(readRoute(hash), { page: "rooms" });
});

test("a draft is kept per room and gone when empty", () => {
  const drafts = draftKept(draftKept({}, "lobby", "hello"), "kitchen", "  ");
  assert.ok(hasDraft(drafts, "lobby"));
  assert.ok(!hasDraft(drafts, "kitchen"));
  assert.deepEqual(draftKept({ lobby: "x" }, "lobby", ""), {});
});

test("typing fades by itself and is said at most every three seconds", () => {
  const typing = typingHeard({}, "lobby", ["Grace"], NOON);
  assert.equal(typingFaded(typing, NOON + 1000), typing);
  assert.deepEqual(typingFaded(typing, NOON + 60_000), {});
  assert.deepEqual(typingHeard(typing, "lobby", [], NOON), {});
  assert.ok(!maySayTyping(NOON, NOON + 2999));
  assert.ok(maySayTyping(NOON, NOON + 3000));
  assert.equal(typingSentence(["Ada", "Grace"]), "Ada and Grace are typing");
});

test("a person has the same hue everywhere, and letters in any script", () => {
  assert.equal(hueOf("01abc"), hueOf("01abc"));
  assert.ok(hueOf("anything") >= 0 && hueOf("anything") < 12);
  assert.deepEqual(["Ada", "grace hopper", "barbara.liskov", "نور", "🙂"].map(initialsOf), ["A", "GH", "BL", "ن", "?"]);
});

test("a name is completed only after an @ that begins a word", () => {
  assert.deepEqual(mentionBefore("hi @gr", 6), { words: "gr", start: 3 });
  assert.equal(mentionBefore("mail@gr", 7), null);
  assert.deepEqual(peopleMatching([ada, grace], "a", 5).map(({ name }) => name), ["Ada", "Grace"]);
});

test("times are relative within the hour only", () => {
  assert.equal(headTime(NOON - 30_000, NOON), "now");
  assert.equal(headTime(NOON - 240_000, NOON), "4 min ago");
  assert.doesNotMatch(headTime(NOON - 3_600_000, NOON), /ago/);
});

test("days have words while they are near", () => {
  assert.equal(dayWords(NOON, NOON), "Today");
  assert.equal(dayWords(NOON - 86_400_000, NOON), "Yesterday");
  assert.match(dayWords(NOON - 400 * 86_400_000, NOON), /2025/);
});

test("a caret stays with the words that it stands between", () => {
  assert.equal(caretAfter("tea cake", "tea and cake", 4), 4);
  assert.equal(caretAfter("cake", "tea and cake", 2), 10);
  assert.equal(caretAfter("", "tea", 0), 3);
  assert.equal(caretAfter("tea and cake", "", 5), 0);
  assert.equal(caretAfter("tea and cake", "soup", 9), 4);
});
