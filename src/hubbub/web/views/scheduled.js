// One's scheduled messages: when each is sent and where, and what could not be sent.

/** @import { Scheduled } from "../types.d.ts" */

import { momentOf, momentWords, tomorrowMorning } from "../state/moments.js";
import { roomAddress } from "../state/routes.js";
import { say } from "../state/words.js";
import { html, useEffect, useState } from "../view.js";
import { BoundedWords } from "./bounded-words.js";
import { useClient, useTask } from "./context.js";
import { MomentField } from "./send-later.js";
import { formValues, Problem, RoomSign } from "./small.js";

export function ScheduledMessages() {
  const client = useClient();
  const [items, setItems] = useState(/** @type {Scheduled[] | null} */ (null));
  const { problem, run } = useTask();
  const { changes } = client.see.scheduled.value;
  const load = () => run(async () => setItems(await client.scheduling.load()));
  useEffect(() => {
    load();
  }, [changes]);
  return html`<${Problem} error=${problem} />
    ${items?.length === 0 && html`<div class="search-end"><p><b>Nothing waits to be sent.</b></p><p class="quiet">Write a message and press the small arrow beside Send to choose when it goes.</p></div>`}
    <ul class="scheduled" aria-label="Scheduled messages">${items?.map((message) => html`<${Item} key=${message.id} message=${message} reload=${load} />`)}</ul>`;
}

/** @param {{ message: Scheduled, reload: () => unknown }} properties */
function Item({ message, reload }) {
  const client = useClient();
  const [editing, setEditing] = useState(false);
  const { busy, problem, run } = useTask();
  const room = client.see.rooms.value[message.room ?? ""];
  const act = (/** @type {() => Promise<unknown>} */ task) => run(async () => {
    await task();
    setEditing(false);
    await reload();
  });
  return html`<li class="scheduled-message" aria-label=${message.text.slice(0, 80)}>
    <p class="scheduled-head">${room ? html`<${RoomSign} room=${room} /><a href=${roomAddress(room.id)}>${room.name}</a>` : html`<i>A room that you are no longer in</i>`}
      ${message.thread !== undefined && html`<span class="quiet">in a thread</span>`}<span class="quiet">${momentWords(message.at, Date.now())}</span></p>
    ${message.failed && html`<p class="problem" role="alert">${say("Not sent.")} ${message.failed}</p>`}
    ${editing ? html`<${Edit} message=${message} busy=${busy} save=${(/** @type {{ text: string, at: number }} */ changes) => act(() => client.scheduling.change(message, changes))} cancel=${() => setEditing(false)} />`
      : html`<${BoundedWords} text=${message.text} />
        <p class="button-row">
          <button type="button" class="button is-small" disabled=${busy} onClick=${() => setEditing(true)}>Edit</button>
          ${room && html`<button type="button" class="button is-small" disabled=${busy} onClick=${() => act(() => client.scheduling.sendNow(message))}>Send now</button>`}
          <button type="button" class="button is-small" disabled=${busy} onClick=${() => act(() => client.scheduling.takeBack(message))}>${say(room ? "Take back" : "Delete")}</button>
        </p>`}
    <${Problem} error=${problem} />
  </li>`;
}

/** @param {{ message: Scheduled, busy: boolean, save: (changes: { text: string, at: number }) => void, cancel: () => void }} properties */
function Edit({ message, busy, save, cancel }) {
  const [now] = useState(Date.now());
  const at = message.failed ? tomorrowMorning(now) : message.at;
  const submit = (/** @type {Event} */ event) => {
    const values = formValues(event);
    const moment = momentOf(values.at);
    if (moment !== null && values.text.trim()) save({ text: values.text.trim(), at: moment });
  };
  return html`<form class="scheduled-edit" onSubmit=${submit}>
    <div class="field"><textarea name="text" rows="3" dir="auto" required autofocus aria-label="Edit your message">${message.text}</textarea></div>
    <${MomentField} label="When to send it" at=${at} now=${now} />
    <p class="button-row"><button type="submit" class="button is-main is-small" disabled=${busy}>Save</button>
      <button type="button" class="button is-small" onClick=${cancel}>Cancel</button></p>
  </form>`;
}
