// What those who run the chat decide for all of it.

import { html, useEffect } from "../view.js";
import { useClient, useTask } from "./context.js";
import { Problem } from "./small.js";

export function SiteSettings() {
  const client = useClient();
  const { busy, problem, run } = useTask();
  useEffect(() => {
    client.account.loadSite();
  }, []);
  const change = (/** @type {any} */ event) => {
    const { checked } = event.currentTarget;
    run(() => client.account.changeSite({ previews: checked }));
  };
  return html`<section>
    <h3>For the whole chat</h3>
    <label class="check"><input type="checkbox" checked=${client.see.site.value?.previews === true} disabled=${busy} onChange=${change} /><span>Show previews of links</span></label>
    <p class="quiet">The server fetches each page once, so the site learns that somebody here has linked to it, and not who.</p>
    <${Problem} error=${problem} />
  </section>`;
}
