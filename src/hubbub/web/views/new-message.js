// A new direct message: to whom.

/** @import { Person } from "../types.d.ts" */

import { say } from "../state/words.js";
import { html, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { Icon } from "./icons.js";
import { PeoplePicker } from "./people-picker.js";
import { Avatar, Problem } from "./small.js";

export function NewMessage() {
  const client = useClient();
  const [people, setPeople] = useState(/** @type {Person[]} */ ([]));
  const { busy, problem, run } = useTask();
  const me = client.see.me.value;
  const open = (/** @type {Event} */ event) => {
    event.preventDefault();
    run(() => client.rooms.openDirect(people));
  };
  return html`<form class="new-message" onSubmit=${open}>
    ${people.length > 0 && html`<ul class="chosen" aria-label="To">${people.map((person) => html`<li key=${person.id}>
      <button type="button" class="chip" aria-label="Without ${person.name}" onClick=${() => setPeople(people.filter((each) => each !== person))}>
        <${Avatar} person=${person} small />${person.name}<${Icon} name="close" /></button>
    </li>`)}</ul>`}
    <${PeoplePicker} label=${people.length ? say("And") : say("To")} act="Choose" busy=${busy} autofocus without=${people.map((person) => person.id)}
      onPick=${(/** @type {Person} */ person) => setPeople([...people, person])} />
    <${Problem} error=${problem} />
    <div class="button-row">
      <button type="submit" class="button is-main" disabled=${busy || people.length === 0}>Write to ${people.length > 1 ? say("them") : people[0]?.name ?? say("somebody")}</button>
      ${me && people.length === 0 && html`<button type="button" class="plain-button" disabled=${busy} onClick=${() => run(() => client.rooms.openDirect([me]))}>Notes to yourself</button>`}
    </div>
  </form>`;
}
