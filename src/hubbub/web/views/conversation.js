// The middle of the page: the open room, or what stands there instead.

/** @import { MyRoom, Room } from "../types.d.ts" */

import { whyNotPost } from "../state/rights.js";
import { openRoom } from "../state/routes.js";
import { say } from "../state/words.js";
import { html, useEffect, useRef } from "../view.js";
import { Composer } from "./composer.js";
import { useClient, useTask } from "./context.js";
import { DropZone } from "./drop-zone.js";
import { Icon, IconButton } from "./icons.js";
import { byTouch } from "./keyboard.js";
import { later } from "./later.js";
import { MessageList } from "./message-list.js";
import { Face, presenceWord, usePartnerPresence } from "./presence.js";
import { Problem, RoomSign } from "./small.js";

const InboxPage = later(() => import("./inbox.js").then((module) => module.InboxPage));
const Tour = later(() => import("./tour.js").then((module) => module.Tour));
const SearchPage = later(() => import("./search.js").then((module) => module.SearchPage));

export function Conversation() {
  const { see } = useClient();
  const id = openRoom(see.route.value);
  const room = see.rooms.value[id ?? ""];
  const route = see.route.value;
  if (route.page === "unread" || route.page === "mentions" || route.page === "scheduled") return html`<${InboxPage} key=${route.page} page=${route.page} />`;
  if (route.page === "search") return html`<${SearchPage} words=${route.words} />`;
  if (room) return html`<${OpenRoom} key=${room.id} room=${room} />`;
  const visiting = see.visiting.value;
  return html`<main class="conversation" inert=${see.roomsOver.value}>
    ${id === null ? html`<${NoRoom} />` : visiting === "missing" ? html`<${Missing} />` : visiting && html`<${Doorstep} room=${visiting} />`}
  </main>`;
}

/** @param {{ room: MyRoom }} properties */
function OpenRoom({ room }) {
  const { see } = useClient();
  const main = useRef(/** @type {HTMLElement | null} */ (null));
  const reason = whyNotPost(see.me.value, room);
  useEffect(() => {
    if (byTouch()) main.current?.focus();
  }, []);
  return html`<main class="conversation" aria-label=${room.name} tabindex="-1" inert=${see.roomsOver.value} ref=${main}>
    <${RoomHead} room=${room} />
    <${MessageList} key=${room.id} room=${room} />
    ${!reason && html`<${DropZone} place=${room.id} name=${room.name} />`}
    ${see.tour.value && html`<${Tour} />`}
    ${reason ? html`<p class="composer-instead" role="note">${reason}</p>` : html`<${Composer} key=${room.id} room=${room} />`}
  </main>`;
}

/** @param {{ room: MyRoom }} properties */
function RoomHead({ room }) {
  const client = useClient();
  const route = client.see.route.value;
  const panel = route.page === "room" && route.panel === "people";
  const state = usePartnerPresence(room);
  const back = (/** @type {Event} */ event) => {
    event.preventDefault();
    client.navigation.back();
  };
  const elsewhere = Object.values(client.see.rooms.value).reduce((sum, each) => sum + (each.id === room.id ? 0 : each.unread), 0);
  return html`<header class="room-head">
    <button type="button" class="icon-button rooms-button" aria-label="Rooms${elsewhere ? `, ${say("# unread", elsewhere)}` : ""}" title="Rooms"
      aria-expanded=${client.see.roomsOver.value} onClick=${() => client.navigation.showRooms(true)}>
      <${Icon} name="rooms" />${elsewhere > 0 && html`<span class="back-dot" aria-hidden="true"></span>`}
    </button>
    <a class="icon-button back-button" href="#/" onClick=${back} aria-label="All rooms${elsewhere ? `, ${say("# unread", elsewhere)}` : ""}">
      <${Icon} name="back" />${elsewhere > 0 && html`<span class="back-dot" aria-hidden="true"></span>`}
    </a>
    <${Face} state=${state}><${RoomSign} room=${room} /><//>
    <h1>${room.name}</h1>
    ${state && html`<p class="room-presence">${presenceWord(state)}</p>`}
    ${room.topic && html`<p class="room-topic" title=${room.topic}>${room.topic}</p>`}
    <div class="room-tools">
      <${IconButton} icon="pin" name="Pinned messages" onClick=${() => client.navigation.togglePanel("pins")} />
      ${room.kind === "direct" && html`<${IconButton} icon="leave" name="Put this conversation away" onClick=${() => client.rooms.putAway(room.id)} />`}
      <${IconButton} icon="people" name="People and settings" class="people-button" aria-expanded=${panel} onClick=${() => client.navigation.togglePeople()} />
    </div>
  </header>`;
}

function NoRoom() {
  const client = useClient();
  const none = Object.keys(client.see.rooms.value).length === 0;
  return html`<div class="empty">
    <h1>${none ? say("You are in no room yet") : say("Choose a room")}</h1>
    <p>${none ? say("Rooms are where people talk here. Join one, or make your own.") : say("Or find one that you have not joined.")}</p>
    <p class="empty-acts">
      <button type="button" class="button is-main" onClick=${() => client.navigation.openDialog("browse")}>Browse rooms</button>
      <button type="button" class="button" onClick=${() => client.navigation.openDialog("new-room")}>New room</button>
    </p>
  </div>`;
}

function Missing() {
  return html`<div class="empty">
    <h1>There is no such room for you</h1>
    <p>It may be gone, or you are not a member. Ask somebody who is to add you.</p>
    <p class="empty-acts"><a class="button" href="#/">Back to your rooms</a></p>
  </div>`;
}

/** @param {{ room: Room }} properties a public room that one has not joined */
function Doorstep({ room }) {
  const client = useClient();
  const { busy, problem, run } = useTask();
  return html`<div class="empty">
    <h1>${room.name}</h1>
    <p>${room.topic || say("A public room: everybody here can read and write in it.")}</p>
    <${Problem} error=${problem} />
    <p class="empty-acts">
      <${IconButton} icon="back" name="Back" class="on-phone" onClick=${() => client.navigation.back()} />
      <button type="button" class="button is-main" disabled=${busy} onClick=${() => run(() => client.rooms.join(room.id))}>Join ${room.name}</button>
    </p>
  </div>`;
}
