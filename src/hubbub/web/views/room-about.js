// What a room is about and the rules that it has: to be read, and by those in charge to be changed. And the ways out.

/** @import { MyRoom } from "../types.d.ts" */

import { mayModerate } from "../state/rights.js";
import { foldersOf } from "../state/rooms.js";
import { say } from "../state/words.js";
import { html, useId, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { Icon } from "./icons.js";
import { Field, formValues, Problem } from "./small.js";

/** @param {{ room: MyRoom }} properties */
export function RoomAbout({ room }) {
  const client = useClient();
  const admin = mayModerate(client.see.me.value, room);
  return html`<section class="about">
    <h3>This room</h3>
    ${admin ? html`<${Settings} room=${room} />` : html`<${Words} room=${room} />`}
    <${Folder} room=${room} />
    ${admin && html`<${Archive} room=${room} />`}
    <${Leave} room=${room} />
  </section>`;
}

/** @param {{ room: MyRoom }} properties */
function Words({ room }) {
  const { topic, description, posting, history } = room;
  return html`<p>${topic || say("Nobody has said yet what it is about.")}</p>
    ${description && html`<p class="description">${description}</p>`}
    ${posting === "moderators" && html`<p class="quiet">Only its owners and admins post here.</p>`}
    ${history === "joined" && html`<p class="quiet">Who joins it sees what comes from then on.</p>`}`;
}

/** @param {{ room: MyRoom }} properties */
function Settings({ room }) {
  const client = useClient();
  const { busy, problem, run } = useTask();
  const [saved, setSaved] = useState(false);
  const save = async (/** @type {Event} */ event) => {
    const { name, topic, description, kind, posting, history } = /** @type {any} */ (formValues(event));
    const fields = { name: name.trim(), topic: topic.trim(), description, kind, posting, ...(history && kind === "private" ? { history } : {}) };
    setSaved(await run(() => client.rooms.change(room.id, fields)));
  };
  return html`<form onSubmit=${save} onInput=${() => setSaved(false)}>
    <${Field} label="Room name" name="name" value=${room.name} required problem=${problem?.fields.name} />
    <${Field} label="What it is about" name="topic" value=${room.topic} problem=${problem?.fields.topic} />
    <${LongField} label="Description" name="description" value=${room.description ?? ""} problem=${problem?.fields.description} />
    <${Choice} label="Who finds and reads it" name="kind" value=${room.kind} options=${[["public", say("Everybody here, all of it")], ["private", say("Only its members")]]} />
    <${Choice} label="Who may post" name="posting" value=${room.posting ?? "everyone"} options=${[["everyone", say("Everybody in it")], ["moderators", say("Only owners and admins")]]} />
    ${room.kind === "private" && html`<${Choice} label="Who joins from now on sees" name="history" value=${room.history ?? "all"}
      options=${[["all", say("Everything, from the beginning")], ["joined", say("What comes after they join")]]} />`}
    <button type="submit" class="button is-small" disabled=${busy}>Save</button>${saved && html`<span class="quiet" role="status"> Saved.</span>`}
    <${Problem} error=${problem} beside=${["name", "topic", "description"]} />
  </form>`;
}

/** @param {{ label: string, name: string, value: string, problem?: string }} properties */
function LongField({ label, name, value, problem }) {
  const id = useId();
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <textarea id=${id} name=${name} rows="3" value=${value} aria-invalid=${problem ? "true" : undefined} aria-describedby=${problem ? `${id}-note` : undefined}></textarea>
    ${problem && html`<p id="${id}-note" class="field-problem">${problem}</p>`}
  </div>`;
}

/** @param {{ label: string, name: string, value: string, options: string[][] }} properties */
function Choice({ label, name, value, options }) {
  const id = useId();
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <select id=${id} name=${name}>${options.map(([each, words]) => html`<option key=${each} value=${each} selected=${each === value}>${words}</option>`)}</select>
  </div>`;
}

/** Where the room stands in one's own list: in a folder of any name, or in none. @param {{ room: MyRoom }} properties */
export function Folder({ room }) {
  const client = useClient();
  const id = useId();
  const { busy, problem, run } = useTask();
  const [saved, setSaved] = useState(false);
  const save = async (/** @type {Event} */ event) => {
    const { folder } = formValues(event);
    setSaved(await run(() => client.inbox.putIntoFolder(room.id, folder)));
  };
  return html`<form class="inline-form" onSubmit=${save} onInput=${() => setSaved(false)}>
    <${Field} label="Folder in your list" name="folder" value=${room.folder ?? ""} list=${id} autocomplete="off" maxlength="40" placeholder="Favourites, for example"
      problem=${problem?.fields.folder} hint=${saved ? say("Saved.") : undefined} />
    <datalist id=${id}>${foldersOf(client.see.rooms.value).map((name) => html`<option key=${name} value=${name}></option>`)}</datalist>
    <button type="submit" class="button is-small" disabled=${busy}>Move</button>
    <${Problem} error=${problem} beside=${["folder"]} />
  </form>`;
}

/** @param {{ room: MyRoom }} properties */
function Archive({ room }) {
  const client = useClient();
  const { busy, problem, run } = useTask();
  const change = (/** @type {boolean} */ archived) => run(async () => {
    await client.rooms.change(room.id, { archived });
    if (archived) client.navigation.notify(say("# is archived.", room.name), "Undo", () => client.rooms.change(room.id, { archived: false }));
  });
  return html`<div class="leave">
    ${room.archived ? html`<button type="button" class="button is-small" disabled=${busy} onClick=${() => change(false)}>Bring this room back</button>`
    : html`<button type="button" class="plain-button" disabled=${busy} onClick=${() => change(true)}><${Icon} name="archive" />Archive this room</button>`}
    <${Problem} error=${problem} />
  </div>`;
}

/** A public room one can join again; a private one asks first. @param {{ room: MyRoom }} properties */
function Leave({ room }) {
  const client = useClient();
  const [asked, setAsked] = useState(false);
  const { busy, problem, run } = useTask();
  const leave = () => run(() => client.rooms.leave(room.id));
  return html`<div class="leave">
    ${asked ? html`<p>Only somebody inside can let you in again.</p>
      <button type="button" class="button is-danger is-small" disabled=${busy} onClick=${leave}>Leave all the same</button>
      <button type="button" class="button is-small" onClick=${() => setAsked(false)}>Stay</button>`
    : html`<button type="button" class="plain-button is-danger" disabled=${busy} onClick=${() => (room.kind === "private" ? setAsked(true) : leave())}>
        <${Icon} name="leave" />Leave this room</button>`}
    <${Problem} error=${problem} />
  </div>`;
}
