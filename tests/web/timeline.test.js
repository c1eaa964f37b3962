import assert from "node:assert/strict";
import { test } from "node:test";

import { emptyTimeline, loadingPage, messageArrived, messageChanged, pageFailed, pageLoaded, WINDOW } from "../../src/hubbub/web/state/timeline.js";
import { ada, event, grace, page, said } from "./cast.js";

const seqs = (timeline) => timeline.messages.map((message) => message.seq);
const many = (first, count) => Array.from({ length: count }, (_, index) => said(first + index, ada, "word"));
const loaded = (items, ends) => pageLoaded(loadingPage(emptyTimeline(), "start"), "start", page(items, ends));

test("a new message joins a timeline that reaches the newest one", () => {
  const timeline = messageArrived(loaded([said(1, ada, "one")]), said(2, grace, "two"), true);
  assert.deepEqual(seqs(timeline), [1, 2]);
});

test("the same message twice stands there once", () => {
  const once = messageArrived(loaded([said(1, ada, "one")]), said(2, grace, "two"), true);
  assert.deepEqual(seqs(messageArrived(once, said(2, grace, "two"), true)), [1, 2]);
});

test("a new message does not close a hole that it cannot know of", () => {
  const timeline = messageArrived(loaded([said(1, ada, "one")], { after: 1 }), said(9, grace, "nine"), true);
  assert.deepEqual(seqs(timeline), [1]);
  assert.equal(timeline.newest, 9);
});

test("what arrived while the newest page was on its way is paged for", () => {
  const waiting = messageArrived(loadingPage(emptyTimeline(), "start"), said(3, grace, "three"), true);
  const timeline = pageLoaded(waiting, "start", page([said(1, ada, "one"), said(2, ada, "two")]));
  assert.equal(timeline.after, 2);
  const whole = pageLoaded(loadingPage(timeline, "after"), "after", page([said(3, grace, "three")], { before: 3 }));
  assert.deepEqual(seqs(whole), [1, 2, 3]);
  assert.equal(whole.after, null);
  assert.equal(whole.before, null);
});

test("older pages join at the front, whatever overlaps", () => {
  const timeline = loaded([said(5, ada, "five"), said(6, ada, "six")], { before: 5 });
  const older = pageLoaded(loadingPage(timeline, "before"), "before", page([said(3, ada, "three"), said(5, ada, "five")], { after: 5 }));
  assert.deepEqual(seqs(older), [3, 5, 6]);
  assert.equal(older.before, null);
  assert.equal(older.after, null);
});

test("an edit that overtakes its page is done to the page", () => {
  const waiting = messageChanged(loadingPage(emptyTimeline(), "start"), event("message.edited", 2, ada, { target: 1, text: "better" }));
  const timeline = pageLoaded(waiting, "start", page([said(1, ada, "good")]));
  assert.equal(timeline.messages[0].text, "better");
  assert.deepEqual(timeline.late, []);
});

test("an edit takes back the mentions it no longer makes", () => {
  const timeline = loaded([said(1, grace, "@Ada", { mentions: ["ada"] })]);
  const edited = messageChanged(timeline, event("message.edited", 2, grace, { target: 1, text: "nobody" }));
  assert.equal(edited.messages[0].mentions, undefined);
  assert.ok(edited.messages[0].edited_at);
});

test("a deleted message keeps its place and loses its words, also against a late edit", () => {
  const gone = messageChanged(loaded([said(1, ada, "oops")]), event("message.deleted", 2, ada, { target: 1 }));
  assert.equal(gone.messages[0].text, undefined);
  assert.equal(gone.messages[0].deleted, true);
  assert.equal(messageChanged(gone, event("message.edited", 3, ada, { target: 1, text: "back" })).messages[0].text, undefined);
});

test("at the bottom the oldest messages leave, and can be paged back", () => {
  const full = many(WINDOW + 1, 30).reduce((timeline, message) => messageArrived(timeline, message, true), loaded(many(1, WINDOW)));
  assert.ok(full.messages.length <= WINDOW + 20);
  assert.equal(full.messages.at(-1).seq, WINDOW + 30);
  assert.equal(full.before, full.messages[0].seq);
});

test("away from the bottom nothing above leaves, and the list stays bounded", () => {
  const full = many(WINDOW + 1, 400).reduce((timeline, message) => messageArrived(timeline, message, false), loaded(many(1, WINDOW)));
  assert.equal(full.messages[0].seq, 1);
  assert.ok(full.messages.length <= WINDOW * 2);
  assert.equal(full.after, full.messages.at(-1).seq);
});

test("paging up lets the newest messages go, and paging down finds them again", () => {
  const timeline = loaded(many(101, WINDOW), { before: 101 });
  const up = pageLoaded(loadingPage(timeline, "before"), "before", page(many(51, 50), { before: 51 }));
  assert.equal(up.messages.length, WINDOW);
  assert.equal(up.messages[0].seq, 51);
  assert.equal(up.after, up.messages.at(-1).seq);
});

test("a page that failed says which, and leaves the rest as it was", () => {
  const timeline = pageFailed(loadingPage(loaded([said(5, ada, "five")], { before: 5 }), "before"));
  assert.equal(timeline.failed, "before");
  assert.equal(timeline.loading, null);
  assert.deepEqual(seqs(timeline), [5]);
});
