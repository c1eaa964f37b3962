// What one is told of, and when not: for everything in the account's dialog, for one room beside its people.

/** @import { MyRoom, NotificationLevel } from "../types.d.ts" */

import { levelOf } from "../state/notifications.js";
import { clockTime } from "../state/times.js";
import { say } from "../state/words.js";
import { html, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { Letters } from "./letter-settings.js";
import { Keywords, Push } from "./reach-settings.js";
import { Problem } from "./small.js";

const FROM = "22:00";
const TO = "07:00";
/** @type {{ value: NotificationLevel, words: string }[]} */
const LEVELS = [{ value: "all", words: "Everything" }, { value: "mentions", words: "Mentions" }, { value: "nothing", words: "Nothing" }];

export function NotificationSettings() {
  const client = useClient();
  const { problem, run } = useTask();
  const [refused, setRefused] = useState(false);
  const { desktop, sound, quiet } = client.see.notifications.value;
  const change = (/** @type {object} */ changes) => run(() => client.notifications.change(changes));
  const allow = (/** @type {any} */ event) => {
    const { checked } = event.currentTarget;
    run(async () => setRefused(!(await client.notifications.allowDesktop(checked))));
  };
  const setQuiet = (/** @type {any} */ event) => change({ quiet: event.currentTarget.checked ? { from: FROM, to: TO } : null });
  const setTime = (/** @type {"from" | "to"} */ end) => (/** @type {any} */ event) =>
    event.currentTarget.value && change({ quiet: { ...quiet, [end]: event.currentTarget.value } });
  return html`<section class="notification-settings">
    <h3>Notifications</h3>
    <label class="check"><input type="checkbox" checked=${desktop} onChange=${allow} /><span>On this computer's screen</span></label>
    ${refused && html`<p class="problem" role="alert">The browser does not allow it. Allow notifications for this page in the browser's settings, then try again.</p>`}
    <${Push} />
    <label class="check"><input type="checkbox" checked=${sound} onChange=${(/** @type {any} */ event) => change({ sound: event.currentTarget.checked })} /><span>With a sound</span></label>
    <label class="check"><input type="checkbox" checked=${quiet !== null} onChange=${setQuiet} /><span>Quiet every day</span></label>
    ${quiet && html`<p class="quiet-times">
      <label>from <input type="time" value=${quiet.from} onChange=${setTime("from")} /></label>
      <label>to <input type="time" value=${quiet.to} onChange=${setTime("to")} /></label>
    </p>`}
    <${Pause} />
    <${Keywords} />
    <${Letters} />
    <${Problem} error=${problem} />
  </section>`;
}

function Pause() {
  const client = useClient();
  const { busy, problem, run } = useTask();
  const { paused } = client.see.notifications.value;
  const pause = (/** @type {"hour" | "morning" | "off"} */ until) => run(() => client.notifications.pause(until));
  const isPaused = paused > Date.now();
  return html`<div class="button-row">
    ${isPaused ? html`<span>Do not disturb until ${clockTime(paused)}</span><button type="button" class="button is-small" disabled=${busy} onClick=${() => pause("off")}>End it now</button>`
      : html`<span>Do not disturb</span><button type="button" class="button is-small" disabled=${busy} onClick=${() => pause("hour")}>For an hour</button>
        <button type="button" class="button is-small" disabled=${busy} onClick=${() => pause("morning")}>Until the morning</button>`}
    <${Problem} error=${problem} />
  </div>`;
}

/** @param {{ room: MyRoom }} properties */
export function RoomNotifications({ room }) {
  const client = useClient();
  const { problem, run } = useTask();
  const level = levelOf(client.see.notifications.value, room);
  const choose = (/** @type {any} */ event) => {
    const { value } = event.currentTarget;
    run(() => client.notifications.setLevel(room, value));
  };
  return html`<fieldset class="segments"><legend>Tell me of</legend>
    ${LEVELS.map(({ value, words }) => html`<label key=${value}><input type="radio" name="level" value=${value} checked=${level === value} onChange=${choose} /><span>${say(words)}</span></label>`)}
    <${Problem} error=${problem} />
  </fieldset>`;
}
