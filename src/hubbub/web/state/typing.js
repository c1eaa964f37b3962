// Who is typing. The server says when it ends; should that be lost, it fades by itself.

/** @import { Typing, Id } from "../types.d.ts" */

import { say } from "./words.js";

const FADES_AFTER_MS = 30_000;
const REPEAT_AFTER_MS = 3_000;

/** @param {Record<Id, Typing>} typing @param {Id} room @param {string[]} names @param {number} now @returns {Record<Id, Typing>} */
export function typingHeard(typing, room, names, now) {
  const { [room]: _before, ...others } = typing;
  return names.length ? { ...others, [room]: { names, until: now + FADES_AFTER_MS } } : others;
}

/** Who has just spoken has stopped typing. @param {Record<Id, Typing>} typing @param {Id} room @param {string} name */
export function typingEnded(typing, room, name) {
  const known = typing[room];
  if (!known?.names.includes(name)) return typing;
  const names = known.names.filter((each) => each !== name);
  const { [room]: _before, ...others } = typing;
  return names.length ? { ...others, [room]: { ...known, names } } : others;
}

/** @param {Record<Id, Typing>} typing @param {number} now @returns {Record<Id, Typing>} */
export function typingFaded(typing, now) {
  const kept = Object.entries(typing).filter(([, { until }]) => until > now);
  return kept.length === Object.keys(typing).length ? typing : Object.fromEntries(kept);
}

/** Whether to say again that one is typing. @param {number} lastSaid @param {number} now */
export const maySayTyping = (lastSaid, now) => now - lastSaid >= REPEAT_AFTER_MS;

/** @param {string[]} names @returns {string} a sentence, empty when nobody types */
export function typingSentence(names) {
  if (names.length === 0) return "";
  if (names.length === 1) return say("# is typing", names[0]);
  if (names.length === 2) return say("# and # are typing", names[0], names[1]);
  return say("Several people are typing");
}
