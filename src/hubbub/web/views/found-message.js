// A message outside its room: where it stands, who said it, and its words. One press leads to it.

/** @import { Message, Room } from "../types.d.ts" */

import { marked } from "../state/search.js";
import { messageAddress } from "../state/routes.js";
import { html } from "../view.js";
import { useClient } from "./context.js";
import { Avatar, RoomSign, Time } from "./small.js";

/** @param {{ message: Message, wanted: string[], within?: boolean }} properties `wanted` words are marked; `within`: its room stands above it */
export function FoundMessage({ message, wanted, within = false }) {
  const { see } = useClient();
  /** @type {Room | undefined} */
  const room = see.rooms.value[message.room] ?? see.strangeRooms.value[message.room];
  return html`<a class="found" href=${messageAddress(message)}>
    ${!within && html`<span class="found-where">${room && html`<${RoomSign} room=${room} />`}<span>${room?.name ?? "A room"}${message.thread !== undefined && " · in a thread"}</span></span>`}
    <span class="found-head"><${Avatar} person=${message.by} small /><b>${message.by.name}</b> <${Time} at=${message.at} /></span>
    <span class="found-text" dir="auto">${message.deleted ? html`<i>Message deleted</i>` : marked(message.text ?? "", wanted).map(({ text, hit }) => (hit ? html`<mark>${text}</mark>` : text))}</span>
  </a>`;
}
