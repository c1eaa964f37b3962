import assert from "node:assert/strict";
import { test } from "node:test";

import { fieldMoment, momentChoices, momentOf, momentWords, tomorrowMorning } from "../../src/hubbub/web/state/moments.js";
import { readRoute, writeRoute } from "../../src/hubbub/web/state/routes.js";
import { bookmarksLoaded, scheduledLoaded } from "../../src/hubbub/web/state/scheduling.js";
import { ada, after, grace, lobby, said, welcome } from "./cast.js";

const EVENING = new Date(2026, 4, 3, 22, 30, 12).getTime();

test("the moments that are offered are the next hour and the next morning", () => {
  const [hour, morning] = momentChoices(EVENING).map(({ at }) => new Date(at));
  assert.deepEqual([hour.getDate(), hour.getHours(), hour.getMinutes(), hour.getSeconds()], [3, 23, 31, 0]);
  assert.deepEqual([morning.getDate(), morning.getHours(), morning.getMinutes()], [4, 9, 0]);
  assert.equal(new Date(tomorrowMorning(new Date(2026, 11, 31, 1).getTime())).getFullYear(), 2027);
});

test("a field says a moment as it was written into it", () => {
  assert.equal(fieldMoment(EVENING), "2026-05-03T22:30");
  assert.equal(momentOf("2026-05-03T22:30"), new Date(2026, 4, 3, 22, 30).getTime());
  for (const words of ["", "tomorrow", "2026-05-03", "2026-13-45T99:99"]) assert.equal(momentOf(words), null);
});

test("a moment is said by its day and its time", () => {
  assert.match(momentWords(EVENING + 3_600_000, EVENING), /^Today, /);
  assert.match(momentWords(tomorrowMorning(EVENING), EVENING), /^Tomorrow, /);
  assert.match(momentWords(new Date(2026, 4, 9, 9).getTime(), EVENING), /9 May, /);
});

test("the page of scheduled messages has an address", () => {
  assert.equal(writeRoute(readRoute("#/scheduled")), "#/scheduled");
});

test("how many messages wait is known from the list, and from what the server says", () => {
  const heard = after({ type: "scheduled", waiting: 2, failed: 1 });
  assert.deepEqual(heard.scheduled, { waiting: 2, failed: 1, changes: 1 });
  assert.deepEqual(scheduledLoaded(heard, [{}, { failed: "why" }, {}]).scheduled, { waiting: 2, failed: 1, changes: 1 });
});

test("one is reminded of each message once, until the bookmarks say otherwise", () => {
  const state = after({ type: "reminder", room: "lobby", seq: 4 }, { type: "reminder", room: "lobby", seq: 4 });
  assert.deepEqual(state.due, ["lobby/4"]);
  assert.equal(bookmarksLoaded(state, [{ message: { room: "lobby", seq: 4 }, due: true }]), state);
  assert.deepEqual(bookmarksLoaded(state, [{ message: { room: "lobby", seq: 4 } }]).due, []);
});

test("a message of one's own that was sent later reads nothing that came before it", () => {
  const away = { ...lobby, id: "kitchen" };
  const later = { ...said(1, ada, "sent later"), room: "kitchen", scheduled: true };
  const all = after(welcome([lobby, away]), later).rooms.kitchen;
  assert.deepEqual([all.unread, all.read_seq], [0, 1]);
  const some = after(welcome([lobby, away]), { ...said(1, grace, "news"), room: "kitchen" }, { ...later, seq: 2 }).rooms.kitchen;
  assert.deepEqual([some.unread, some.read_seq], [2, 0]);
});
