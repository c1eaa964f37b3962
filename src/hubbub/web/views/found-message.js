// A message outside its room: where it stands, who said it, and its words. One press leads to it.

/** @import { Message, Room } from "../types.d.ts" */

import { messageAddress } from "../state/routes.js";
import { dayOf, headTime, listTime } from "../state/times.js";
import { say } from "../state/words.js";
import { html, useId } from "../view.js";
import { BoundedWords } from "./bounded-words.js";
import { useClient } from "./context.js";
import { FileNames } from "./file-parts.js";
import { Avatar, RoomSign, Time } from "./small.js";

/**
 * The link lies under all of it; what in the words can be pressed itself stands above.
 * @param {{ message: Message, wanted: string[], within?: boolean }} properties `wanted` words are marked; `within`: its room stands above it
 */
export function FoundMessage({ message, wanted, within = false }) {
  const { see } = useClient();
  const words = useId();
  /** @type {Room | undefined} */
  const room = see.rooms.value[message.room] ?? see.strangeRooms.value[message.room];
  return html`<div class="found">
    <a class="found-link" id=${`${words}-link`} href=${messageAddress(message)} aria-labelledby="${words}-link ${words}">
      ${!within && html`<span class="found-where">${room && html`<${RoomSign} room=${room} />`}<span>${room?.name ?? say("A room")}${message.thread !== undefined && ` · ${say("in a thread")}`}</span></span>`}
      <span class="found-head"><${Avatar} person=${message.by} small /><b>${message.by.name}</b> <${Time} at=${message.at} words=${foundTime} /></span>
    </a>
    <div class="found-text" id=${words}>
      ${message.deleted ? html`<p class="message-gone">Message deleted</p>` : message.text && html`<${BoundedWords} text=${message.text} wanted=${wanted} />`}
    </div>
    ${!message.deleted && html`<${FileNames} files=${message.files} />`}
  </div>`;
}

/** No line above it says of which day it is. @param {string | number} at @param {number} now */
const foundTime = (at, now) => (dayOf(at) === dayOf(now) ? headTime(at, now) : listTime(at, now));
