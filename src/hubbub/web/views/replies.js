// Under the first message of a thread: how many replies, by whom, and the way there.

/** @import { Message } from "../types.d.ts" */

import { listTime } from "../state/times.js";
import { placeOf } from "../state/threads.js";
import { say } from "../state/words.js";
import { html } from "../view.js";
import { useClient } from "./context.js";
import { Icon } from "./icons.js";
import { Avatar, Time } from "./small.js";

/** @param {{ message: Message }} properties */
export function RepliesLine({ message }) {
  const client = useClient();
  const { replies } = message;
  const unread = client.see.followed.value?.[placeOf(message.room, message.seq)]?.unread ?? 0;
  if (!replies) return null;
  return html`<button type="button" class="replies-line" onClick=${() => client.threads.open(message)}>
    <span class="replies-people" aria-hidden="true">${replies.by.map((person) => html`<${Avatar} key=${person.id} person=${person} small />`)}</span>
    <b>${replies.count === 1 ? say("1 reply") : `${replies.count} ${say("replies")}`}</b>
    ${unread > 0 && html`<span class="count">${unread}<span class="visually-hidden"> unread</span></span>`}
    <span class="quiet">Last <${Time} at=${replies.last_at} words=${listTime} /></span>
  </button>`;
}

/** Over a reply that stands in the room too. @param {{ message: Message }} properties */
export function FromThread({ message }) {
  const client = useClient();
  return html`<button type="button" class="from-thread" onClick=${() => client.threads.open(message)}><${Icon} name="thread" />Replied in a thread</button>`;
}
