// Reminders: when one is told of a message that one keeps, and what one does when it is time.

/** @import { DueBookmark } from "../types.d.ts" */

import { momentWords } from "../state/moments.js";
import { placeOf } from "../state/threads.js";
import { say } from "../state/words.js";
import { html, useEffect, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { FoundMessage } from "./found-message.js";
import { Icon } from "./icons.js";
import { Problem } from "./small.js";

/** Below a bookmark. @param {{ kept: DueBookmark, changed: () => unknown }} properties `changed` is called when there is no reminder any more */
export function Reminder({ kept, changed }) {
  const client = useClient();
  const { busy, problem, run } = useTask();
  const { message, remind_at: at, due } = kept;
  const done = () => run(async () => {
    await client.scheduling.remind(message, null);
    await changed();
  });
  return html`<p class="reminder ${due ? "is-due" : ""}">
    ${at && html`<span><${Icon} name="clock" />${say(due ? "It is time:" : "Reminder:")} ${momentWords(at, Date.now())}</span>`}
    ${at && html`<button type="button" class="plain-button" disabled=${busy} onClick=${done}>${say(due ? "Done" : "No reminder")}</button>`}
    <button type="button" class="plain-button" onClick=${() => client.marking.openDialog("remind", message)}>${say(at ? "Another time…" : "Remind me…")}</button>
  </p><${Problem} error=${problem} />`;
}

/** On the page of what waits for one, before everything else. */
export function DueReminders() {
  const client = useClient();
  const [kept, setKept] = useState(/** @type {DueBookmark[]} */ ([]));
  const { problem, run } = useTask();
  const load = () => run(async () => setKept((await client.scheduling.bookmarks()).filter((each) => each.due)));
  useEffect(() => {
    load();
  }, [client.see.due.value.join(" "), client.see.dialog.value]);
  if (!kept.length && !problem) return null;
  return html`<section class="inbox-room" aria-label="Reminders">
    <header><${Icon} name="clock" /><h2>Reminders</h2></header>
    <${Problem} error=${problem} />
    <ul class="search-found">${kept.map((each) => html`<li key=${placeOf(each.message.room, each.message.seq)}><${FoundMessage} message=${each.message} wanted=${[]} /><${Reminder} kept=${each} changed=${load} /></li>`)}</ul>
  </section>`;
}
