// Dialogs about who did something with one message.

/** @import { Person } from "../types.d.ts" */

import { asItStands } from "../state/threads.js";
import { say } from "../state/words.js";
import { html, useEffect, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { PeopleList, useMembers } from "./room-members.js";
import { Problem } from "./small.js";

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

/** Asked for again when somebody is told to have read on. */
export function SeenBy() {
  const client = useClient();
  const subject = client.see.subject.value;
  const readers = client.see.seen.value[subject?.room ?? ""];
  const [people, setPeople] = useState(/** @type {Person[] | null} */ (null));
  const { problem, run } = useTask();
  useEffect(() => {
    if (subject) run(async () => setPeople(await client.seen.by(subject)));
  }, [readers]);
  return html`<${Problem} error=${problem} />
    ${people?.length === 0 && html`<p class="quiet" role="status">Nobody yet. Those who keep it to themselves are never named.</p>`}
    ${people && people.length > 0 && html`<div class="who" tabindex="0"><${PeopleList} people=${people} /></div>`}`;
}
