import assert from "node:assert/strict";
import { test } from "node:test";

import { applyFrame, withoutRoom } from "../../src/hubbub/web/state/apply.js";
import { emojiGroups, emojiMatching, withRecent } from "../../src/hubbub/web/state/emoji.js";
import { forwarded } from "../../src/hubbub/web/state/forwarding.js";
import { newEntry, replyFields } from "../../src/hubbub/web/state/outbox.js";
import { readRoute, writeRoute } from "../../src/hubbub/web/state/routes.js";
import { asItStands, followedAnew, followedOf, threadRead, threadsToCatchUpOn, unreadReplies } from "../../src/hubbub/web/state/threads.js";
import { emptyTimeline, loadingPage, pageLoaded } from "../../src/hubbub/web/state/timeline.js";
import { ada, after, event, grace, lobby, NOON, page, said, welcome } from "./cast.js";

const apply = (state, ...frames) => frames.reduce((now, frame) => applyFrame(now, frame, NOON), state);
const reply = (seq, by, more = {}) => ({ ...said(seq, by, `reply ${seq}`), thread: 1, ...more });
const listed = (message, more = {}) => ({ message, read_seq: message.seq, unread: 0, level: "all", ...more });
const loaded = (items) => pageLoaded(loadingPage(emptyTimeline(), "start"), "start", page(items));

test("replies in a thread that one follows are unread until one looks", () => {
  const state = { ...after(said(1, grace, "shall we?")), followed: followedOf([listed(said(1, grace, "shall we?"), { unread: 2 })]) };
  const more = apply(state, reply(2, grace), reply(3, ada), reply(4, grace));
  assert.equal(unreadReplies(more.followed), 1);
  assert.equal(unreadReplies(threadRead(more.followed, "lobby/1", 4)), 0);
});

test("what was read in a thread on another device, or in another tab, is read here", () => {
  const first = said(1, grace, "shall we?");
  const state = { ...after(first), followed: followedOf([listed(first)]) };
  const more = apply(state, reply(2, grace), reply(3, grace), reply(4, grace));
  const mark = (seq) => ({ type: "thread.read", room: "lobby", thread: 1, seq });
  assert.equal(unreadReplies(apply(more, mark(3)).followed), 1);
  const read = apply(more, mark(4), mark(2));
  assert.deepEqual([unreadReplies(read.followed), read.followed["lobby/1"].read_seq], [0, 4]);
  assert.equal(apply(more, { ...mark(4), thread: 7 }).followed, more.followed);
});

test("what is heard while the threads are asked for counts once, whether the answer knew of it or not", () => {
  const replies = { count: 2, last_seq: 3, last_at: "", by: [grace], as_of: 3 };
  const items = [listed({ ...said(1, grace, "shall we?"), replies }, { unread: 2 })];
  const heard = (...frames) => followedAnew(items, frames, "ada")["lobby/1"].unread;
  assert.deepEqual([heard(), heard(reply(3, grace)), heard(reply(3, grace), reply(4, grace))], [2, 2, 3]);
  assert.equal(heard({ type: "thread.read", room: "lobby", thread: 1, seq: 3 }, reply(4, grace)), 1);
  assert.equal(followedAnew(items, [reply(5, grace, { thread: 4, mentions: ["ada"] })], "ada")["lobby/4"].unread, 1);
});

test("one catches up on threads that one follows, the newest first", () => {
  const items = [[1, 2, "all"], [2, 0, "all"], [3, 1, "mentions"], [4, 1, "all"]].map(([seq, unread, level]) => listed(said(seq, grace, "?", { minutes: seq }), { unread, level }));
  const followed = followedOf(items);
  assert.deepEqual(threadsToCatchUpOn(followed, { lobby }).map(({ thread }) => thread), [4, 1]);
  assert.deepEqual([threadsToCatchUpOn(followed, {}), threadsToCatchUpOn(null, { lobby })], [[], []]);
});

test("after a backup was restored nothing of the threads is known until they are asked for", () => {
  const state = { ...after(said(1, grace, "shall we?")), followed: {} };
  assert.equal(apply(state, welcome()).followed, state.followed);
  assert.equal(apply(state, welcome([lobby], { epoch: "two", reset: true })).followed, null);
});

test("one follows a thread by replying, by being named, and by having begun it", () => {
  const others = { ...after(said(1, grace, "shall we?")), followed: {} };
  assert.deepEqual(Object.keys(apply(others, reply(2, grace)).followed), []);
  assert.equal(apply(others, reply(2, ada)).followed["lobby/1"].unread, 0);
  assert.equal(apply(others, reply(2, grace, { mentions: ["ada"] })).followed["lobby/1"].unread, 1);
  const own = { ...after(said(1, ada, "shall we?")), timelines: { lobby: loaded([said(1, ada, "shall we?")]) }, followed: {} };
  assert.equal(apply(own, reply(2, grace)).followed["lobby/1"].unread, 1);
});

test("what a thread that is open and in view gets is read", () => {
  const state = { ...after(said(1, grace, "shall we?")), followed: followedOf([listed(said(1, grace, "shall we?"))]), attentive: true };
  const looking = { ...state, attentiveInThread: true, route: { page: "room", room: "lobby", seq: null, panel: "thread", thread: 1 } };
  assert.equal(unreadReplies(apply(looking, reply(2, grace)).followed), 0);
  assert.equal(apply(looking, reply(2, grace)).followed["lobby/1"].read_seq, 1, "until the server was told");
  assert.equal(unreadReplies(apply(state, reply(2, grace)).followed), 1);
  assert.equal(unreadReplies(apply({ ...looking, attentiveInThread: false }, reply(2, grace)).followed), 1, "nor where one has scrolled up");
});

test("threads go with their room, and come afresh with it", () => {
  const state = { ...after(said(1, grace, "shall we?")), timelines: { lobby: loaded([]), "lobby/1": loaded([]), "other/1": loaded([]) }, singles: { "lobby/1": "missing", "other/1": "missing" } };
  const left = withoutRoom(state, "lobby");
  assert.deepEqual([Object.keys(left.timelines), Object.keys(left.singles)], [["other/1"], ["other/1"]]);
  const behind = apply(state, { type: "behind", room: "lobby", last_seq: 5000 });
  assert.deepEqual(Object.keys(behind.timelines), ["other/1"]);
  assert.deepEqual(Object.keys(apply(state, welcome([{ ...lobby, last_seq: 1 }])).timelines), ["lobby", "lobby/1"]);
});

test("a message is as it stands now wherever it is known from, and as it was where it is not", () => {
  const was = said(1, grace, "shall we?");
  const reacted = (target) => event("reaction.added", target + 10, ada, { target, emoji: "+" });
  const inRoom = apply({ ...after(), timelines: { lobby: loaded([was]) } }, reacted(1));
  assert.deepEqual(asItStands(inRoom, was).reactions, [{ emoji: "+", count: 1, users: ["ada"] }]);
  const inThread = apply({ ...after(), timelines: { "lobby/1": loaded([reply(2, grace)]) } }, reacted(2));
  assert.equal(asItStands(inThread, reply(2, grace)).reactions.length, 1);
  assert.equal(asItStands(after(), was), was);
  assert.equal(asItStands({ ...after(), singles: { "lobby/1": "missing" } }, was), was);
});

test("a thread has an address of its own", () => {
  const route = { page: "room", room: "lobby", seq: null, panel: "thread", thread: 12 };
  assert.equal(writeRoute(route), "#/room/lobby/thread/12");
  assert.deepEqual(readRoute("#/room/lobby/thread/12"), route);
  assert.deepEqual(readRoute("#/room/lobby/thread/12/14"), { ...route, reply: 14 });
  assert.equal(writeRoute({ ...route, reply: 14 }), "#/room/lobby/thread/12/14");
  for (const panel of ["people", "pins", "threads", "bookmarks"]) assert.equal(readRoute(`#/room/lobby/${panel}`).panel, panel);
  assert.deepEqual(readRoute("#/room/lobby/thread/x"), { page: "room", room: "lobby", seq: null, panel: null });
});

test("a message under way says what it replies to", () => {
  assert.deepEqual(replyFields(newEntry("k", "lobby", "hi", NOON)), {});
  assert.deepEqual(replyFields(newEntry("k", "lobby", "hi", NOON, { thread: 1, also_to_room: true, reply_to: 3 })), { thread: 1, also_to_room: true, reply_to: 3 });
});

test("a message passed on is a quote, with its room only where everybody may know of it", () => {
  const message = said(1, grace, "one\ntwo");
  const more = { room: null, link: "https://x/#/room/lobby/1", when: "4 May", comment: "", limit: 8000 };
  assert.equal(forwarded(message, more), "> one\n> two\n>\n> — Grace, 4 May");
  const named = forwarded(message, { ...more, room: "lobby](https://evil.example", comment: " look " });
  assert.equal(named, "look\n\n> one\n> two\n>\n> — Grace, 4 May [in lobby\\](https://evil.example](https://x/#/room/lobby/1)");
  const long = forwarded({ ...message, text: "😀".repeat(8000) }, more);
  assert.equal([...long].length, 8000);
  assert.ok(long.endsWith("😀…\n>\n> — Grace, 4 May"));
});

const EMOJI = [
  { unicode: "🐟", label: "fish", tags: ["animal"], group: 3, order: 2 },
  { unicode: "🎣", label: "fishing pole", tags: ["fish", "sport"], group: 6, order: 3 },
  { unicode: "🐠", label: "tropical fish", tags: [], group: 3, order: 1 },
  { unicode: "🇦", label: "regional indicator A" },
];

test("an emoji is found by what it is called, the nearest first", () => {
  assert.deepEqual(emojiMatching(EMOJI, " Fish ").map(({ unicode }) => unicode), ["🐟", "🎣", "🐠"]);
  assert.deepEqual([emojiMatching(EMOJI, "regional"), emojiMatching(EMOJI, " ")], [[], []]);
});

test("emoji stand in groups, in their order", () => {
  const nature = emojiGroups(EMOJI).find(({ name }) => name === "Nature");
  assert.deepEqual(nature.emoji.map(({ label }) => label), ["tropical fish", "fish"]);
});

test("the emoji chosen last comes first, and the list stays short", () => {
  const many = Array.from({ length: 30 }, (_, number) => String(number)).reduce(withRecent, []);
  assert.equal(many.length, 16);
  assert.deepEqual(withRecent(many, "20").slice(0, 2), ["20", "29"]);
  assert.equal(withRecent(many, "20").length, 16);
});

test("an event about a thread of another room changes nothing here", () => {
  const state = { ...after(said(1, grace, "hi")), timelines: { lobby: loaded([said(1, grace, "hi")]), "other/1": loaded([said(1, grace, "elsewhere")]) } };
  const changed = apply(state, event("message.edited", 2, grace, { target: 1, text: "changed" }));
  assert.equal(changed.timelines["other/1"].messages[0].text, "elsewhere");
});
