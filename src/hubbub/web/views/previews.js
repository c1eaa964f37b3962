// Under a message, what the pages that it links to say of themselves: strangers' words, each beside the host they come from.

/** @import { Message, Preview } from "../types.d.ts" */

import { hostOf } from "../state/previews.js";
import { say } from "../state/words.js";
import { html } from "../view.js";
import { useClient } from "./context.js";
import { IconButton } from "./icons.js";

/** @param {{ message: Message, mayDismiss: boolean }} properties */
export function Previews({ message, mayDismiss }) {
  return html`<div class="previews">${message.previews?.map((preview) => html`<${Card} key=${preview.n} message=${message} preview=${preview} mayDismiss=${mayDismiss} />`)}</div>`;
}

/** @param {{ message: Message, preview: Preview, mayDismiss: boolean }} properties */
function Card({ message, preview, mayDismiss }) {
  const client = useClient();
  const host = hostOf(preview.url);
  if (host === null) return null;
  const dismiss = (/** @type {Event} */ event) => {
    /** @type {HTMLElement} */ (event.currentTarget).closest("article")?.focus();
    client.marking.dismissPreview(message, preview.n);
  };
  return html`<section class="preview" aria-label=${say("Preview of #", host)}>
    <p class="preview-from"><bdi dir="ltr">${host}</bdi>${preview.site && html`<span aria-hidden="true"> · </span><bdi>${preview.site}</bdi>`}</p>
    <p class="preview-title" dir="auto"><a href=${preview.url} target="_blank" rel="noopener noreferrer nofollow">${preview.title}</a></p>
    ${preview.description && html`<p class="preview-words" dir="auto">${preview.description}</p>`}
    ${mayDismiss && html`<${IconButton} icon="close" name="Take the preview away" class="preview-dismiss" onClick=${dismiss} />`}
  </section>`;
}
