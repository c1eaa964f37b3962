// A link by which others come in, to one room or to all public ones.

import { openRoom } from "../state/routes.js";
import { html, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { Icon } from "./icons.js";
import { Shown } from "./shown.js";
import { formValues, Problem } from "./small.js";

export function Invite() {
  const client = useClient();
  const [link, setLink] = useState("");
  const { busy, problem, run } = useTask();
  const room = client.see.rooms.value[openRoom(client.see.route.value) ?? ""];
  const into = room && room.kind !== "direct" ? room : null;
  const make = (/** @type {Event} */ event) => {
    const { where } = formValues(event);
    run(async () => setLink(await client.rooms.invite(where === "room" && into ? into.id : null)));
  };
  if (link) return html`<${Shown} label="Invite link" value=${link} hint="Whoever has it can make an account here, for seven days. Pass it on with care." />`;
  return html`<form onSubmit=${make}>
    <p>Make a link and send it to those who should come. It works for seven days.</p>
    ${into && html`<fieldset class="choices"><legend>They arrive in</legend>
      <label class="choice"><input type="radio" name="where" value="room" checked /><${Icon} name=${into.kind} /><span><b>${into.name}</b></span></label>
      <label class="choice"><input type="radio" name="where" value="site" /><${Icon} name="browse" /><span><b>The public rooms only</b></span></label>
    </fieldset>`}
    <${Problem} error=${problem} />
    <button type="submit" class="button is-main" disabled=${busy}>Make a link</button>
  </form>`;
}
