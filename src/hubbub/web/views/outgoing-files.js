// The files of a message that is not sent yet, and how far they are.

/** @import { OutboxEntry } from "../types.d.ts" */

import { waitsForFiles } from "../state/outbox.js";
import { asShared, goingWith, shareSent } from "../state/uploads.js";
import { html } from "../view.js";
import { useClient } from "./context.js";
import { MessageFiles } from "./message-files.js";

/** @param {{ entry: OutboxEntry }} properties */
export function OutgoingFiles({ entry }) {
  const client = useClient();
  const uploads = goingWith(client.see.uploads.value, entry.key);
  const files = entry.files ?? uploads.map(asShared);
  if (!files.length) return null;
  const share = uploads.reduce((sum, upload) => sum + shareSent(upload) * upload.size, 0) / Math.max(1, uploads.reduce((sum, { size }) => sum + size, 0));
  return html`<${MessageFiles} files=${files} />
    ${waitsForFiles(entry) && html`<p class="outgoing-progress">
      <progress max="100" value=${share} aria-label="Uploading the files of this message"></progress>
      <button type="button" class="plain-button" onClick=${() => client.outgoing.takeBack(entry)}>Take back</button>
    </p>`}`;
}
