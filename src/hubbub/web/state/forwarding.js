// A message passed on: its words as a quote, whose they are and since when, and the way back to them for those who may see it.
// It is words and nothing else: an event is the same for everybody, and could name no room that only some of them may know of.

/** @import { Message } from "../types.d.ts" */

import { wordsOrNames } from "./files.js";

const CUT = "…";

/**
 * @param {Message} message
 * @param {{ room: string | null, link: string, when: string, comment: string, limit: number }} more `room`: the name of a public one; others are not named elsewhere
 * @returns {string} no longer than the limit, if need be with less of the quote
 */
export function forwarded(message, { room, link, when, comment, limit }) {
  const source = room === null ? "" : ` [in ${plainly(room)}](${link})`;
  const start = comment.trim() ? `${comment.trim()}\n\n` : "";
  const end = `\n>\n> — ${plainly(message.by.name)}, ${when}${source}`;
  const quote = wordsOrNames(message).split("\n").map((line) => `> ${line}`).join("\n");
  return start + cut(quote, limit - [...start, ...end].length) + end;
}

/** @param {string} text @param {number} most */
function cut(text, most) {
  const letters = [...text];
  return letters.length <= most ? text : letters.slice(0, Math.max(0, most - 1)).join("") + CUT;
}

/** A name in Markdown that is nothing but a name. @param {string} name */
const plainly = (name) => name.replaceAll(/[\\`*_[\]<>|~$]/g, "\\$&");
