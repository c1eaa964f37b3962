// What opens over the page. The browser's own dialog keeps the focus inside, closes on Escape and gives the focus back.

import { html, useEffect, useRef, useState } from "../view.js";
import { AccountDialog } from "./account-dialog.js";
import { copyText } from "./clipboard.js";
import { useClient, useTask } from "./context.js";
import { Icon, IconButton } from "./icons.js";
import { SHORTCUTS } from "./keyboard.js";
import { openRoom } from "../state/routes.js";
import { Field, formValues, Problem } from "./small.js";

/** @typedef {import("../types.d.ts").Room} Room */

/** @type {Record<string, { title: string, Contents: () => any }>} */
const DIALOGS = {
  "account": { title: "Your account", Contents: AccountDialog },
  "new-room": { title: "New room", Contents: NewRoom },
  "browse": { title: "Browse rooms", Contents: Browse },
  "invite": { title: "Invite people", Contents: Invite },
  "shortcuts": { title: "Keyboard", Contents: Shortcuts },
};

export function Dialogs() {
  const { see } = useClient();
  const name = see.dialog.value;
  return name && DIALOGS[name] ? html`<${Dialog} key=${name} name=${name} ...${DIALOGS[name]} />` : null;
}

/** @param {{ name: string, title: string, Contents: () => any }} properties */
function Dialog({ name, title, Contents }) {
  const client = useClient();
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    dialog.current?.showModal();
    return () => {
      if (document.activeElement === document.body) before?.focus();
    };
  }, []);
  // The browser says a little late that it has closed one: another may be open by then.
  const closed = () => client.store.now.dialog === name && client.navigation.closeDialog();
  const outside = (/** @type {Event} */ event) => event.target === dialog.current && client.navigation.closeDialog();
  return html`<dialog ref=${dialog} class="dialog" aria-labelledby="dialog-title" onClose=${closed} onMouseDown=${outside}>
    <div class="dialog-card">
      <header class="dialog-head">
        <h2 id="dialog-title">${title}</h2>
        <${IconButton} icon="close" name="Close" onClick=${() => dialog.current?.close()} />
      </header>
      <div class="dialog-body"><${Contents} /></div>
    </div>
  </dialog>`;
}

function NewRoom() {
  const client = useClient();
  const { busy, problem, run } = useTask();
  const submit = (/** @type {Event} */ event) => {
    const { kind, name, topic } = formValues(event);
    run(() => client.rooms.create({ kind: kind === "private" ? "private" : "public", name: name.trim(), topic: topic.trim() }));
  };
  return html`<form onSubmit=${submit}>
    <${Field} label="Room name" name="name" required autofocus autocomplete="off" problem=${problem?.fields.name} />
    <${Field} label="What it is about" name="topic" autocomplete="off" hint="One line, for those who think of joining. You can leave it out." />
    <fieldset class="choices">
      <legend>Who may come in</legend>
      <label class="choice"><input type="radio" name="kind" value="public" checked /><${Icon} name="public" /><span><b>Everybody here</b><small>Public: all can find and join it.</small></span></label>
      <label class="choice"><input type="radio" name="kind" value="private" /><${Icon} name="private" /><span><b>Only whom you add</b><small>Private: others do not see that it exists.</small></span></label>
    </fieldset>
    <${Problem} error=${problem} beside=${["name"]} />
    <button type="submit" class="button is-main" disabled=${busy}>Make the room</button>
  </form>`;
}

function Browse() {
  const client = useClient();
  const [rooms, setRooms] = useState(/** @type {Room[] | null} */ (null));
  const { busy, problem, run } = useTask();
  useEffect(() => {
    run(async () => setRooms(await client.rooms.joinable()));
  }, []);
  return html`<${Problem} error=${problem} />
    ${rooms?.length === 0 && html`<p>You are in every public room there is.</p>
      <button type="button" class="button" onClick=${() => client.navigation.openDialog("new-room")}>Make a new one</button>`}
    <ul class="browse">${rooms?.map((room) => html`<li key=${room.id}>
      <${Icon} name="public" /><span class="browse-words"><b>${room.name}</b>${room.topic && html`<small>${room.topic}</small>`}</span>
      <button type="button" class="button is-small" disabled=${busy} aria-label="Join ${room.name}" onClick=${() => run(() => client.rooms.join(room.id))}>Join</button>
    </li>`)}</ul>`;
}

function Invite() {
  const client = useClient();
  const [link, setLink] = useState("");
  const { busy, problem, run } = useTask();
  const room = client.see.rooms.value[openRoom(client.see.route.value) ?? ""];
  const into = room && room.kind !== "direct" ? room : null;
  const make = (/** @type {Event} */ event) => {
    const { where } = formValues(event);
    run(async () => setLink(await client.rooms.invite(where === "room" && into ? into.id : null)));
  };
  if (link) return html`<${Shown} label="Invite link" value=${link} hint="Whoever has it can make an account here, for seven days. Pass it on with care." />`;
  return html`<form onSubmit=${make}>
    <p>Make a link and send it to those who should come. It works for seven days.</p>
    ${into && html`<fieldset class="choices"><legend>They arrive in</legend>
      <label class="choice"><input type="radio" name="where" value="room" checked /><${Icon} name=${into.kind} /><span><b>${into.name}</b></span></label>
      <label class="choice"><input type="radio" name="where" value="site" /><${Icon} name="browse" /><span><b>The public rooms only</b></span></label>
    </fieldset>`}
    <${Problem} error=${problem} />
    <button type="submit" class="button is-main" disabled=${busy}>Make a link</button>
  </form>`;
}

/** Something to copy, shown once. @param {{ label: string, value: string, hint: string }} properties */
export function Shown({ label, value, hint }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => setCopied(await copyText(value));
  return html`<div class="shown">
    <${Field} label=${label} value=${value} readonly hint=${hint} onFocus=${(/** @type {any} */ event) => event.currentTarget.select()} />
    <button type="button" class="button" onClick=${copy}><${Icon} name="copy" />${copied ? "Copied" : "Copy"}</button>
  </div>`;
}

function Shortcuts() {
  return html`<dl class="shortcuts">${SHORTCUTS.map(([keys, words]) => html`<div key=${keys}><dt>${keys.split("  ").map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${words}</dd></div>`)}</dl>`;
}
