// The dialogs, by name: what their head says and what is in them.

import { html, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { Icon, IconButton } from "./icons.js";
import { SHORTCUTS } from "./keyboard.js";
import { later } from "./later.js";
import { openRoom } from "../state/routes.js";
import { say } from "../state/words.js";
import { useModal } from "./modal.js";
import { Palette } from "./palette.js";
import { Shown } from "./shown.js";
import { Field, formValues, Problem } from "./small.js";

const Pictures = later(() => import("./pictures.js").then((module) => module.Pictures));

/** @type {Record<string, { title: string, Contents: () => any }>} */
const DIALOGS = {
  "account": { title: "Your account", Contents: later(() => import("./account-dialog.js").then((module) => module.AccountDialog)) },
  "react": { title: "React", Contents: later(() => import("./emoji-picker.js").then((module) => module.ReactionPicker)) },
  "reacted": { title: "Who reacted", Contents: later(() => import("./who-dialogs.js").then((module) => module.Reacted)) },
  "seen": { title: "Who has seen it", Contents: later(() => import("./who-dialogs.js").then((module) => module.SeenBy)) },
  "forward": { title: "Forward a message", Contents: later(() => import("./message-dialogs.js").then((module) => module.Forward)) },
  "versions": { title: "What it said before", Contents: later(() => import("./message-dialogs.js").then((module) => module.Versions)) },
  "poll": { title: "New poll", Contents: later(() => import("./poll-dialog.js").then((module) => module.PollDialog)) },
  "send-later": { title: "Send later", Contents: later(() => import("./send-later.js").then((module) => module.SendLater)) },
  "remind": { title: "Remind me", Contents: later(() => import("./send-later.js").then((module) => module.Remind)) },
  "new-room": { title: "New room", Contents: NewRoom },
  "new-message": { title: "New message", Contents: later(() => import("./new-message.js").then((module) => module.NewMessage)) },
  "browse": { title: "Browse rooms", Contents: later(() => import("./browse.js").then((module) => module.Browse)) },
  "invite": { title: "Invite people", Contents: Invite },
  "shortcuts": { title: "Keyboard", Contents: Shortcuts },
};

export function Dialogs() {
  const { see } = useClient();
  const name = see.dialog.value;
  if (name === "palette") return html`<${Palette} />`;
  if (name === "pictures") return html`<${Pictures} />`;
  return name && DIALOGS[name] ? html`<${Dialog} key=${name} name=${name} ...${DIALOGS[name]} />` : null;
}

/** @param {{ name: import("../types.d.ts").DialogName, title: string, Contents: () => any }} properties */
function Dialog({ name, title, Contents }) {
  const { dialog, listeners } = useModal(name);
  return html`<dialog ref=${dialog} class="dialog" aria-labelledby="dialog-title" ...${listeners}>
    <div class="dialog-card">
      <header class="dialog-head">
        <h2 id="dialog-title">${say(title)}</h2>
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

function Shortcuts() {
  return html`<div class="shortcuts" tabindex="0">${SHORTCUTS.map(({ where, keys: all }) => html`<section key=${where}><h3>${say(where)}</h3>
    <dl>${all.map(([keys, words]) => html`<div key=${keys}><dt>${keys.split("  ").map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${say(words)}</dd></div>`)}</dl>
  </section>`)}</div>`;
}
