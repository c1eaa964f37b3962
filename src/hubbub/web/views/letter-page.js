// Where the links in letters lead: to one button, because programs that look through mail follow links too.

import { html, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { Problem } from "./small.js";

/** @param {{ act: "confirm" | "stop", code: string }} properties */
export function LetterPage({ act, code }) {
  const client = useClient();
  const { busy, problem, run } = useTask();
  const [done, setDone] = useState(false);
  const follow = () => run(() => client.notifications.followLetter(act, code)).then(setDone);
  if (done) return html`<h1>${act === "confirm" ? html`<span>Thank you</span>` : html`<span>No more letters</span>`}</h1>
    <p class="gate-lead">${act === "confirm" ? html`<span>From now on you get a letter when you have missed something.</span>` : html`<span>You can have them again, in your account.</span>`}</p>
    <p><a class="button" href="#/">Go to the chat</a></p>`;
  return html`<h1>${act === "confirm" ? html`<span>Letters about what you missed</span>` : html`<span>No more letters?</span>`}</h1>
    <${Problem} error=${problem} />
    <button type="button" class="button is-main" disabled=${busy} onClick=${follow}>${act === "confirm" ? html`<span>Yes, write to me</span>` : html`<span>Write no more</span>`}</button>`;
}
