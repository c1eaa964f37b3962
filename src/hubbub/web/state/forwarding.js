// A message passed on: its words as a quote, whose they are, and the way back to them for those who may see it.

/** @import { Message } from "../types.d.ts" */

/** @param {Message} message @param {string | null} roomName of a public room; others are not named elsewhere @param {string} link @param {string} comment @returns {string} */
export function forwarded(message, roomName, link, comment) {
  const quoted = (message.text ?? "").split("\n").map((line) => `> ${line}`).join("\n");
  const where = roomName === null ? "" : ` [in ${roomName}](${link})`;
  return [comment.trim(), `${quoted}\n>\n> — ${message.by.name}${where}`].filter(Boolean).join("\n\n");
}
