// The rooms one is in, by section, with what is unread; finding one; and oneself.

/** @import { MyRoom } from "../types.d.ts" */

import { hasDraft } from "../state/drafts.js";
import { roomSections, roomsMatching } from "../state/rooms.js";
import { openRoom, roomAddress } from "../state/routes.js";
import { html, useState } from "../view.js";
import { useClient } from "./context.js";
import { Icon, IconButton } from "./icons.js";
import { FIND_KEYS, moveAmong } from "./keyboard.js";
import { Avatar } from "./small.js";

export function Sidebar() {
  const client = useClient();
  const [words, setWords] = useState("");
  const rooms = client.see.rooms.value;
  const sections = words.trim() ? [{ name: "Found", rooms: roomsMatching(rooms, words) }] : roomSections(rooms);
  return html`<nav class="sidebar" aria-label="Rooms">
    <header class="sidebar-head">
      <h2 class="sidebar-name"><span class="mark" aria-hidden="true"></span>${client.see.site.value?.name ?? "Hubbub"}</h2>
      <${IconButton} icon="add" name="New room" onClick=${() => client.navigation.openDialog("new-room")} />
    </header>
    <${FindRoom} words=${words} setWords=${setWords} first=${sections[0]?.rooms[0]} />
    <div class="sidebar-rooms" onKeyDown=${(/** @type {KeyboardEvent} */ event) => moveAmong(event, ".room-link")}>
      ${sections.map((section) => html`<${Section} key=${section.name} ...${section} />`)}
      <button type="button" class="sidebar-more" onClick=${() => client.navigation.openDialog("browse")}>
        <${Icon} name="browse" />Browse rooms
      </button>
    </div>
    <${Myself} />
  </nav>`;
}

/** @param {{ words: string, setWords: (words: string) => void, first?: MyRoom }} properties */
function FindRoom({ words, setWords, first }) {
  const client = useClient();
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && words.trim() && first) {
      client.navigation.openRoom(first.id);
      setWords("");
    } else if (event.key === "Escape") {
      setWords("");
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      /** @type {HTMLElement | null} */ (document.querySelector(".room-link"))?.focus();
    }
  };
  return html`<div class="find-room">
    <${Icon} name="find" />
    <input type="search" class="find-room-field" aria-label="Find a room" placeholder="Find a room" autocomplete="off" value=${words}
      onInput=${(/** @type {any} */ event) => setWords(event.currentTarget.value)} onKeyDown=${keys} />
    <kbd aria-hidden="true">${FIND_KEYS}</kbd>
  </div>`;
}

/** @param {{ name: string, rooms: MyRoom[] }} properties */
function Section({ name, rooms }) {
  const client = useClient();
  const open = openRoom(client.see.route.value);
  const drafts = client.see.drafts.value;
  return html`<section class="room-section" aria-label=${name}>
    <h3>${name}</h3>
    ${rooms.length === 0 && html`<p class="quiet">No room of yours has this name.</p>`}
    <ul>${rooms.map((room) => html`<li key=${room.id}>
      <${RoomLink} room=${room} open=${room.id === open} draft=${room.id !== open && hasDraft(drafts, room.id)} />
    </li>`)}</ul>
  </section>`;
}

/** @param {{ room: MyRoom, open: boolean, draft: boolean }} properties */
function RoomLink({ room, open, draft }) {
  const unread = room.unread > 0;
  return html`<a class="room-link ${unread ? "is-unread" : ""}" href=${roomAddress(room.id)} data-room=${room.id} data-kind=${room.kind}
    aria-current=${open ? "page" : undefined}>
    ${room.kind === "direct" ? html`<${Avatar} person=${room} small />` : html`<${Icon} name=${room.kind} />`}
    <span class="room-link-name">${room.name}</span>
    ${draft && html`<span class="room-link-draft" title="A draft waits here"><${Icon} name="draft" /><span class="visually-hidden">draft</span></span>`}
    ${unread && html`<span class="count ${room.mentions ? "is-mention" : ""}">
      ${room.mentions ? `@${shortCount(room.mentions)}` : shortCount(room.unread)}
      <span class="visually-hidden">${room.mentions ? " mentions of you, unread" : " unread"}</span>
    </span>`}
  </a>`;
}

function Myself() {
  const client = useClient();
  const me = client.see.me.value;
  if (!me) return null;
  const mayInvite = me.role !== "guest" && client.see.site.value?.sign_in !== false;
  return html`<footer class="sidebar-foot">
    <button type="button" class="myself" onClick=${() => client.navigation.openDialog("account")}>
      <${Avatar} person=${me} small /><span class="myself-name"><span class="visually-hidden">Your account, </span>${me.name}</span>
    </button>
    ${mayInvite && html`<${IconButton} icon="invite" name="Invite people" onClick=${() => client.navigation.openDialog("invite")} />`}
  </footer>`;
}

/** @param {number} count */
const shortCount = (count) => (count > 99 ? "99+" : String(count));
