// What later events make of the messages that stand already. Each change may come twice, as a page may know of it already.

/** @import { Id, Message, Person, Reaction, Replies, RoomEvent, Seq } from "../types.d.ts" */

import { withPollEvent } from "./polls.js";
import { withPreviews } from "./previews.js";

const REPLIERS_SHOWN = 3;

/** @typedef {(message: Message) => Message} Change */

/** @type {Record<string, (event: RoomEvent) => [Seq | undefined, Change][]>} */
const CHANGES = {
  "message.created": (event) => [[event.thread, (first) => withReply(first, event)]],
  "message.edited": (event) => [[event.target, (message) => asEdited(message, event)]],
  "message.deleted": (event) => [[event.target, asDeleted], [event.thread, (first) => withoutReply(first, event)]],
  "message.pinned": (event) => [[event.target, (message) => ({ ...message, pinned: { at: event.at, by: event.by } })]],
  "message.unpinned": (event) => [[event.target, unpinned]],
  "message.previewed": (event) => [[event.target, (message) => withPreviews(message, event.previews)]],
  "poll.voted": (event) => [[event.target, (message) => withPollEvent(message, event)]],
  "poll.closed": (event) => [[event.target, (message) => withPollEvent(message, event)]],
  "reaction.added": (event) => [[event.target, (message) => withReactions(message, reacted(message.reactions ?? [], event.emoji ?? "", event.by.id))]],
  "reaction.removed": (event) => [[event.target, (message) => withReactions(message, unreacted(message.reactions ?? [], event.emoji ?? "", event.by.id))]],
};

/** Which messages an event changes, and how. @param {RoomEvent} event @returns {[Seq, Change][]} */
export function changesOf(event) {
  const changes = Object.hasOwn(CHANGES, event.type) ? CHANGES[event.type](event) : [];
  return /** @type {[Seq, Change][]} */ (changes.filter(([seq]) => seq !== undefined));
}

/** @param {Message[]} messages @param {RoomEvent} event @returns {Message[]} the same list where nothing changes */
export function changed(messages, event) {
  let result = messages;
  for (const [seq, change] of changesOf(event)) {
    const index = result.findIndex((message) => message.seq === seq);
    if (index >= 0) result = result.with(index, change(result[index]));
  }
  return result;
}

/** Whether the message stands in the room itself, not only in a thread. @param {{ thread?: Seq, also_to_room?: boolean }} message */
export const standsInRoom = (message) => message.thread === undefined || message.also_to_room === true;

/** @param {Message} message @param {Id} user @param {string} emoji */
export const hasReacted = (message, user, emoji) => message.reactions?.some((each) => isSameEmoji(each.emoji, emoji) && each.users.includes(user)) ?? false;

/** Whether it names somebody, by their name or with everybody in the room. @param {{ mentions?: Id[] }} message @param {Id} user */
export const names = ({ mentions }, user) => mentions?.some((id) => id === user || id === "@room") ?? false;

/** Some may be written with a mark that says to draw them in colour, and without. @param {string} one @param {string} other */
export const isSameEmoji = (one, other) => one.replaceAll("\ufe0f", "") === other.replaceAll("\ufe0f", "");

/** @param {Message} message @returns {Message} */
function asDeleted({ text: _words, files: _files, mentions: _mentions, edited_at: _edited, reactions: _reactions, poll: _poll, previews: _previews, pinned: _pinned, ...rest }) {
  return { ...rest, deleted: true, redacted: true };
}

/** @param {Message} message @param {RoomEvent} event @returns {Message} */
function asEdited(message, event) {
  if (message.deleted || event.redacted) return message;
  const { mentions: _before, ...rest } = message;
  return { ...rest, text: event.text, edited_at: event.at, ...(event.mentions ? { mentions: event.mentions } : {}) };
}

/** @param {Message} message @returns {Message} */
function unpinned({ pinned: _pinned, ...rest }) {
  return rest;
}

/** @param {Message} message @param {Reaction[]} reactions @returns {Message} */
function withReactions({ reactions: _before, ...rest }, reactions) {
  return reactions.length && !rest.deleted ? { ...rest, reactions } : rest;
}

/** @param {Reaction[]} reactions @param {string} emoji @param {Id} user @returns {Reaction[]} */
function reacted(reactions, emoji, user) {
  if (!reactions.some((each) => each.emoji === emoji)) return [...reactions, { emoji, count: 1, users: [user] }];
  return reactions.map((each) => (each.emoji === emoji && !each.users.includes(user) ? { emoji, count: each.count + 1, users: [...each.users, user] } : each));
}

/** @param {Reaction[]} reactions @param {string} emoji @param {Id} user @returns {Reaction[]} */
function unreacted(reactions, emoji, user) {
  const left = reactions.map((each) => {
    if (each.emoji !== emoji || !each.users.includes(user)) return each;
    return { emoji, count: each.count - 1, users: each.users.filter((id) => id !== user) };
  });
  return left.filter((each) => each.count > 0);
}

/** @param {Message} first @param {RoomEvent} event @returns {Message} */
function withReply(first, { seq, at, by }) {
  const before = first.replies ?? { count: 0, last_seq: 0, last_at: "", by: /** @type {Person[]} */ ([]), as_of: 0 };
  if (seq <= before.as_of) return first;
  const others = before.by.filter((person) => person.id !== by.id);
  /** @type {Replies} */
  const replies = { count: before.count + 1, last_seq: seq, last_at: at, by: [by, ...others].slice(0, REPLIERS_SHOWN), as_of: seq };
  return { ...first, replies };
}

/** @param {Message} first @param {RoomEvent} event @returns {Message} */
function withoutReply(first, { seq }) {
  const { replies, ...rest } = first;
  if (!replies || seq <= replies.as_of) return first;
  return replies.count > 1 ? { ...rest, replies: { ...replies, count: replies.count - 1, as_of: seq } } : rest;
}
