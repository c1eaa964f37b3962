// One's own votes that the server may not know of yet, by the place of the message.

/** @import { Id, Message, Poll, RoomEvent, State } from "../types.d.ts" */

import { withVote } from "./polls.js";
import { placeOf } from "./threads.js";

/** The poll as one should see it: with one's own vote, which may still be on its way. @param {Message} message @param {State["votes"]} votes @param {Id} me @returns {Poll | undefined} */
export function pollShown({ poll, room, seq }, votes, me) {
  const mine = votes[placeOf(room, seq)];
  return poll && mine && !poll.closed ? withVote(poll, me, mine.choices) : poll;
}

/** @param {State["votes"]} votes @param {string} place @param {number[]} choices @returns {State["votes"]} */
export const voteBegun = (votes, place, choices) => ({ ...votes, [place]: { choices, sent: false } });

/** @param {State["votes"]} votes @param {string} place @returns {State["votes"]} */
export function voteDone(votes, place) {
  const { [place]: _done, ...others } = votes;
  return others;
}

/** The server has it: it is shown until the event comes. @param {State["votes"]} votes @param {string} place @param {number[]} choices what was sent @returns {State["votes"]} */
export function voteSent(votes, place, choices) {
  return votes[place]?.choices === choices ? { ...votes, [place]: { choices, sent: true } } : votes;
}

/** One's own vote has come as an event. @param {State["votes"]} votes @param {RoomEvent} event @param {Id} me */
export function voteHeard(votes, event, me) {
  const place = placeOf(event.room, event.target ?? 0);
  return event.by.id === me && votes[place]?.sent ? voteDone(votes, place) : votes;
}

/** With a new connection what the server had is known by other means. @param {State["votes"]} votes @returns {State["votes"]} */
export const votesAnew = (votes) => Object.fromEntries(Object.entries(votes).filter(([, { sent }]) => !sent));
