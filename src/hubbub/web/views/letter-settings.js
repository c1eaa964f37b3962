// Letters about what one missed: to which address, and after how long. Only where the chat has a mail server.

import { say } from "../state/words.js";
import { html, useEffect, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { Field, formValues, Problem } from "./small.js";

const AFTER = [{ minutes: 15, words: "15 minutes" }, { minutes: 30, words: "half an hour" }, { minutes: 60, words: "an hour" }, { minutes: 240, words: "four hours" }, { minutes: 1440, words: "a day" }];

/** @typedef {{ available: boolean, address: string | null, verified: boolean }} Mailbox */

export function Letters() {
  const client = useClient();
  const { busy, problem, run } = useTask();
  const [box, setBox] = useState(/** @type {Mailbox | null} */ (null));
  const look = async () => setBox(await client.notifications.email());
  const act = (/** @type {() => Promise<unknown>} */ task) => run(() => task().finally(look));
  useEffect(() => {
    run(look);
  }, []);
  if (!box?.available) return html`<${Problem} error=${problem} />`;
  const keep = (/** @type {Event} */ event) => {
    const { address } = formValues(event);
    act(() => client.notifications.setEmail(address));
  };
  const forget = () => act(() => client.notifications.forgetEmail());
  return html`<div class="letters">
    ${box.address === null ? html`<form class="inline-form" onSubmit=${keep}>
        <${Field} label="E-mail for what you missed" name="address" type="email" autocomplete="email" required problem=${problem?.fields.address} />
        <button type="submit" class="button" disabled=${busy}>Send me a link</button>
      </form>`
      : html`<p class="button-row"><span>${box.verified ? html`<span>Letters go to</span>` : html`<span>Follow the link in the letter to</span>`} <b dir="ltr">${box.address}</b></span>
        <button type="button" class="button is-small" disabled=${busy} onClick=${forget}>Forget the address</button></p>`}
    ${box.verified && html`<${When} />`}
    <${Problem} error=${problem} beside=${["address"]} />
  </div>`;
}

function When() {
  const client = useClient();
  const { problem, run } = useTask();
  const { email, email_minutes: minutes } = client.see.notifications.value;
  const setOn = (/** @type {any} */ event) => {
    const { checked } = event.currentTarget;
    run(() => client.notifications.change({ email: checked }));
  };
  const setAfter = (/** @type {any} */ event) => {
    const after = Number(event.currentTarget.value);
    run(() => client.notifications.change({ email_minutes: after }));
  };
  return html`<label class="check"><input type="checkbox" checked=${email} onChange=${setOn} /><span>Write to me about what I missed</span></label>
    ${email && html`<label class="check is-inner"><span>when it is unread for</span>
      <select value=${minutes} onChange=${setAfter}>${AFTER.map((each) => html`<option key=${each.minutes} value=${each.minutes} selected=${each.minutes === minutes}>${say(each.words)}</option>`)}</select></label>`}
    <${Problem} error=${problem} />`;
}
