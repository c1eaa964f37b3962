// The palette: to any room, or anything one can do, by a few letters.

/** @import { Person } from "../types.d.ts" */
/** @import { Choice } from "../state/palette.js" */

import { choicesFor } from "../state/palette.js";
import { isUnread } from "../state/rooms.js";
import { openRoom } from "../state/routes.js";
import { say } from "../state/words.js";
import { html, useEffect, useId, useMemo, useRef, useState } from "../view.js";
import { commandsFor } from "./commands.js";
import { useClient } from "./context.js";
import { Icon } from "./icons.js";
import { isPaletteKey } from "./keyboard.js";
import { useModal } from "./modal.js";
import { Avatar } from "./small.js";

const LEAST_FOR_PEOPLE = 2;

export function Palette() {
  const client = useClient();
  const { dialog, listeners } = useModal("palette");
  const { choices, words, setWords, index, setIndex } = useChoices();
  const id = useId();
  const act = (/** @type {Choice | undefined} */ choice) => {
    if (!choice) return;
    client.navigation.closeDialog();
    if (choice.kind === "room") client.navigation.openRoom(choice.id);
    else if (choice.kind === "person") client.rooms.openDirect([choice.person]).catch((error) => client.navigation.notify(error.message));
    else commandsFor(client).find((command) => command.id === choice.id)?.act(client);
  };
  const keys = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.isComposing) return;
    if (step) setIndex((index + step + choices.length) % Math.max(1, choices.length));
    else if (event.key === "Enter") act(choices[index]);
    else if (isPaletteKey(event)) client.navigation.closeDialog();
    else return;
    event.preventDefault();
  };
  const write = (/** @type {any} */ event) => setWords(event.currentTarget.value);
  return html`<dialog ref=${dialog} class="dialog palette" aria-label="Go to" ...${listeners}>
    <div class="dialog-card">
      <div class="palette-field"><${Icon} name="go" />
        <input type="text" role="combobox" aria-label="A room, or something to do" placeholder="Go to a room, or do something" autocomplete="off" spellcheck=${false}
          autofocus aria-expanded="true" aria-autocomplete="list" aria-controls=${id} aria-activedescendant=${choices.length ? `${id}-${index}` : undefined}
          value=${words} onInput=${write} onKeyDown=${keys} /></div>
      <ul class="palette-choices" id=${id} role="listbox" aria-label="Choices">
        ${choices.map((choice, at) => html`<${Option} key=${choice.id} id="${id}-${at}" choice=${choice} selected=${at === index}
          act=${() => act(choice)} point=${() => setIndex(at)} />`)}
      </ul>
      ${choices.length === 0 && html`<p class="palette-nothing" role="status">Nothing here has this name. Try fewer letters.</p>`}
      <p class="palette-foot" aria-hidden="true"><kbd>↑</kbd> <kbd>↓</kbd> choose <kbd>Enter</kbd> go <kbd>></kbd> only things to do</p>
    </div>
  </dialog>`;
}

function useChoices() {
  const client = useClient();
  const [words, write] = useState("");
  const [index, setIndex] = useState(0);
  const rooms = client.see.rooms.value;
  const open = openRoom(client.see.route.value);
  const people = usePeople(words);
  // The order is that of the moment it was opened: what arrives meanwhile does not move what one is about to choose.
  const kept = useRef(rooms).current;
  const known = useMemo(() => Object.fromEntries(Object.entries(kept).filter(([id]) => id in rooms)), [rooms]);
  const choices = useMemo(() => choicesFor({ rooms: known, commands: commandsFor(client), open, people, words }), [known, open, people, words]);
  const setWords = (/** @type {string} */ text) => {
    write(text);
    setIndex(0);
  };
  return { choices, words, setWords, index: Math.min(index, Math.max(0, choices.length - 1)), setIndex };
}

/** Whom the server knows by these words, a moment later. @param {string} words @returns {Person[]} */
function usePeople(words) {
  const client = useClient();
  const [found, setFound] = useState(/** @type {Person[]} */ ([]));
  useEffect(() => {
    let current = true;
    const wanted = words.trim();
    if (wanted.length < LEAST_FOR_PEOPLE || wanted.startsWith(">") || client.store.now.me?.role === "guest") return setFound([]);
    client.rooms.findPeople(wanted).then((people) => current && setFound(people.filter(({ id }) => id !== client.store.now.me?.id)), () => {});
    return () => {
      current = false;
    };
  }, [words]);
  return found;
}

/** @param {{ id: string, choice: Choice, selected: boolean, act: () => void, point: () => void }} properties */
function Option({ id, choice, selected, act, point }) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (selected) element.current?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  const take = (/** @type {Event} */ event) => {
    event.preventDefault();
    act();
  };
  return html`<li ref=${element} id=${id} class="palette-choice" role="option" aria-selected=${selected} onPointerMove=${point} onClick=${take}>
    <${Sign} choice=${choice} />
    <span class="palette-name">${choice.name}</span>
    ${choice.kind === "room" && isUnread(choice.room) && html`<span class="quiet">${choice.room.mentions ? say("mentions you") : say("unread")}</span>`}
    ${choice.kind === "command" && choice.command.keys && html`<span>${choice.command.keys.split(" ").map((key) => html`<kbd>${key}</kbd>`)}</span>`}
  </li>`;
}

/** @param {{ choice: Choice }} properties */
function Sign({ choice }) {
  if (choice.kind === "command") return html`<${Icon} name=${choice.command.icon} />`;
  if (choice.kind === "person") return html`<${Avatar} person=${choice.person} small />`;
  return choice.room.kind === "direct" ? html`<${Avatar} person=${choice.room} small />` : html`<${Icon} name=${choice.room.kind} />`;
}
