import assert from "node:assert/strict";
import { test } from "node:test";

import { applyFrame } from "../../src/hubbub/web/state/apply.js";
import { emptyTimeline, loadingPage, pageLoaded } from "../../src/hubbub/web/state/timeline.js";
import { ada, after, event, grace, NOON, page, said } from "./cast.js";

const apply = (state, ...frames) => frames.reduce((now, frame) => applyFrame(now, frame, NOON), state);
const loaded = (items) => ({ ...after(...items), timelines: { lobby: pageLoaded(loadingPage(emptyTimeline(), "start"), "start", page(items)) } });
const messages = (state, place = "lobby") => state.timelines[place].messages;
const hello = said(1, ada, "hello");

test("reactions are counted with who chose them, in their order", () => {
  const [message] = messages(apply(loaded([hello]), event("reaction.added", 2, grace, { target: 1, emoji: "👍" }),
    event("reaction.added", 3, ada, { target: 1, emoji: "🎉" }), event("reaction.added", 4, ada, { target: 1, emoji: "👍" })));
  assert.deepEqual(message.reactions, [{ emoji: "👍", count: 2, users: ["grace", "ada"] }, { emoji: "🎉", count: 1, users: ["ada"] }]);
});

test("a reaction that nobody chooses any more is gone, and so are all with the last one", () => {
  const [message] = messages(apply(loaded([hello]), event("reaction.added", 2, grace, { target: 1, emoji: "👍" }), event("reaction.removed", 3, grace, { target: 1, emoji: "👍" })));
  assert.deepEqual(message, hello);
});

test("what a page knows already is not counted again", () => {
  const state = { ...after(hello), timelines: { lobby: loadingPage(emptyTimeline(), "start") } };
  const { timelines } = apply(state, event("reaction.added", 2, grace, { target: 1, emoji: "👍" }), { ...said(3, grace, "yes"), thread: 1 },
    { ...said(4, grace, "no"), thread: 1 }, event("message.deleted", 5, grace, { target: 3, thread: 1 }));
  const known = { ...hello, reactions: [{ emoji: "👍", count: 1, users: ["grace"] }], replies: { count: 1, last_seq: 4, last_at: hello.at, by: [grace], as_of: 5 } };
  assert.deepEqual(pageLoaded(timelines.lobby, "start", page([known])).messages, [known]);
});

test("a pinned message says since when and by whom, until it is unpinned", () => {
  const pinned = apply(loaded([hello]), event("message.pinned", 2, grace, { target: 1 }));
  assert.equal(messages(pinned)[0].pinned.by.name, "Grace");
  assert.deepEqual(messages(apply(pinned, event("message.unpinned", 3, ada, { target: 1 }))), [hello]);
});

test("a deleted message keeps its thread and nothing else", () => {
  const state = apply(loaded([hello]), event("reaction.added", 2, grace, { target: 1, emoji: "👍" }), event("message.pinned", 3, grace, { target: 1 }),
    { ...said(4, grace, "yes"), thread: 1 }, event("message.deleted", 5, ada, { target: 1 }));
  const [stub] = messages(state);
  assert.deepEqual([stub.text, stub.reactions, stub.pinned, stub.deleted, stub.replies.count], [undefined, undefined, undefined, true, 1]);
});

test("the first message of a thread counts its replies, which stand elsewhere", () => {
  const state = apply(loaded([hello]), { ...said(2, grace, "yes"), thread: 1 }, { ...said(3, ada, "no"), thread: 1 }, { ...said(4, grace, "well"), thread: 1 });
  assert.equal(messages(state).length, 1);
  const { replies } = messages(state)[0];
  assert.deepEqual([replies.count, replies.last_seq, replies.by.map(({ name }) => name)], [3, 4, ["Grace", "Ada"]]);
  const fewer = apply(state, event("message.deleted", 5, grace, { target: 4, thread: 1 }), event("message.deleted", 6, grace, { target: 2, thread: 1 }));
  assert.equal(messages(fewer)[0].replies.count, 1);
  assert.deepEqual(messages(apply(fewer, event("message.deleted", 7, ada, { target: 3, thread: 1 }))), [hello]);
});

test("only what stands in the room is unread there", () => {
  const state = apply(loaded([said(1, grace, "shall we?")]), { ...said(2, grace, "yes @Ada"), thread: 1, mentions: ["ada"] });
  assert.deepEqual([state.rooms.lobby.unread, state.rooms.lobby.mentions], [1, 1]);
  assert.equal(apply(state, { ...said(3, grace, "we shall"), thread: 1, also_to_room: true }).rooms.lobby.unread, 2);
});

test("whoever names the room names everybody in it", () => {
  const state = apply(loaded([hello]), said(2, grace, "@room tea", { mentions: ["@room"] }), said(3, grace, "@Linus tea", { mentions: ["linus"] }));
  assert.deepEqual([state.rooms.lobby.unread, state.rooms.lobby.mentions], [2, 1]);
});

test("a reply that is also for the room stands in both", () => {
  const open = loaded([hello]);
  const state = apply({ ...open, timelines: { ...open.timelines, "lobby/1": pageLoaded(loadingPage(emptyTimeline(), "start"), "start", page([])) } },
    { ...said(2, grace, "yes"), thread: 1, also_to_room: true });
  assert.deepEqual([messages(state).length, messages(state, "lobby/1").length], [2, 1]);
});

test("what is changed is changed wherever it stands", () => {
  const reply = { ...said(2, grace, "yes"), thread: 1 };
  const state = apply({ ...loaded([hello]), singles: { "lobby/1": hello, "lobby/9": "missing" } }, reply);
  const opened = { ...state, timelines: { ...state.timelines, "lobby/1": pageLoaded(loadingPage(emptyTimeline(), "start"), "start", page([reply])) } };
  const changed = apply(opened, event("message.edited", 3, ada, { target: 1, text: "hello?" }), event("reaction.added", 4, ada, { target: 2, emoji: "👍" }));
  assert.deepEqual([changed.singles["lobby/1"].text, changed.singles["lobby/1"].replies.count, messages(changed, "lobby/1")[0].reactions.length], ["hello?", 1, 1]);
});
