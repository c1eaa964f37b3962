// Who is in the open room, adding and removing people, and what the room is about.

/** @import { Member, MyRoom, Person } from "../types.d.ts" */

import { openRoom } from "../state/routes.js";
import { html, useEffect, useRef, useState } from "../view.js";
import { useClient, useTask } from "./context.js";
import { Icon, IconButton } from "./icons.js";
import { Avatar, Field, formValues, Problem } from "./small.js";

const FIND_AFTER_MS = 200;

export function PeoplePanel() {
  const client = useClient();
  const room = client.see.rooms.value[openRoom(client.see.route.value) ?? ""];
  const members = client.see.members.value[room?.id ?? ""];
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const { problem, run } = useTask();
  useEffect(() => {
    heading.current?.focus();
    if (room) run(() => client.rooms.loadMembers(room.id));
  }, [room?.id]);
  useEffect(() => () => {
    setTimeout(() => document.activeElement === document.body && /** @type {HTMLElement | null} */ (document.querySelector(".people-button"))?.focus());
  }, []);
  if (!room) return null;
  const admin = room.role === "owner" || room.role === "admin";
  return html`<aside class="panel" aria-label="People in ${room.name}">
    <header class="panel-head">
      <${IconButton} icon="close" name="Close" class="panel-close" onClick=${() => client.navigation.back()} />
      <h2 tabindex="-1" ref=${heading}>People${members ? html` <span class="quiet">${members.length}</span>` : ""}</h2>
    </header>
    <div class="panel-body">
      <${Problem} error=${problem} />
      ${room.kind !== "direct" && html`<${AddPeople} room=${room} members=${members ?? []} />`}
      <ul class="people">${sorted(members ?? []).map((member) => html`<${Somebody} key=${member.user.id} member=${member} room=${room} admin=${admin} />`)}</ul>
      ${room.kind !== "direct" && html`<${About} key=${room.id} room=${room} admin=${admin} />`}
    </div>
  </aside>`;
}

/** @param {{ member: Member, room: MyRoom, admin: boolean }} properties */
function Somebody({ member, room, admin }) {
  const client = useClient();
  const { busy, problem, run } = useTask();
  const { user, role } = member;
  const me = user.id === client.see.me.value?.id;
  const removable = admin && !me && role !== "owner" && room.kind !== "direct";
  return html`<li class="person">
    <${Avatar} person=${user} small />
    <span class="person-name">${user.name}${me && html` <span class="quiet">you</span>`}</span>
    ${user.kind !== "human" && html`<span class="tag">${user.kind}</span>`}
    ${role !== "member" && html`<span class="tag">${role}</span>`}
    ${removable && html`<${IconButton} icon="close" name="Remove ${user.name}" class="person-remove" disabled=${busy}
      onClick=${() => run(() => client.rooms.remove(room.id, user))} />`}
    <${Problem} error=${problem} />
  </li>`;
}

/** @param {{ room: MyRoom, members: Member[] }} properties */
function AddPeople({ room, members }) {
  const client = useClient();
  const [words, setWords] = useState("");
  const found = usePeopleFound(words, members);
  const { busy, problem, run } = useTask();
  if (client.see.me.value?.role === "guest") return null;
  const add = async (/** @type {Person} */ person) => {
    if (await run(() => client.rooms.add(room.id, person))) setWords("");
  };
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (found?.[0]) add(found[0]);
  };
  return html`<div class="add-people">
    <${Field} label="Add somebody" placeholder="Their name" autocomplete="off" value=${words} onKeyDown=${keys}
      onInput=${(/** @type {any} */ event) => setWords(event.currentTarget.value)} />
    ${found && html`<ul class="people" aria-label="Found">
      ${found.map((person) => html`<li key=${person.id}><button type="button" class="person is-button" disabled=${busy} onClick=${() => add(person)}>
        <${Avatar} person=${person} small /><span class="person-name">${person.name}</span><span class="person-act">Add</span>
      </button></li>`)}
      ${found.length === 0 && html`<li class="quiet">Nobody else here has this name.</li>`}
    </ul>`}
    <${Problem} error=${problem} />
    ${client.see.site.value?.sign_in !== false && html`<button type="button" class="plain-button" onClick=${() => client.navigation.openDialog("invite")}>
      <${Icon} name="link" />Invite by a link</button>`}
  </div>`;
}

/** Those of this name who are not in the room; null while nothing is asked. @param {string} words @param {Member[]} members @returns {Person[] | null} */
function usePeopleFound(words, members) {
  const client = useClient();
  const [found, setFound] = useState(/** @type {Person[] | null} */ (null));
  useEffect(() => {
    let current = true;
    if (!words.trim()) setFound(null);
    const timer = words.trim() && setTimeout(async () => {
      const people = await client.rooms.findPeople(words.trim()).catch(() => []);
      if (current) setFound(people);
    }, FIND_AFTER_MS);
    return () => {
      current = false;
      if (timer) clearTimeout(timer);
    };
  }, [words]);
  const inside = new Set(members.map((member) => member.user.id));
  return found?.filter((person) => !inside.has(person.id)).slice(0, 6) ?? null;
}

/** @param {{ room: MyRoom, admin: boolean }} properties */
function About({ room, admin }) {
  const client = useClient();
  const { busy, problem, run } = useTask();
  const [saved, setSaved] = useState(false);
  const save = async (/** @type {Event} */ event) => {
    const { name, topic } = formValues(event);
    setSaved(await run(() => client.rooms.change(room.id, { name: name.trim(), topic: topic.trim() })));
  };
  return html`<section class="about">
    <h3>This room</h3>
    ${admin ? html`<form onSubmit=${save} onInput=${() => setSaved(false)}>
      <${Field} label="Room name" name="name" value=${room.name} required problem=${problem?.fields.name} />
      <${Field} label="What it is about" name="topic" value=${room.topic} problem=${problem?.fields.topic} />
      <button type="submit" class="button is-small" disabled=${busy}>Save</button>${saved && html`<span class="quiet" role="status"> Saved.</span>`}
    </form>` : html`<p>${room.topic || "Nobody has said yet what it is about."}</p>`}
    <${Problem} error=${problem} beside=${["name", "topic"]} />
    <${Leave} room=${room} />
  </section>`;
}

/** A public room one can join again; a private one asks first. @param {{ room: MyRoom }} properties */
function Leave({ room }) {
  const client = useClient();
  const [asked, setAsked] = useState(false);
  const { busy, problem, run } = useTask();
  const leave = () => run(() => client.rooms.leave(room.id));
  return html`<div class="leave">
    ${asked ? html`<p>Only somebody inside can let you in again.</p>
      <button type="button" class="button is-danger is-small" disabled=${busy} onClick=${leave}>Leave all the same</button>
      <button type="button" class="button is-small" onClick=${() => setAsked(false)}>Stay</button>`
    : html`<button type="button" class="plain-button is-danger" disabled=${busy} onClick=${() => (room.kind === "private" ? setAsked(true) : leave())}>
        <${Icon} name="leave" />Leave this room</button>`}
    <${Problem} error=${problem} />
  </div>`;
}

/** @param {Member[]} members */
const sorted = (members) => [...members].sort((one, other) => one.user.name.localeCompare(other.user.name));
