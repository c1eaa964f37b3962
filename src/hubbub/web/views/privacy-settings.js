// What one keeps to oneself.

import { html, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { Problem } from "./small.js";

export function PrivacySettings() {
  const client = useClient();
  const { problem, run } = useTask();
  // It shows what was chosen while the server is asked, and what holds from then on.
  const [chosen, setChosen] = useState(/** @type {boolean | null} */ (null));
  const share = async (/** @type {any} */ event) => {
    const { checked } = event.currentTarget;
    setChosen(checked);
    await run(() => client.seen.share(checked));
    setChosen(null);
  };
  return html`<section>
    <h3>Privacy</h3>
    <label class="check"><input type="checkbox" checked=${chosen ?? client.see.sharesReading.value} onChange=${share} /><span>Let others see how far you have read</span></label>
    <p class="quiet">If you keep it to yourself, you do not see it of them either.</p>
    <${Problem} error=${problem} />
  </section>`;
}
