// How one is reached while no page is open, and by which words: parts of the account's dialog.

import { keywordsIn } from "../state/keywords.js";
import { say } from "../state/words.js";
import { html, useEffect, useId, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { Problem } from "./small.js";

const BLOCKED = "The browser does not allow it. Allow notifications for this page in the browser's settings, then try again.";

/** Web push: for this browser alone, with the words or without. */
export function Push() {
  const client = useClient();
  const { busy, problem, run } = useTask();
  const [state, setState] = useState(/** @type {"on" | "off" | "none"} */ ("none"));
  const [refused, setRefused] = useState(false);
  const { words } = client.see.notifications.value;
  const look = async () => setState(await client.notifications.pushState());
  useEffect(() => {
    run(look);
  }, []);
  const allow = (/** @type {any} */ event) => {
    const { checked } = event.currentTarget;
    run(async () => {
      setRefused(!(await client.notifications.allowPush(checked)));
      await look();
    });
  };
  const setWords = (/** @type {any} */ event) => {
    const { checked } = event.currentTarget;
    run(() => client.notifications.change({ words: checked }));
  };
  if (state === "none") return html`<${Problem} error=${problem} />`;
  return html`<label class="check"><input type="checkbox" checked=${state === "on"} disabled=${busy} onChange=${allow} /><span>In this browser, also while the chat is closed</span></label>
    ${refused && html`<p class="problem" role="alert">${say(BLOCKED)}</p>`}
    ${state === "on" && html`<label class="check is-inner"><input type="checkbox" checked=${words} onChange=${setWords} /><span>Say who wrote what</span></label>`}
    <${Problem} error=${problem} />`;
}

/** Words that count as if one were named. */
export function Keywords() {
  const client = useClient();
  const { problem, run } = useTask();
  const [kept, setKept] = useState(false);
  const id = useId();
  const words = client.see.notifications.value.keywords.join(", ");
  const keep = (/** @type {any} */ event) => {
    const keywords = keywordsIn(event.currentTarget.value);
    event.currentTarget.value = keywords.join(", ");
    if (keywords.join(", ") !== words) run(() => client.notifications.change({ keywords })).then(setKept);
  };
  return html`<div class="field">
    <label for=${id}>Words of your own</label>
    <textarea id=${id} rows="2" dir="auto" defaultValue=${words} aria-describedby="${id}-note" onInput=${() => setKept(false)} onChange=${keep}></textarea>
    <p id="${id}-note" class="field-hint">With commas between. A message with one of them counts as if you were named. <span role="status">${kept && say("Kept.")}</span></p>
    <${Problem} error=${problem} />
  </div>`;
}
