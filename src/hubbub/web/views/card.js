// Who somebody is: a card beside their name, with how they are just now and the way to a word with them.

/** @import { Id, Person } from "../types.d.ts" */
/** @import { Client } from "../client.js" */

import { ownPresence, presenceIn } from "../state/presence.js";
import { say } from "../state/words.js";
import { html, useLayoutEffect, useRef } from "../view.js";
import { useClient, useTask } from "./context.js";
import { Icon } from "./icons.js";
import { focusComposer } from "./keyboard.js";
import { Face, presenceWord } from "./presence.js";
import { Avatar, Problem } from "./small.js";

const MARGIN_PX = 8;

/** @param {{ person: Person, room: Id, beside: Element, closed: () => void }} properties */
export function Card({ person, room, beside, closed }) {
  const client = useClient();
  const card = useRef(/** @type {HTMLElement | null} */ (null));
  const { busy, problem, run } = useTask();
  useLayoutEffect(() => {
    card.current?.showPopover();
    if (card.current) place(card.current, beside.getBoundingClientRect());
  }, [beside]);
  const me = person.id === client.see.me.value?.id;
  const write = () => run(async () => {
    await client.rooms.openDirect([person]);
    card.current?.hidePopover();
  });
  return html`<div ref=${card} class="person-card" popover="auto" role="dialog" aria-label=${person.name} onToggle=${(/** @type {any} */ event) => event.newState === "closed" && closed()}>
    <${About} person=${person} room=${room} me=${me} />
    <${Problem} error=${problem} />
    <p class="button-row">
      ${!me && html`<button type="button" class="button is-main" autofocus disabled=${busy} onClick=${write}><${Icon} name="message" />Send a message</button>`}
      ${!me && html`<button type="button" class="button" onClick=${() => mention(client, room, person, card.current)}><${Icon} name="mention" />Mention</button>`}
      ${me && html`<button type="button" class="button" autofocus onClick=${() => client.navigation.openDialog("account")}>Your account</button>`}
    </p>
  </div>`;
}

/** @param {{ person: Person, room: Id, me: boolean }} properties */
function About({ person, room, me }) {
  const { see } = useClient();
  const state = me ? ownPresence({ connection: see.connection.value, away: see.away.value }) : presenceIn(see.presence.value, room, person.id);
  const member = see.members.value[room]?.find(({ user }) => user.id === person.id);
  const name = member?.user.name ?? person.name;
  const facts = [state && presenceWord(state), person.kind !== "human" && say(person.kind), member && member.role !== "member" && say(member.role)];
  return html`<div class="person-card-head">
    <${Face} state=${state}><${Avatar} person=${{ ...person, name }} /><//>
    <p><b dir="auto">${name}</b><span class="quiet">${facts.filter(Boolean).join(" · ")}</span></p>
  </div>`;
}

/** @param {Client} client @param {Id} room @param {Person} person @param {HTMLElement | null} card */
function mention(client, room, person, card) {
  const draft = client.store.now.drafts[room] ?? "";
  card?.hidePopover();
  client.messages.keepDraft(room, `${draft}${!draft || /\s$/.test(draft) ? "" : " "}@${person.name} `);
  focusComposer();
}

/** Under what it belongs to, or over it where there is no space. On phones it stands at the foot of the screen. @param {HTMLElement} card @param {DOMRect} beside */
function place(card, beside) {
  const { width, height } = card.getBoundingClientRect();
  const start = document.documentElement.dir === "rtl" ? beside.right - width : beside.left;
  const below = beside.bottom + MARGIN_PX / 2;
  const top = below + height + MARGIN_PX > innerHeight ? beside.top - height - MARGIN_PX / 2 : below;
  card.style.setProperty("--card-left", `${Math.max(MARGIN_PX, Math.min(start, innerWidth - width - MARGIN_PX))}px`);
  card.style.setProperty("--card-top", `${Math.max(MARGIN_PX, top)}px`);
}
