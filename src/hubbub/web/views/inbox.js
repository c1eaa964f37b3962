// What waits for one: everything unread, room by room, and the messages that name one.

/** @import { Message, MyRoom } from "../types.d.ts" */

import { roomAddress } from "../state/routes.js";
import { roomsToCatchUpOn } from "../state/unread.js";
import { say } from "../state/words.js";
import { html, useEffect, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { FoundMessage } from "./found-message.js";
import { Icon } from "./icons.js";
import { moveAmong } from "./keyboard.js";
import { later } from "./later.js";
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
  const [rooms] = useState(roomsToCatchUpOn(client.store.now.rooms));
  const { busy, problem, run } = useTask();
  const now = client.see.rooms.value;
  const left = rooms.flatMap((room) => (now[room.id]?.unread ? [now[room.id]] : []));
  const reminders = client.see.due.value.length > 0;
  if (rooms.length === 0 && reminders) return html`<div class="inbox"><${DueReminders} /></div>`;
  if (rooms.length === 0) return html`<div class="search-end"><p><b>You have read everything.</b></p><p class="quiet">What comes now is shown beside each room.</p></div>`;
  return html`<div class="inbox">
    <p class="inbox-head"><span class="quiet" role="status">${left.length ? left.length === 1 ? say("1 room to catch up on") : say("# rooms to catch up on", left.length) : say("All read now.")}</span>
      ${left.length > 1 && html`<button type="button" class="button is-small" disabled=${busy} onClick=${() => run(() => client.inbox.markAllRead(left))}>Mark all as read</button>`}</p>
    <${Problem} error=${problem} />
    ${reminders && html`<${DueReminders} />`}
    ${rooms.map((room) => html`<${UnreadRoom} key=${room.id} room=${room} left=${now[room.id]?.unread ?? 0} />`)}
  </div>`;
}

/** @param {{ room: MyRoom, left: number }} properties */
function UnreadRoom({ room, left }) {
  const client = useClient();
  const [messages, setMessages] = useState(/** @type {Message[] | null} */ (null));
  const { busy, problem, run } = useTask();
  useEffect(() => {
    run(async () => setMessages(await client.inbox.unreadOf(room)));
  }, []);
  const more = room.unread - (messages?.length ?? 0);
  return html`<section class="inbox-room ${left ? "" : "is-done"}" aria-label=${room.name}>
    <header><${RoomSign} room=${room} /><h2><a href=${roomAddress(room.id)}>${room.name}</a></h2><span class="quiet">${left ? `${left} unread` : "read"}</span>
      ${left > 0 && html`<button type="button" class="plain-button" disabled=${busy} aria-label=${say("Mark as read: #", room.name)}
        onClick=${() => run(() => client.inbox.markRead(client.store.now.rooms[room.id] ?? room))}>Mark as read</button>`}</header>
    <${Problem} error=${problem} />
    <ul class="search-found">${messages?.map((message) => html`<li key=${message.seq}><${FoundMessage} message=${message} wanted=${[]} within /></li>`)}</ul>
    ${messages && more > 0 && html`<p><a class="plain-button" href=${roomAddress(room.id)}>${more} more</a></p>`}
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
