// What waits for one: everything unread, room by room, and the messages that name one.

/** @import { FollowedThread, Message, MyRoom } from "../types.d.ts" */

import { isUnread } from "../state/rooms.js";
import { roomAddress, writeRoute } from "../state/routes.js";
import { placeOf, threadsToCatchUpOn } from "../state/threads.js";
import { roomsToCatchUpOn } from "../state/unread.js";
import { say } from "../state/words.js";
import { html, useEffect, useRef, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { FoundMessage } from "./found-message.js";
import { Icon } from "./icons.js";
import { moveAmong } from "./keyboard.js";
import { later } from "./later.js";
import { useMessage, wordsInALine } from "./quote.js";
import { Problem, RoomSign } from "./small.js";

const ScheduledMessages = later(() => import("./scheduled.js").then((module) => module.ScheduledMessages));
const DueReminders = later(() => import("./reminders.js").then((module) => module.DueReminders));
const TITLES = { unread: "Catch up", mentions: "Mentions", scheduled: "Scheduled messages" };
const CONTENTS = { unread: Unread, mentions: Mentions, scheduled: ScheduledMessages };

/** @param {{ page: "unread" | "mentions" | "scheduled" }} properties */
export function InboxPage({ page }) {
  const { see } = useClient();
  const title = say(TITLES[page]);
  return html`<main class="conversation search" aria-label=${title} tabindex="-1" inert=${see.roomsOver.value}>
    <header class="room-head">
      <a class="icon-button back-button" href="#/" aria-label="All rooms"><${Icon} name="back" /></a>
      <h1>${title}</h1>
    </header>
    <div class="search-body" onKeyDown=${(/** @type {KeyboardEvent} */ event) => moveAmong(event, ".found-link")}>
      <${CONTENTS[page]} />
    </div>
  </main>`;
}

/** What was unread when one came stays until one goes, so that nothing moves under one's eyes. */
function Unread() {
  const client = useClient();
  const rooms = useState(roomsToCatchUpOn(client.store.now.rooms))[0];
  const threads = useThreadsThatWaited();
  const { busy, problem, run } = useTask();
  const [now, followed] = [client.see.rooms.value, client.see.followed.value ?? {}];
  const left = rooms.flatMap(({ id }) => (now[id] && isUnread(now[id]) ? [now[id]] : []));
  const leftThreads = threads.flatMap((each) => (followed[placeOf(each.room, each.thread)]?.unread ? [followed[placeOf(each.room, each.thread)]] : []));
  const reminders = client.see.due.value.length > 0;
  const nothing = rooms.length + threads.length === 0;
  if (nothing && reminders) return html`<div class="inbox"><${DueReminders} /></div>`;
  if (nothing) return html`<div class="search-end"><p><b>You have read everything.</b></p><p class="quiet">What comes now is shown beside each room.</p></div>`;
  return html`<div class="inbox">
    <p class="inbox-head"><span class="quiet" role="status">${whatIsLeft(left.length, leftThreads.length)}</span>
      ${left.length + leftThreads.length > 1 && html`<button type="button" class="button is-small" disabled=${busy} onClick=${() => run(() => client.inbox.markAllRead(left, leftThreads))}>Mark all as read</button>`}</p>
    <${Problem} error=${problem} />
    ${reminders && html`<${DueReminders} />`}
    ${rooms.map((room) => html`<${UnreadRoom} key=${room.id} room=${room} now=${now[room.id]} />`)}
    ${threads.map((thread) => html`<${UnreadThread} key=${placeOf(thread.room, thread.thread)} thread=${thread} left=${followed[placeOf(thread.room, thread.thread)]?.unread ?? 0} />`)}
  </div>`;
}

/** Those that were unread when one came: which one follows may be known only a moment later. @returns {FollowedThread[]} */
function useThreadsThatWaited() {
  const { see } = useClient();
  const kept = useRef(/** @type {FollowedThread[] | null} */ (null));
  const followed = see.followed.value;
  if (followed && !kept.current) kept.current = threadsToCatchUpOn(followed, see.rooms.value);
  return kept.current ?? [];
}

/** @param {number} rooms @param {number} threads */
function whatIsLeft(rooms, threads) {
  const parts = [
    rooms > 0 && (rooms === 1 ? say("1 room to catch up on") : say("# rooms to catch up on", rooms)),
    threads > 0 && (threads === 1 ? say("1 thread to catch up on") : say("# threads to catch up on", threads)),
  ];
  return parts.filter(Boolean).join(" · ") || say("All read now.");
}

/** @param {{ room: MyRoom, now: MyRoom | undefined }} properties as it was when one came, and as it is */
function UnreadRoom({ room, now = room }) {
  const client = useClient();
  const left = now.unread > 0 ? say("# unread", now.unread) : now.mentions === 1 ? say("1 mention in a thread") : now.mentions > 0 && say("# mentions in threads", now.mentions);
  return html`<${UnreadSection} name=${room.name} address=${roomAddress(room.id)} sign=${html`<${RoomSign} room=${room} />`} left=${left} all=${room.unread}
    load=${() => client.inbox.unreadOf(room)} markRead=${() => client.inbox.markRead(client.store.now.rooms[room.id] ?? room)} />`;
}

/** @param {{ thread: FollowedThread, left: number }} properties as it was when one came, and how much of it is unread now */
function UnreadThread({ thread, left }) {
  const client = useClient();
  const first = useMessage(thread.room, thread.thread);
  const room = client.see.rooms.value[thread.room];
  const begin = first && first !== "missing" ? wordsInALine(first) : "";
  const name = `${say("Thread")}: ${begin || room?.name}`;
  return html`<${UnreadSection} name=${name} address=${writeRoute({ page: "room", room: thread.room, seq: null, panel: "thread", thread: thread.thread })}
    sign=${html`<${Icon} name="thread" />`} where=${begin ? room?.name : ""} left=${left > 0 && say(left === 1 ? "1 unread reply" : "# unread replies", left)} all=${thread.unread}
    load=${() => client.inbox.unreadReplies(thread)} markRead=${() => client.inbox.markThreadRead(client.store.now.followed?.[placeOf(thread.room, thread.thread)] ?? thread)} />`;
}

/**
 * The beginning of what is unread somewhere.
 * @param {{ name: string, address: string, sign: any, where?: string, left: string | false, all: number, load: () => Promise<Message[]>, markRead: () => Promise<void> }} properties
 */
function UnreadSection({ name, address, sign, where = "", left, all, load, markRead }) {
  const [messages, setMessages] = useState(/** @type {Message[] | null} */ (null));
  const { busy, problem, run } = useTask();
  useEffect(() => {
    run(async () => setMessages(await load()));
  }, []);
  const more = all - (messages?.length ?? 0);
  return html`<section class="inbox-room ${left ? "" : "is-done"}" aria-label=${name}>
    <header>${sign}<h2><a href=${address}>${name}</a></h2>${where && html`<span class="quiet">${where}</span>`}<span class="quiet">${left || say("read")}</span>
      ${left && html`<button type="button" class="plain-button" disabled=${busy} aria-label=${say("Mark as read: #", name)} onClick=${() => run(markRead)}>Mark as read</button>`}</header>
    <${Problem} error=${problem} />
    <ul class="search-found">${messages?.map((message) => html`<li key=${message.seq}><${FoundMessage} message=${message} wanted=${[]} within /></li>`)}</ul>
    ${messages && more > 0 && html`<p><a class="plain-button" href=${address}>${more} more</a></p>`}
  </section>`;
}

function Mentions() {
  const client = useClient();
  const [found, setFound] = useState(/** @type {{ items: Message[], next: string | null } | null} */ (null));
  const { busy, problem, run } = useTask();
  const load = () => run(async () => {
    const page = await client.inbox.mentions(found?.next ?? null);
    setFound({ items: [...(found?.items ?? []), ...page.items], next: page.next });
  });
  useEffect(() => {
    load();
  }, []);
  return html`<${Problem} error=${problem} />
    ${found?.items.length === 0 && html`<div class="search-end"><p><b>Nobody has named you yet.</b></p><p class="quiet">Messages with @${client.see.me.value?.name} gather here.</p></div>`}
    <ul class="search-found" aria-label="Messages that name you">${found?.items.map((message) => html`<li key=${`${message.room}/${message.seq}`}><${FoundMessage} message=${message} wanted=${[]} /></li>`)}</ul>
    ${found?.next && html`<div class="search-end"><button type="button" class="button" disabled=${busy} onClick=${load}>Older ones</button></div>`}`;
}
