// Polls: counted from votes as the server counts them, with one's own vote in view before the server has it.

import assert from "node:assert/strict";
import test from "node:test";

import { asWritten, chosenBy, choosing, isClosed, pollWritten, voterCount } from "../../src/hubbub/web/state/polls.js";
import { pollShown, voteBegun, voteDone, voteSent } from "../../src/hubbub/web/state/votes.js";
import { ada, after, event, grace, NOON, page, said, welcome } from "./cast.js";
import { applyFrame } from "../../src/hubbub/web/state/apply.js";
import { pageLoaded } from "../../src/hubbub/web/state/timeline.js";

const TEA = { options: ["tea", "coffee"] };
const asked = said(1, grace, "What shall we drink?", { poll: TEA });
const voted = (seq, by, ...choices) => event("poll.voted", seq, by, { target: 1, choices });

function loaded(...items) {
  const state = after();
  return { ...state, timelines: { ...state.timelines, lobby: pageLoaded({ ...state.timelines.lobby, messages: [], late: [] }, "start", page(items)) } };
}

const hearing = (state, ...frames) => frames.reduce((before, frame) => applyFrame(before, frame, NOON), state);
const pollIn = (state) => state.timelines.lobby.messages[0].poll;
const counts = (poll) => (poll.votes ?? []).map(({ count }) => count);

test("the last vote of each counts, and is counted once", () => {
  const state = hearing(loaded(), asked, voted(2, ada, 0), voted(3, grace, 0), voted(4, ada, 1));

  assert.deepEqual(pollIn(state), { ...TEA, votes: [{ count: 1, users: ["grace"] }, { count: 1, users: ["ada"] }] });
  assert.deepEqual(chosenBy(pollIn(state), "ada"), [1]);
  assert.equal(voterCount(pollIn(state)), 2);
});

test("with the last vote taken back there is none", () => {
  assert.deepEqual(pollIn(hearing(loaded(), asked, voted(2, ada, 0), voted(3, ada))), TEA);
});

test("a closed poll stays as it is for those who look, and goes with its message", () => {
  const closed = hearing(loaded(), asked, voted(2, ada, 0), event("poll.closed", 3, grace, { target: 1 }));
  assert.equal(isClosed(pollIn(closed), NOON), true);
  assert.deepEqual(counts(pollIn(closed)), [1, 0]);

  assert.equal(pollIn(hearing(closed, event("message.deleted", 4, grace, { target: 1 }))), undefined);
});

test("a poll is closed from its time on", () => {
  const poll = { ...TEA, closes_at: new Date(NOON).toISOString() };
  assert.deepEqual([NOON - 1, NOON].map((now) => isClosed(poll, now)), [false, true]);
});

test("one chooses one instead of another, the same again takes it back, and several where that was asked", () => {
  assert.deepEqual([choosing(TEA, [], 1), choosing(TEA, [1], 0), choosing(TEA, [1], 1)], [[1], [0], []]);
  assert.deepEqual(choosing({ ...TEA, multiple: true }, [1], 0), [0, 1]);
});

test("a vote that is on its way is in view, and counted once when it comes", () => {
  const choices = [1];
  let state = hearing(loaded(), asked, voted(2, ada, 0));
  const shown = () => counts(pollShown(state.timelines.lobby.messages[0], state.votes, "ada"));
  state = { ...state, votes: voteBegun(state.votes, "lobby/1", choices) };
  assert.deepEqual(shown(), [0, 1]);

  state = { ...state, votes: voteSent(state.votes, "lobby/1", choices) };
  assert.deepEqual(shown(), [0, 1]);
  state = hearing(state, voted(3, ada, 1));

  assert.deepEqual(state.votes, {});
  assert.deepEqual(shown(), [0, 1]);
});

test("a vote that was changed on its way waits on, and one that did not go survives a new connection", () => {
  const first = voteBegun({}, "lobby/1", [0]);
  const second = voteBegun(first, "lobby/1", [1]);
  assert.deepEqual(voteSent(second, "lobby/1", first["lobby/1"].choices), second);

  const both = { ...second, "lobby/2": { choices: [0], sent: true } };
  assert.deepEqual(hearing({ ...loaded(asked), votes: both }, welcome()).votes, second);
  assert.deepEqual(voteDone(both, "lobby/2"), second);
});

test("a poll is written with its options below it", () => {
  assert.deepEqual(pollWritten("/poll What? \n tea\n\ncoffee"), { question: "What?", options: ["tea", "coffee"] });
  assert.deepEqual(pollWritten("/poll"), { question: "", options: [] });
  assert.deepEqual([pollWritten("/polls are fun"), pollWritten("see /poll")], [null, null]);
  assert.equal(asWritten("What?", ["tea", "coffee"]), "/poll What?\ntea\ncoffee");
});
