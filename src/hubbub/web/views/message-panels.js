// Lists of messages that do not stand one after the other: pinned ones, one's bookmarks, the threads that one follows.

/** @import { Message } from "../types.d.ts" */

import { openRoom } from "../state/routes.js";
import { listTime } from "../state/times.js";
import { placeOf } from "../state/threads.js";
import { say } from "../state/words.js";
import { html, useEffect, useState } from "../view.js";
import { BoundedWords } from "./bounded-words.js";
import { useClient, useTask } from "./context.js";
import { FileNames } from "./file-parts.js";
import { IconButton } from "./icons.js";
import { moveAmong } from "./keyboard.js";
import { later } from "./later.js";
import { Avatar, Problem, Time } from "./small.js";

const Reminder = later(() => import("./reminders.js").then((module) => module.Reminder));

export function PinsPanel() {
  const client = useClient();
  const room = openRoom(client.see.route.value) ?? "";
  const pinned = client.see.timelines.value[room]?.messages.filter((message) => message.pinned).map((message) => message.seq).join(" ");
  const { items, problem, reload } = useList(() => client.marking.pins(room), [room, pinned]);
  const unpin = async (/** @type {Message} */ message) => {
    await client.marking.pin({ ...message, pinned: message.pinned ?? { at: "", by: message.by } });
    reload();
  };
  return html`<${List} items=${items} problem=${problem} empty="Nothing is pinned here yet. Pin what everybody in this room should find again: it is behind the three dots of a message."
    drawn=${(/** @type {Message} */ message) => html`<${Item} key=${message.seq} message=${message} words=${`${say("Pinned by")} ${message.pinned?.by.name ?? ""}`}
      remove="Unpin" onRemove=${() => unpin(message)} />`} />`;
}

export function BookmarksPanel() {
  const client = useClient();
  const { items, problem, reload } = useList(() => client.scheduling.bookmarks(), [client.see.due.value.join(" "), client.see.dialog.value]);
  const letGo = async (/** @type {Message} */ message) => {
    await client.marking.letGo(message);
    reload();
  };
  return html`<${List} items=${items} problem=${problem} empty="You have no bookmarks yet. Keep a message for yourself from behind its three dots; nobody else sees it."
    drawn=${(/** @type {import("../types.d.ts").DueBookmark} */ kept) => html`<${Item} key=${placeOf(kept.message.room, kept.message.seq)} message=${kept.message} words=${client.store.now.rooms[kept.message.room]?.name}
      remove="Take this bookmark away" onRemove=${() => letGo(kept.message)} foot=${html`<${Reminder} kept=${kept} changed=${reload} />`} />`} />`;
}

export function ThreadsPanel() {
  const client = useClient();
  const unread = JSON.stringify(Object.values(client.see.followed.value ?? {}).map((each) => each.unread));
  const { items, problem } = useList(() => client.threads.reload(), [unread]);
  return html`<${List} items=${items} problem=${problem} empty="You follow no thread yet. You follow those that you begin, reply in, or are named in."
    drawn=${(/** @type {{ message: Message, unread: number }} */ each) => html`<${Item} key=${placeOf(each.message.room, each.message.seq)} message=${each.message} unread=${each.unread}
      words=${`${client.store.now.rooms[each.message.room]?.name ?? ""} · ${repliesOf(each.message)}`} open=${() => client.threads.open(each.message)} />`} />`;
}

/** @param {Message} message */
const repliesOf = ({ replies }) => (replies ? (replies.count === 1 ? say("1 reply") : `${replies.count} ${say("replies")}`) : say("no reply yet"));

/** What the server lists, and asks for again when something it depends on is another. @param {() => Promise<any[]>} load @param {unknown[]} inputs */
function useList(load, inputs) {
  const [items, setItems] = useState(/** @type {any[] | null} */ (null));
  const { problem, run } = useTask();
  const reload = () => run(async () => setItems(await load()));
  useEffect(() => {
    reload();
  }, inputs);
  return { items, problem, reload };
}

/** @param {{ items: any[] | null, problem: any, empty: string, drawn: (item: any) => any }} properties */
function List({ items, problem, empty, drawn }) {
  return html`<div class="panel-body">
    <${Problem} error=${problem} />
    ${items?.length === 0 && html`<p class="quiet">${say(empty)}</p>`}
    <ul class="found-messages" onKeyDown=${(/** @type {KeyboardEvent} */ event) => moveAmong(event, ".found-message-link")}>${items?.map(drawn)}</ul>
  </div>`;
}

/** @param {{ message: Message, words?: string, unread?: number, remove?: string, onRemove?: () => void, open?: () => void, foot?: any }} properties */
function Item({ message, words, unread = 0, remove, onRemove, open, foot }) {
  const client = useClient();
  const go = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (open) open();
    else client.navigation.openMessage(message);
  };
  return html`<li class="found-message">
    <a class="found-message-link" href=${client.navigation.linkTo(message.room, message.seq, message.thread)} onClick=${go}>
      <span class="found-message-head"><${Avatar} person=${message.by} small /><b>${message.by.name}</b><span class="quiet"><${Time} at=${message.at} words=${listTime} /></span>
        ${unread > 0 && html`<span class="count">${unread}<span class="visually-hidden"> unread</span></span>`}</span>
      ${words && html`<small>${words}</small>`}
    </a>
    ${message.deleted ? html`<p class="message-gone">Message deleted</p>` : message.text && html`<${BoundedWords} text=${message.text} />`}
    ${!message.deleted && html`<${FileNames} files=${message.files} />`}
    ${foot}
    ${remove && html`<${IconButton} icon="close" name=${remove} class="found-message-remove" onClick=${onRemove ?? (() => null)} />`}
  </li>`;
}
