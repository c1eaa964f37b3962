// Polls: what votes make of them, and `/poll` as it is written.

/** @import { Id, Message, Poll, RoomEvent } from "../types.d.ts" */

export const MOST_OPTIONS = 20;
export const OPTION_LENGTH = 200;
const COMMAND = /^\/poll(?:\s+|$)/;

/** The votes of each option. @param {Poll} poll @returns {{ count: number, users: Id[] }[]} */
export const votesOf = (poll) => poll.votes ?? poll.options.map(() => ({ count: 0, users: [] }));

/** The numbers of what somebody chose. @param {Poll} poll @param {Id} user @returns {number[]} */
export const chosenBy = (poll, user) => votesOf(poll).flatMap(({ users }, number) => (users.includes(user) ? [number] : []));

/** How many people have voted. @param {Poll} poll */
export const voterCount = (poll) => new Set(votesOf(poll).flatMap(({ users }) => users)).size;

/** @param {Poll} poll @param {number} now */
export const isClosed = (poll, now) => poll.closed !== undefined || (poll.closes_at !== undefined && Date.parse(poll.closes_at) <= now);

/** What one chooses by choosing this too: in a poll for one option instead of the other one, and the same again takes it back. @param {Poll} poll @param {number[]} chosen @param {number} number */
export function choosing(poll, chosen, number) {
  if (chosen.includes(number)) return chosen.filter((other) => other !== number);
  return poll.multiple ? [...chosen, number].sort((one, other) => one - other) : [number];
}

/** The poll after a vote. Who chose an option already keeps their place there. @param {Poll} poll @param {Id} user @param {number[]} choices @returns {Poll} */
export function withVote(poll, user, choices) {
  const { votes: _before, ...rest } = poll;
  const votes = votesOf(poll).map(({ users }, number) => {
    const others = users.includes(user) && choices.includes(number) ? users : users.filter((id) => id !== user);
    const after = choices.includes(number) && !others.includes(user) ? [...others, user] : others;
    return { count: after.length, users: after };
  });
  return votes.some(({ count }) => count > 0) ? { ...rest, votes } : rest;
}

/** @param {Message} message @param {RoomEvent} event @returns {Message} */
export function withPollEvent(message, event) {
  if (!message.poll) return message;
  if (event.type === "poll.closed") return { ...message, poll: { ...message.poll, closed: { at: event.at, by: event.by } } };
  return { ...message, poll: withVote(message.poll, event.by.id, event.choices ?? []) };
}

// `/poll` in the composer

/** What was written after `/poll`: the question, then an option in each line; null where it is no poll. @param {string} text @returns {{ question: string, options: string[] } | null} */
export function pollWritten(text) {
  if (!COMMAND.test(text)) return null;
  const [question, ...options] = text.replace(COMMAND, "").split("\n").map((line) => line.trim());
  return { question, options: options.filter(Boolean).slice(0, MOST_OPTIONS) };
}

/** The same back again. @param {string} question @param {string[]} options */
export const asWritten = (question, options) => ["/poll " + question.replaceAll("\n", " "), ...options].join("\n");
