// Choosing a time: for a message that is to be sent later, and for being reminded of one.

import { fieldMoment, momentChoices, momentOf, momentWords, tomorrowMorning } from "../state/moments.js";
import { say } from "../state/words.js";
import { html, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { formValues, Problem } from "./small.js";

export function SendLater() {
  const client = useClient();
  const { busy, problem, run } = useTask();
  const choose = async (/** @type {number} */ at) => {
    const side = client.scheduling.begun?.thread === undefined ? ".conversation" : ".panel";
    if (await run(() => client.scheduling.schedule(at))) requestAnimationFrame(() => focusOn(`${side} .composer textarea`));
  };
  return html`<p class="quiet">It is sent at that time, wherever you are then. Until then only you see it.</p>
    <${MomentChoices} busy=${busy} choose=${choose} /><${Problem} error=${problem} />`;
}

export function Remind() {
  const client = useClient();
  const message = client.see.subject.value;
  const { busy, problem, run } = useTask();
  const choose = (/** @type {number} */ at) => run(async () => {
    if (message) await client.scheduling.remind(message, at);
    client.navigation.closeDialog();
  });
  return html`<p class="quiet">The message is kept in your bookmarks, and you are told when it is time.</p>
    <${MomentChoices} busy=${busy} choose=${choose} /><${Problem} error=${problem} />`;
}

/** @param {{ busy: boolean, choose: (at: number) => void }} properties */
function MomentChoices({ busy, choose }) {
  const [now] = useState(Date.now());
  const submit = (/** @type {Event} */ event) => {
    const at = momentOf(formValues(event).at);
    if (at !== null) choose(at);
  };
  return html`<ul class="moments">${momentChoices(now).map(({ words, at }, index) => html`<li key=${words}>
      <button type="button" class="moment" disabled=${busy} autofocus=${index === 0} onClick=${() => choose(at)}><b>${say(words)}</b><span class="quiet">${momentWords(at, now)}</span></button>
    </li>`)}</ul>
    <form class="inline-form" onSubmit=${submit}>
      <${MomentField} label="Another time" at=${tomorrowMorning(now)} now=${now} />
      <button type="submit" class="button is-main" disabled=${busy}>Choose</button>
    </form>`;
}

/** A field for a day and a time to come. @param {{ label: string, at: number | string, now: number }} properties */
export function MomentField({ label, at, now }) {
  return html`<div class="field"><label>${say(label)}<input type="datetime-local" name="at" required min=${fieldMoment(now)} value=${fieldMoment(at)} /></label></div>`;
}

/** @param {string} selector */
function focusOn(selector) {
  /** @type {HTMLElement | null} */ (document.querySelector(selector))?.focus();
}
