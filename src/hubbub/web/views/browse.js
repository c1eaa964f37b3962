// Every room that one could be in: public ones to find and join, and those of one's own that are archived.

/** @import { FoundRoom, MyRoom } from "../types.d.ts" */

import { mayModerate } from "../state/rights.js";
import { roomAddress } from "../state/routes.js";
import { say } from "../state/words.js";
import { html, useEffect, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { Icon } from "./icons.js";
import { Field, Problem } from "./small.js";

const FIND_AFTER_MS = 150;

export function Browse() {
  const client = useClient();
  const [words, setWords] = useState("");
  const [rooms, setRooms] = useState(/** @type {FoundRoom[] | null} */ (null));
  const { busy, problem, run } = useTask();
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => run(async () => {
      const found = await client.rooms.directory(words.trim());
      if (current) setRooms(found);
    }), rooms === null ? 0 : FIND_AFTER_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [words]);
  const archived = Object.values(client.see.rooms.value).filter((room) => room.archived && room.name.toLocaleLowerCase().includes(words.trim().toLocaleLowerCase()));
  return html`<${Field} label="Find a public room" type="search" placeholder="A word of its name or topic" autofocus autocomplete="off" value=${words}
      onInput=${(/** @type {any} */ event) => setWords(event.currentTarget.value)} />
    <${Problem} error=${problem} />
    ${rooms?.length === 0 && html`<p class="quiet">${words.trim() ? say("No public room has these words.") : say("There is no public room yet.")}</p>
      <button type="button" class="button" onClick=${() => client.navigation.openDialog("new-room")}>Make a new one</button>`}
    <ul class="browse" aria-label="Public rooms">${rooms?.map((room) => html`<${PublicRoom} key=${room.id} room=${room} />`)}</ul>
    ${archived.length > 0 && html`<section class="archived"><h3>Archived</h3>
      <ul class="browse" aria-label="Archived rooms">${archived.map((room) => html`<${ArchivedRoom} key=${room.id} room=${room} />`)}</ul>
    </section>`}`;
}

/** @param {{ room: FoundRoom }} properties */
function PublicRoom({ room }) {
  const client = useClient();
  const { busy, problem, run } = useTask();
  const mine = client.see.rooms.value[room.id] !== undefined;
  return html`<li>
    <${Icon} name="public" /><span class="browse-words"><b>${room.name}</b><small>${people(room.people)}${room.topic && ` · ${room.topic}`}</small></span>
    ${mine ? html`<a class="button is-small" href=${roomAddress(room.id)} aria-label="Open ${room.name}" onClick=${() => client.navigation.closeDialog()}>Open</a>`
    : html`<button type="button" class="button is-small" disabled=${busy} aria-label="Join ${room.name}" onClick=${() => run(() => client.rooms.join(room.id))}>Join</button>`}
    <${Problem} error=${problem} />
  </li>`;
}

/** @param {{ room: MyRoom }} properties */
function ArchivedRoom({ room }) {
  const client = useClient();
  const { busy, problem, run } = useTask();
  return html`<li>
    <${Icon} name=${room.kind} /><span class="browse-words"><b>${room.name}</b><small>${room.topic || say("Takes no more messages")}</small></span>
    <a class="button is-small" href=${roomAddress(room.id)} aria-label="Read ${room.name}" onClick=${() => client.navigation.closeDialog()}>Read</a>
    ${mayModerate(client.see.me.value, room) && html`<button type="button" class="button is-small" disabled=${busy} aria-label="Bring ${room.name} back"
      onClick=${() => run(() => client.rooms.change(room.id, { archived: false }))}>Bring back</button>`}
    <${Problem} error=${problem} />
  </li>`;
}

/** @param {number} count */
const people = (count) => (count === 1 ? say("1 person") : say("# people", count));
