// The rooms one is in, by section, with what is unread; finding one; and oneself.

/** @import { MyRoom } from "../types.d.ts" */

import { hasDraft } from "../state/drafts.js";
import { levelOf } from "../state/notifications.js";
import { ownPresence } from "../state/presence.js";
import { isUnread, roomSections } from "../state/rooms.js";
import { threadsToCatchUpOn, unreadReplies } from "../state/threads.js";
import { inComposer } from "../state/uploads.js";
import { roomsToCatchUpOn } from "../state/unread.js";
import { openRoom, roomAddress } from "../state/routes.js";
import { say } from "../state/words.js";
import { html, useRef } from "../view.js";
import { useClient } from "./context.js";
import { Icon, IconButton } from "./icons.js";
import { FIND_KEYS, moveAmong } from "./keyboard.js";
import { Face, SpokenPresence, useListedOnScreen, usePartnerPresence } from "./presence.js";
import { Avatar, RoomSign } from "./small.js";

export function Sidebar() {
  const client = useClient();
  const sections = roomSections(client.see.rooms.value);
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  useListedOnScreen(list, sections.flatMap((section) => section.rooms).filter((room) => room.kind === "direct").map((room) => room.id).join(" "));
  return html`<nav class="sidebar" aria-label="Rooms">
    <header class="sidebar-head">
      <h2 class="sidebar-name"><span class="mark" aria-hidden="true"></span>${client.see.site.value?.name ?? "Hubbub"}</h2>
      <${IconButton} icon="find" name="Search messages" class="search-button" onClick=${() => client.search.open()} />
      <${IconButton} icon="add" name="New room" onClick=${() => client.navigation.openDialog("new-room")} />
    </header>
    <button type="button" class="find-room" onClick=${() => client.navigation.openDialog("palette")}>
      <${Icon} name="go" /><span>Go to…</span><kbd aria-hidden="true">${FIND_KEYS}</kbd>
    </button>
    <div class="sidebar-rooms" ref=${list} onKeyDown=${(/** @type {KeyboardEvent} */ event) => moveAmong(event, ".room-link")}>
      <${OwnLists} />
      ${sections.map((section) => html`<${Section} key=${section.name} ...${section} />`)}
      <button type="button" class="sidebar-more" onClick=${() => client.navigation.openDialog("new-message")}>
        <${Icon} name="message" />New message
      </button>
      <button type="button" class="sidebar-more" onClick=${() => client.navigation.openDialog("browse")}>
        <${Icon} name="browse" />Browse rooms
      </button>
    </div>
    <${Myself} />
  </nav>`;
}

/** What stands beside the conversation, whatever room it is in. */
function OwnLists() {
  const client = useClient();
  const unread = unreadReplies(client.see.followed.value);
  const open = (/** @type {"threads" | "bookmarks"} */ panel) => client.navigation.openList(panel);
  const { page } = client.see.route.value;
  const scheduled = client.see.scheduled.value;
  const due = client.see.due.value.length;
  const rooms = client.see.rooms.value;
  const waiting = due > 0 || roomsToCatchUpOn(rooms).length > 0 || threadsToCatchUpOn(client.see.followed.value, rooms).length > 0;
  return html`<a class="sidebar-more ${waiting ? "is-unread" : ""}" href="#/unread" aria-current=${page === "unread" ? "page" : undefined}><${Icon} name="unread" />Catch up</a>
    ${scheduled.waiting + scheduled.failed > 0 && html`<a class="sidebar-more ${scheduled.failed ? "is-unread" : ""}" href="#/scheduled" aria-current=${page === "scheduled" ? "page" : undefined}>
      <${Icon} name="clock" />Scheduled<span class="count ${scheduled.failed ? "is-mention" : ""}">${shortCount(scheduled.failed || scheduled.waiting)}<span class="visually-hidden"> ${say(scheduled.failed ? "not sent" : "waiting")}</span></span>
    </a>`}
    <a class="sidebar-more" href="#/mentions" aria-current=${page === "mentions" ? "page" : undefined}><${Icon} name="mention" />Mentions</a>
    <button type="button" class="sidebar-more ${unread ? "is-unread" : ""}" onClick=${() => open("threads")}>
      <${Icon} name="thread" />Threads${unread > 0 && html`<span class="count">${shortCount(unread)}<span class="visually-hidden"> unread replies</span></span>`}
    </button>
    <button type="button" class="sidebar-more ${due ? "is-unread" : ""}" onClick=${() => open("bookmarks")}>
      <${Icon} name="bookmark" />Bookmarks${due > 0 && html`<span class="count is-mention">${shortCount(due)}<span class="visually-hidden"> reminders</span></span>`}
    </button>`;
}

/** @param {{ name: string, rooms: MyRoom[] }} properties */
function Section({ name, rooms }) {
  const client = useClient();
  const open = openRoom(client.see.route.value);
  const drafts = client.see.drafts.value;
  const uploads = client.see.uploads.value;
  return html`<section class="room-section" aria-label=${say(name)}>
    <h3>${say(name)}</h3>
    <ul>${rooms.map((room) => html`<li key=${room.id}>
      <${RoomLink} room=${room} open=${room.id === open} draft=${room.id !== open && (hasDraft(drafts, room.id) || inComposer(uploads, room.id).length > 0)} />
    </li>`)}</ul>
  </section>`;
}

/** @param {{ room: MyRoom, open: boolean, draft: boolean }} properties */
function RoomLink({ room, open, draft }) {
  const unread = isUnread(room);
  const state = usePartnerPresence(room);
  const isSilent = levelOf(useClient().see.notifications.value, room) === "nothing";
  return html`<a class="room-link ${unread && !isSilent ? "is-unread" : ""} ${isSilent ? "is-silent" : ""}" href=${roomAddress(room.id)} data-room=${room.id} data-kind=${room.kind}
    aria-current=${open ? "page" : undefined}>
    <${Face} state=${state}><${RoomSign} room=${room} /><//>
    <span class="room-link-name">${room.name}</span><${SpokenPresence} state=${state} />
    ${draft && html`<span class="room-link-draft" title="A draft waits here"><${Icon} name="draft" /><span class="visually-hidden">draft</span></span>`}
    ${unread && html`<span class="count ${room.mentions ? "is-mention" : ""}">
      ${room.mentions ? `@${shortCount(room.mentions)}` : shortCount(room.unread)}
      <span class="visually-hidden"> ${room.mentions ? say("mentions of you, unread") : say("unread")}</span>
    </span>`}
  </a>`;
}

function Myself() {
  const client = useClient();
  const me = client.see.me.value;
  if (!me) return null;
  const state = ownPresence({ connection: client.see.connection.value, away: client.see.away.value });
  const mayInvite = me.role !== "guest" && client.see.site.value?.sign_in !== false;
  return html`<footer class="sidebar-foot">
    <button type="button" class="myself" onClick=${() => client.navigation.openDialog("account")}>
      <${Face} state=${state}><${Avatar} person=${me} small /><//>
      <span class="myself-name"><span class="visually-hidden">Your account, </span>${me.name}<${SpokenPresence} state=${state} /></span>
    </button>
    ${mayInvite && html`<${IconButton} icon="invite" name="Invite people" onClick=${() => client.navigation.openDialog("invite")} />`}
  </footer>`;
}

/** @param {number} count */
const shortCount = (count) => (count > 99 ? "99+" : String(count));
