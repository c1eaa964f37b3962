// The small things that many views share: faces, times, form fields.

/** @import { Person, Room } from "../types.d.ts" */

import { hueOf, initialsOf } from "../state/people.js";
import { fullTime, headTime } from "../state/times.js";
import { html, signal, useId } from "../view.js";
import { useClient } from "./context.js";
import { Icon } from "./icons.js";

const TICK_MS = 20_000;

/** The present, for everything that says how long ago something was. */
const present = signal(Date.now());
setInterval(() => (present.value = Date.now()), TICK_MS);

/** @param {{ person: Person | { id: string, name: string }, small?: boolean, onClick?: (event: Event) => void }} properties `onClick`: for the pointer, where the name beside it does the same */
export function Avatar({ person, small = false, onClick }) {
  return html`<span class="avatar hue-${hueOf(person.id)} ${small ? "is-small" : ""}" aria-hidden="true" onClick=${onClick}>${initialsOf(person.name)}</span>`;
}

/** What stands before a room's name: who it is with, or of what kind it is. @param {{ room: Room }} properties */
export function RoomSign({ room }) {
  const me = useClient().see.me.value?.id ?? "";
  if (room.kind !== "direct") return html`<${Icon} name=${room.archived ? "archive" : room.kind} />`;
  const others = (room.members ?? []).filter((person) => person.id !== me);
  if (others.length > 1) return html`<span class="avatar is-small is-many" aria-hidden="true">${others.length}</span>`;
  return html`<${Avatar} person=${others[0] ?? { id: me, name: room.name }} small />`;
}

/** @param {{ at: string | number, words?: (at: string | number, now: number) => string, class?: string }} properties */
export function Time({ at, words = headTime, class: extra = "" }) {
  const now = Math.max(present.value, Date.now());
  return html`<time class=${extra} datetime=${new Date(at).toISOString()} title=${fullTime(at)}>${words(at, now)}</time>`;
}

/** The place of messages that are on their way. */
export function SkeletonRows() {
  return [1, 2, 3, 4, 5].map((row) => html`<div class="skeleton-row" key=${row} aria-hidden="true"><i></i><b></b><b></b></div>`);
}

/**
 * A labelled field. A problem with it stands below and is read out with it.
 * @param {{ label: string, hint?: string, problem?: string, type?: string, [attribute: string]: any }} properties
 */
export function Field({ label, hint, problem, type = "text", ...attributes }) {
  const id = useId();
  const note = problem ?? hint;
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input id=${id} type=${type} aria-invalid=${problem ? "true" : undefined} aria-describedby=${note ? `${id}-note` : undefined} ...${attributes} />
    ${note && html`<p id="${id}-note" class=${problem ? "field-problem" : "field-hint"}>${note}</p>`}
  </div>`;
}

/**
 * What went wrong, where it went wrong.
 * @param {{ error: { message: string, fields: Record<string, string> } | null, beside?: string[] }} properties `beside`: fields that say it themselves
 */
export function Problem({ error, beside = [] }) {
  const said = error === null || beside.some((field) => field in error.fields);
  return html`<div role="alert">${!said && html`<p class="problem">${error.message}</p>`}</div>`;
}

/** What a form holds, by the names of its fields. @param {Event} event @returns {Record<string, string>} */
export function formValues(event) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.currentTarget);
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
}
