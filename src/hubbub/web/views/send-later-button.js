// The small arrow beside Send: a time for what is being written.

/** @import { Id, Seq } from "../types.d.ts" */

import { html } from "../view.js";
import { useClient } from "./context.js";
import { Icon } from "./icons.js";

/** @param {{ room: Id, thread?: Seq, alsoToRoom: boolean }} properties */
export function SendLaterButton({ room, thread, alsoToRoom }) {
  const client = useClient();
  return html`<button type="button" class="send-later" aria-label="Send later" title="Send later" aria-haspopup="dialog"
    onClick=${() => client.scheduling.begin({ room, thread, alsoToRoom })}><${Icon} name="chevron" /></button>`;
}
