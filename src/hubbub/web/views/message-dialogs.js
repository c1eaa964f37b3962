// Dialogs about one message: passing it on, and what it said before.

/** @import { Version } from "../types.d.ts" */

import { wordsOrNames } from "../state/files.js";
import { mayPost } from "../state/rights.js";
import { html, useEffect, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { formValues, Problem, RoomSign, Time } from "./small.js";
import { fullTime } from "../state/times.js";

export function Forward() {
  const client = useClient();
  const message = client.see.subject.value;
  const me = client.see.me.value;
  const rooms = Object.values(client.see.rooms.value).filter((room) => room.id !== message?.room && mayPost(me, room));
  const [words, setWords] = useState("");
  const shown = rooms.filter((room) => room.name.toLocaleLowerCase().includes(words.trim().toLocaleLowerCase()));
  const { busy, problem, run } = useTask();
  const submit = (/** @type {Event} */ event) => {
    const { room, comment } = formValues(event);
    if (message && room) run(() => client.marking.forward(message, room, comment));
  };
  if (!message) return null;
  return html`<form class="forward" onSubmit=${submit}>
    <blockquote class="forward-words" dir="auto"><b>${message.by.name}</b> ${wordsOrNames(message)}</blockquote>
    <div class="field"><input type="search" autofocus aria-label="Find a room" placeholder="Find a room" value=${words} onInput=${(/** @type {any} */ event) => setWords(event.currentTarget.value)} /></div>
    <fieldset class="choices"><legend>Where to</legend>
      ${shown.map((room, index) => html`<label class="choice" key=${room.id}><input type="radio" name="room" value=${room.id} checked=${index === 0} required /><${RoomSign} room=${room} /><span><b>${room.name}</b></span></label>`)}
      ${!shown.length && html`<p class="quiet">No other room in which you may post has this name.</p>`}
    </fieldset>
    <div class="field"><textarea name="comment" rows="2" aria-label="Say something about it" placeholder="Say something about it"></textarea></div>
    <${Problem} error=${problem} />
    <button type="submit" class="button is-main" disabled=${busy || !shown.length}>Forward</button>
  </form>`;
}

export function Versions() {
  const client = useClient();
  const message = client.see.subject.value;
  const [versions, setVersions] = useState(/** @type {Version[]} */ ([]));
  const { problem, run } = useTask();
  useEffect(() => {
    if (message) run(async () => setVersions(await client.marking.versions(message)));
  }, []);
  return html`<${Problem} error=${problem} />
    <ol class="versions">${versions.toReversed().map((version, index) => html`<li key=${version.seq}>
      <p class="quiet">${index === 0 ? html`Now, since ` : index === versions.length - 1 && html`At first, `}<${Time} at=${version.at} words=${fullTime} /></p>
      <p class="version-words" dir="auto">${version.text}</p>
    </li>`)}</ol>`;
}
