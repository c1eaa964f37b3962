// A new room: its name, what it is about, and who may come in.

import { html } from "../view.js";
import { useClient, useTask } from "./context.js";
import { Icon } from "./icons.js";
import { Field, formValues, Problem } from "./small.js";

export function NewRoom() {
  const client = useClient();
  const { busy, problem, run } = useTask();
  const submit = (/** @type {Event} */ event) => {
    const { kind, name, topic } = formValues(event);
    run(() => client.rooms.create({ kind: kind === "private" ? "private" : "public", name: name.trim(), topic: topic.trim() }));
  };
  return html`<form onSubmit=${submit}>
    <${Field} label="Room name" name="name" required autofocus autocomplete="off" problem=${problem?.fields.name} />
    <${Field} label="What it is about" name="topic" autocomplete="off" hint="One line, for those who think of joining. You can leave it out." />
    <fieldset class="choices">
      <legend>Who may come in</legend>
      <label class="choice"><input type="radio" name="kind" value="public" checked /><${Icon} name="public" /><span><b>Everybody here</b><small>Public: all can find and join it.</small></span></label>
      <label class="choice"><input type="radio" name="kind" value="private" /><${Icon} name="private" /><span><b>Only whom you add</b><small>Private: others do not see that it exists.</small></span></label>
    </fieldset>
    <${Problem} error=${problem} beside=${["name"]} />
    <button type="submit" class="button is-main" disabled=${busy}>Make the room</button>
  </form>`;
}
