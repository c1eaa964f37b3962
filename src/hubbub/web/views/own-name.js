// One's own name, and another one instead.

import { say } from "../state/words.js";
import { html, useEffect, useRef, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { Avatar, Field, Problem } from "./small.js";

export function OwnName() {
  const client = useClient();
  const me = client.see.me.value;
  const [changing, setChanging] = useState(false);
  const [wanted, write] = useState("");
  const { busy, problem, run } = useTask();
  useFocusWithin(changing);
  if (!me) return null;
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (await run(() => client.account.rename(wanted.trim()))) setChanging(false);
  };
  const change = () => {
    write(me.name);
    setChanging(true);
  };
  const head = html`<div class="account-head"><${Avatar} person=${me} /><p><b dir="auto">${me.name}</b><span class="quiet">${say(me.role)}</span></p>
    ${!changing && client.see.site.value?.sign_in !== false && html`<button type="button" class="plain-button" onClick=${change}>Change name</button>`}</div>`;
  if (!changing) return head;
  return html`<div class="own-name">${head}
    <form onSubmit=${submit}>
      <${Field} label="Name" name="name" value=${wanted} onInput=${(/** @type {any} */ event) => write(event.currentTarget.value)} required autocomplete="nickname" dir="auto" problem=${problem?.fields.name}
        hint="Everybody sees it from now on. What you have said keeps the name it was said under." />
      <${Problem} error=${problem} beside=${["name"]} />
      <p class="button-row"><button type="submit" class="button is-main" disabled=${busy}>Save</button>
        <button type="button" class="button" onClick=${() => setChanging(false)}>Cancel</button></p>
    </form></div>`;
}

/** The field has the focus when it comes, and the button when it is there again. @param {boolean} changing */
function useFocusWithin(changing) {
  const before = useRef(changing);
  useEffect(() => {
    if (changing !== before.current) /** @type {HTMLElement | null} */ (document.querySelector(changing ? ".own-name input" : ".account-head button"))?.focus();
    before.current = changing;
  }, [changing]);
}
