// Finds people by their name: a field, and below it those who are found.

/** @import { Person } from "../types.d.ts" */

import { html, useEffect, useState } from "../view.js";
import { useClient } from "./context.js";
import { Avatar, Field } from "./small.js";

const FIND_AFTER_MS = 200;
const MOST = 6;

/**
 * @param {{ label: string, act: string, without: string[], busy: boolean, onPick: (person: Person) => unknown, [attribute: string]: any }} properties
 * `act` is what picking does, in a word; `without` are the ids of those who are not to be picked
 */
export function PeoplePicker({ label, act, without, busy, onPick, ...attributes }) {
  const [words, setWords] = useState("");
  const found = usePeopleFound(words)?.filter((person) => !without.includes(person.id)).slice(0, MOST);
  const pick = async (/** @type {Person} */ person) => {
    if ((await onPick(person)) !== false) setWords("");
  };
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || !words.trim()) return;
    event.preventDefault();
    if (found?.[0]) pick(found[0]);
  };
  return html`<div class="people-picker">
    <${Field} label=${label} placeholder="Their name" autocomplete="off" value=${words} onKeyDown=${keys}
      onInput=${(/** @type {any} */ event) => setWords(event.currentTarget.value)} ...${attributes} />
    ${found && html`<ul class="people" aria-label="Found">
      ${found.map((person) => html`<li key=${person.id}><button type="button" class="person is-button" disabled=${busy} onClick=${() => pick(person)}>
        <${Avatar} person=${person} small /><span class="person-name">${person.name}</span><span class="person-act">${act}</span>
      </button></li>`)}
      ${found.length === 0 && html`<li class="quiet">Nobody else here has this name.</li>`}
    </ul>`}
  </div>`;
}

/** Those with these words in their name; null while nothing is asked. @param {string} words @returns {Person[] | null} */
function usePeopleFound(words) {
  const client = useClient();
  const [found, setFound] = useState(/** @type {Person[] | null} */ (null));
  useEffect(() => {
    let current = true;
    if (!words.trim()) setFound(null);
    const timer = words.trim() && setTimeout(async () => {
      const people = await client.rooms.findPeople(words.trim()).catch(() => []);
      if (current) setFound(people);
    }, FIND_AFTER_MS);
    return () => {
      current = false;
      if (timer) clearTimeout(timer);
    };
  }, [words]);
  return found;
}
