// One message: kept, under way, or failed; and its actions.

/** @import { Message, OutboxEntry, Person } from "../types.d.ts" */

import { finderOf } from "../state/keywords.js";
import { names } from "../state/message-changes.js";
import { clockTime, fullTime, narrowTime } from "../state/times.js";
import { html, memo, useLayoutEffect, useRef } from "../view.js";
import { useClient } from "./context.js";
import { EditForm } from "./edit-form.js";
import { Icon } from "./icons.js";
import { focusComposer } from "./keyboard.js";
import { isOnlyEmoji, markdown } from "./markdown.js";
import { MessageFiles } from "./message-files.js";
import { OutgoingFiles } from "./outgoing-files.js";
import { MessageActions } from "./message-actions.js";
import { PersonButton, showPerson } from "./person-card.js";
import { Previews } from "./previews.js";
import { Quote } from "./quote.js";
import { Reactions } from "./reactions.js";
import { FromThread, RepliesLine } from "./replies.js";
import { later } from "./later.js";
import { Avatar, Time } from "./small.js";

const Poll = later(() => import("./poll.js").then((module) => module.Poll));
const PollToCome = later(() => import("./poll.js").then((module) => module.PollToCome));

/**
 * @typedef {object} RowProperties
 * @property {string} rowKey
 * @property {Message} message
 * @property {boolean} head whether it begins what its author says
 * @property {{ id: string, name: string }} me
 * @property {boolean} active pointed at or in focus: its actions show
 * @property {boolean} editing
 * @property {"open" | "decided"} [deleting] whether that can still be undone
 * @property {boolean} lit somebody came here by a link
 * @property {boolean} mayModerate
 * @property {boolean} mayPost
 * @property {string} [seen] who has read it, where that is to be said
 * @property {number} [thread] where it is shown in a thread, its first message
 */

export const MessageRow = memo((/** @type {RowProperties} */ properties) => {
  const { rowKey, message, head, me, active, editing, deleting, lit, thread, seen } = properties;
  const gone = message.deleted || deleting !== undefined;
  const mentioned = !gone && names(message, me.id);
  const states = [head && "has-head", mentioned && "is-mention", lit && "is-lit", active && "is-active"].filter(Boolean).join(" ");
  return html`<article class="message ${states}" data-seq=${message.seq} data-key=${rowKey} tabindex="-1">
    <${Side} person=${message.by} at=${message.at} head=${head} room=${message.room} />
    <div class="message-body">
      <${Head} person=${message.by} at=${message.at} head=${head} room=${message.room} pinned=${!gone && message.pinned} />
      ${thread === undefined && message.thread !== undefined && html`<${FromThread} message=${message} />`}
      ${message.reply_to !== undefined && !gone && html`<${Quote} room=${message.room} seq=${message.reply_to} />`}
      ${editing ? html`<${EditForm} message=${message} thread=${thread} />`
        : gone ? html`<div class="message-gone-line"><p class="message-gone">Message deleted</p>${deleting === "open" && !message.deleted && html`<${Undo} message=${message} />`}</div>`
        : (message.text || message.edited_at) && html`<${Words} text=${message.text ?? ""} me=${me.name} mentions=${Boolean(message.mentions?.length)} edited=${message.edited_at} message=${message} />`}
      ${!gone && message.files && html`<${MessageFiles} files=${message.files} message=${message} />`}
      ${!gone && message.poll && html`<${Poll} message=${message} me=${me} mayModerate=${properties.mayModerate} />`}
      ${!gone && !editing && message.previews && html`<${Previews} message=${message} mayDismiss=${message.by.id === me.id || properties.mayModerate} />`}
      ${!gone && html`<${Reactions} message=${message} me=${me.id} />`}
      ${thread === undefined && html`<${RepliesLine} message=${message} />`}
      ${!gone && seen && html`<p class="message-seen">${seen}</p>`}
    </div>
    ${active && !gone && !editing && html`<${MessageActions} ...${properties} />`}
  </article>`;
});

/** Goes when its time is up; where it had the focus, that goes to the message. @param {{ message: Message }} properties */
function Undo({ message }) {
  const client = useClient();
  const button = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => () => {
    if (button.current?.contains(document.activeElement)) button.current.closest("article")?.focus();
  }, []);
  return html`<button type="button" class="plain-button message-undo" ref=${button} onClick=${() => client.deletions.undo(message.room, message.seq)}>Undo</button>`;
}

export const OutgoingRow = memo((/** @type {{ rowKey: string, entry: OutboxEntry, head: boolean, me: any }} */ { rowKey, entry, head, me }) => {
  const failed = entry.status === "failed";
  const states = [head && "has-head", failed ? "is-failed" : "is-pending"].filter(Boolean).join(" ");
  return html`<article class="message ${states}" data-key=${rowKey} tabindex="-1">
    <${Side} person=${me} at=${entry.at} head=${head} room=${entry.room} />
    <div class="message-body">
      <${Head} person=${me} at=${entry.at} head=${head} room=${entry.room} />
      ${entry.reply_to !== undefined && html`<${Quote} room=${entry.room} seq=${entry.reply_to} />`}
      ${entry.text && html`<${Words} text=${entry.text} me=${me.name} mentions=${false} />`}
      ${entry.uploads && html`<${OutgoingFiles} entry=${entry} />`}
      ${entry.poll && html`<${PollToCome} poll=${entry.poll} />`}
      ${failed ? html`<${Failed} entry=${entry} />` : html`<span class="visually-hidden">being sent</span>`}
    </div>
  </article>`;
});

/** @typedef {{ person: Person, at: string | number, head: boolean, room: string, pinned?: { by: Person } | false }} HeadProperties */

/** @param {HeadProperties} properties */
function Side({ person, at, head, room }) {
  const show = (/** @type {any} */ event) => showPerson(person, room, event.currentTarget);
  return html`<div class="message-side">
    ${head ? html`<${Avatar} person=${person} onClick=${show} />` : html`<time class="message-own-time" aria-hidden="true" title=${fullTime(at)}>${narrowTime(at)}</time>`}
  </div>`;
}

/** @param {HeadProperties} properties */
function Head({ person, at, head, room, pinned }) {
  const mark = pinned && html`<span class="message-pinned" title="Pinned by ${pinned.by.name}"><${Icon} name="pin" /><span class="visually-hidden">Pinned</span></span>`;
  if (!head) return html`<span class="visually-hidden">${person.name}, ${clockTime(at)}</span>${mark}`;
  return html`<header class="message-head">
    <${PersonButton} class="message-author" person=${person} room=${room} tabindex="-1" />
    ${person.kind === "bot" && html`<span class="tag">bot</span>`}
    <${Time} class="message-time" at=${at} />${mark}
  </header>`;
}

/** @param {{ text: string, me: string, mentions: boolean, edited?: string, message?: Message }} properties */
function Words({ text, me, mentions, edited, message }) {
  const client = useClient();
  return html`<div class="message-text ${isOnlyEmoji(text) ? "is-emoji" : ""}">
    ${markdown(text, { me, mentions, keywords: finderOf(client.see.notifications.value.keywords) })}
    ${edited && message && html`<button type="button" class="message-edited" title="${fullTime(edited)}. What it said before"
      onClick=${() => client.marking.openDialog("versions", message)}>edited</button>`}
  </div>`;
}

/** @param {{ entry: OutboxEntry }} properties */
function Failed({ entry }) {
  const client = useClient();
  const back = () => {
    client.outgoing.takeBack(entry);
    focusComposer();
  };
  return html`<p class="message-failed" role="alert">
    <span>Not sent. ${entry.problem}</span>
    <button type="button" class="plain-button" onClick=${() => client.outgoing.tryAgain(entry.key)}>Try again</button>
    <button type="button" class="plain-button" onClick=${back}>Take back</button>
  </p>`;
}
