// The dialogs, by name: what their head says and what is in them.

import { say } from "../state/words.js";
import { html } from "../view.js";
import { useClient } from "./context.js";
import { IconButton } from "./icons.js";
import { later } from "./later.js";
import { useModal } from "./modal.js";
import { Palette } from "./palette.js";

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
  "new-room": { title: "New room", Contents: later(() => import("./new-room.js").then((module) => module.NewRoom)) },
  "new-message": { title: "New message", Contents: later(() => import("./new-message.js").then((module) => module.NewMessage)) },
  "browse": { title: "Browse rooms", Contents: later(() => import("./browse.js").then((module) => module.Browse)) },
  "invite": { title: "Invite people", Contents: later(() => import("./invite.js").then((module) => module.Invite)) },
  "shortcuts": { title: "Keyboard", Contents: later(() => import("./shortcuts.js").then((module) => module.Shortcuts)) },
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
