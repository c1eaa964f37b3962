// What a message replies to: a line above it, and above the composer before it is sent.

/** @import { Message } from "../types.d.ts" */

import { wordsOrNames } from "../state/files.js";
import { placeOf } from "../state/threads.js";
import { say } from "../state/words.js";
import { html, useEffect } from "../view.js";
import { useClient } from "./context.js";
import { Icon, IconButton } from "./icons.js";
import { Avatar } from "./small.js";

/** @param {{ room: string, seq: number }} properties the message that is quoted */
export function Quote({ room, seq }) {
  const client = useClient();
  const quoted = useMessage(room, seq);
  const go = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (quoted && quoted !== "missing") client.navigation.openMessage(quoted);
  };
  return html`<a class="quote" href=${client.navigation.linkTo(room, seq)} onClick=${go}>
    <${Icon} name="reply" /><span class="visually-hidden">In reply to</span>
    <${QuotedWords} message=${quoted} />
  </a>`;
}

/** @param {{ room: string, seq: number, cancel: () => void }} properties */
export function QuoteToSend({ room, seq, cancel }) {
  return html`<div class="quote-to-send">
    <${Icon} name="reply" /><span class="quiet">Reply to</span>
    <${QuotedWords} message=${useMessage(room, seq)} />
    <${IconButton} icon="close" name="Reply to nothing" onClick=${cancel} />
  </div>`;
}

/** A message of this room, loaded where it is not known. @param {string} room @param {number} seq */
export function useMessage(room, seq) {
  const client = useClient();
  const single = client.see.singles.value[placeOf(room, seq)];
  const known = client.see.timelines.value[room]?.messages.find((message) => message.seq === seq) ?? single;
  useEffect(() => {
    if (known === undefined) client.threads.need(room, seq);
  }, [room, seq, known === undefined]);
  return known;
}

/** @param {Message} message @returns {string} what it says, in one line, and nothing of what is hidden in it */
export function wordsInALine(message) {
  return message.deleted ? say("a message that was deleted") : wordsOrNames(message).replaceAll(/\|\|.+?\|\|/g, "▒▒▒").replaceAll(/\s+/g, " ");
}

/** @param {{ message: Message | "missing" | undefined }} properties */
function QuotedWords({ message }) {
  if (message === undefined) return html`<span class="quote-words">…</span>`;
  if (message === "missing") return html`<span class="quote-words">a message that you cannot see</span>`;
  const words = wordsInALine(message);
  return html`<${Avatar} person=${message.by} small /><b class="quote-author" dir="auto">${message.by.name}</b><span class="quote-words" dir="auto">${words}</span>`;
}
