// Behind somebody's name is a card that says who they are: which one is shown, and beside what.

/** @import { Id, Person } from "../types.d.ts" */

import { html, signal } from "../view.js";
import { later } from "./later.js";

const Card = later(() => import("./card.js").then((module) => module.Card));

/** Whose card is shown, of which room, and beside what. */
const shown = signal(/** @type {{ person: Person, room: Id, beside: Element } | null} */ (null));

/** @param {Person} person @param {Id} room @param {Element} beside */
export function showPerson(person, room, beside) {
  shown.value = { person, room, beside };
}

/** @param {{ person: Person, room: Id, class?: string, children?: any, [attribute: string]: any }} properties somebody's name, behind which the card is */
export function PersonButton({ person, room, children, ...attributes }) {
  return html`<button type="button" onClick=${(/** @type {any} */ event) => showPerson(person, room, event.currentTarget)} ...${attributes}>${children ?? person.name}</button>`;
}

export function PersonCard() {
  const about = shown.value;
  const closed = () => shown.value?.beside === about?.beside && (shown.value = null);
  return about && html`<${Card} key=${about.person.id} ...${about} closed=${closed} />`;
}
