// Three sentences for whoever has just come in, until they say that they have read them.

import { html } from "../view.js";
import { useClient } from "./context.js";
import { FIND_KEYS } from "./keyboard.js";

export function Tour() {
  const client = useClient();
  return html`<section class="tour" role="note" aria-label="Welcome">
    <h2>Welcome</h2>
    <ol>
      <li>Rooms hold conversations; a bold one has something new in it.</li>
      <li><kbd>${FIND_KEYS}</kbd> goes anywhere and does anything, and <kbd>?</kbd> lists every key.</li>
      <li>What you write is kept, and sent when there is a network again.</li>
    </ol>
    <button type="button" class="button is-small" onClick=${() => client.account.endTour()}>Got it</button>
  </section>`;
}
