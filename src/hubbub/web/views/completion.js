// Completes names after an `@` in the composer: a list above it, moved through with arrows, taken with Enter or Tab.

/** @import { MyRoom, Person } from "../types.d.ts" */

import { mentionBefore, peopleMatching } from "../state/people.js";
import { say } from "../state/words.js";
import { html, useId, useRef, useState } from "../view.js";
import { useClient } from "./context.js";
import { Avatar } from "./small.js";

const MOST = 6;
/** Whom `@room` and `@here` mean. @type {Record<string, string>} */
const GROUPS = { "@room": "everybody in this room", "@here": "who is online now" };
/** @type {Person[]} */
const SEVERAL = Object.keys(GROUPS).map((id) => ({ id, name: id.slice(1), kind: "human" }));

/** @typedef {{ start: number, people: Person[], index: number }} Open */

/**
 * @param {MyRoom} room @param {{ current: HTMLTextAreaElement | null }} field @param {(text: string) => void} change
 * @returns {{ list: any, attributes: object, look: () => void, close: () => void, keys: (event: KeyboardEvent) => boolean }}
 */
export function useCompletion(room, field, change) {
  const client = useClient();
  const id = useId();
  const [open, setOpen] = useState(/** @type {Open | null} */ (null));
  const turn = useRef(0);
  const close = () => {
    turn.current += 1;
    setOpen(null);
  };
  const look = async () => {
    const mine = ++turn.current;
    const before = mentionBefore(field.current?.value ?? "", field.current?.selectionStart ?? 0);
    if (!before) return close();
    if (!client.store.now.members[room.id]) await client.rooms.loadMembers(room.id).catch(close);
    // While the members came, one may have written on, taken a name, or sent: this look is over then.
    if (mine !== turn.current) return undefined;
    const others = (client.store.now.members[room.id] ?? []).map((member) => member.user).filter((user) => user.id !== client.store.now.me?.id);
    const people = peopleMatching([...others, ...SEVERAL], before.words, MOST);
    const written = people[0]?.name.toLocaleLowerCase() === before.words.toLocaleLowerCase();
    return setOpen(people.length && !written ? { start: before.start, people, index: 0 } : null);
  };
  const take = (/** @type {Open} */ { start }, /** @type {Person} */ person) => {
    const text = field.current?.value ?? "";
    const caret = field.current?.selectionStart ?? text.length;
    const ahead = `${text.slice(0, start)}@${person.name} `;
    change(ahead + text.slice(caret).trimStart());
    close();
    requestAnimationFrame(() => field.current?.setSelectionRange(ahead.length, ahead.length));
  };
  const attributes = open
    ? { "aria-autocomplete": "list", "aria-controls": id, "aria-activedescendant": `${id}-${open.index}` } : { "aria-autocomplete": "list" };
  return { list: open && drawList(id, open, take), attributes, look, close, keys: (event) => completionKey(event, open, setOpen, take) };
}

/** @param {KeyboardEvent} event @param {Open | null} open @param {(open: Open | null) => void} setOpen @param {(open: Open, person: Person) => void} take @returns {boolean} whether the key was for the list */
function completionKey(event, open, setOpen, take) {
  if (!open) return false;
  const count = open.people.length;
  if (event.key === "ArrowDown") setOpen({ ...open, index: (open.index + 1) % count });
  else if (event.key === "ArrowUp") setOpen({ ...open, index: (open.index + count - 1) % count });
  else if (event.key === "Enter" || event.key === "Tab") take(open, open.people[open.index]);
  else if (event.key === "Escape") setOpen(null);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

/** @param {string} id @param {Open} open @param {(open: Open, person: Person) => void} take */
function drawList(id, open, take) {
  return html`<ul class="completion" id=${id} role="listbox" aria-label="People">
    ${open.people.map((person, index) => html`<li key=${person.id} id="${id}-${index}" role="option" aria-selected=${index === open.index}
      onMouseDown=${(/** @type {Event} */ event) => {
        event.preventDefault();
        take(open, person);
      }}><${Avatar} person=${person} small />${person.name}${GROUPS[person.id] && html`<span class="quiet">${say(GROUPS[person.id])}</span>`}</li>`)}
  </ul>`;
}
