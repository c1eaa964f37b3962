// Dialogs about who did something with one message.

import { asItStands } from "../state/threads.js";
import { say } from "../state/words.js";
import { html } from "../view.js";
import { useClient } from "./context.js";
import { PeopleList, useMembers } from "./room-members.js";

/** Each emoji with its people, in the order in which they chose it, as it stands while one looks. */
export function Reacted() {
  const { see } = useClient();
  const subject = see.subject.value;
  const me = see.me.value?.id;
  const members = useMembers(subject?.room ?? "", subject !== null);
  if (!subject) return null;
  const { reactions } = asItStands({ timelines: see.timelines.value, singles: see.singles.value }, subject);
  const nameOf = (/** @type {string} */ id) => (id === me ? say("You") : members?.find(({ user }) => user.id === id)?.user.name ?? say("Somebody who left"));
  if (!reactions) return html`<p class="quiet" role="status">Nobody reacts to it any more.</p>`;
  return html`<div class="who" tabindex="0">${reactions.map(({ emoji, count, users }) => html`<section key=${emoji}>
    <h3><span class="who-emoji">${emoji}</span><span class="quiet">${count}</span></h3>
    ${members && html`<${PeopleList} people=${users.map((id) => ({ id, name: nameOf(id) }))} />`}
  </section>`)}</div>`;
}
