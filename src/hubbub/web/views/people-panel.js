// Who is in the open room and in which role, adding and removing people, and what the room is about.

/** @import { Member, MyRoom, Person } from "../types.d.ts" */

import { openRoom } from "../state/routes.js";
import { presenceIn, whoIsThereFirst } from "../state/presence.js";
import { mayModerate } from "../state/rights.js";
import { say } from "../state/words.js";
import { html, useEffect, useMemo, useRef } from "../view.js";
import { useClient, useTask } from "./context.js";
import { Icon, IconButton } from "./icons.js";
import { RoomNotifications } from "./notification-settings.js";
import { PersonButton } from "./person-card.js";
import { PeoplePicker } from "./people-picker.js";
import { Folder, RoomAbout } from "./room-about.js";
import { Face, SpokenPresence } from "./presence.js";
import { Avatar, Problem } from "./small.js";

const ROLES = ["owner", "admin", "member"];

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
  const sorted = useOrder(room?.id ?? "", members ?? []);
  if (!room) return null;
  const admin = mayModerate(client.see.me.value, room);
  return html`<aside class="panel" aria-label="People in ${room.name}">
    <header class="panel-head">
      <${IconButton} icon="close" name="Close" class="panel-close" onClick=${() => client.navigation.back()} />
      <h2 tabindex="-1" ref=${heading}>People${members ? html` <span class="quiet">${members.length}</span>` : ""}</h2>
    </header>
    <div class="panel-body">
      <${Problem} error=${problem} />
      ${room.kind !== "direct" && html`<${AddPeople} room=${room} members=${members ?? []} />`}
      <ul class="people">${sorted.map((member) => html`<${Somebody} key=${member.user.id} member=${member} room=${room} admin=${admin} />`)}</ul>
      <${RoomNotifications} key=${`level ${room.id}`} room=${room} />
      ${room.kind !== "direct" && html`<${RoomAbout} key=${room.id} room=${room} />`}
      ${room.kind === "direct" && html`<section class="about"><${Folder} key=${room.id} room=${room} /></section>`}
    </div>
  </aside>`;
}

/** @param {{ member: Member, room: MyRoom, admin: boolean }} properties */
function Somebody({ member, room, admin }) {
  const client = useClient();
  const { busy, problem, run } = useTask();
  const { user, role } = member;
  const state = presenceIn(client.see.presence.value, room.id, user.id);
  const me = user.id === client.see.me.value?.id;
  const removable = admin && !me && role !== "owner" && room.kind !== "direct";
  return html`<li class="person">
    <${Face} state=${state}><${Avatar} person=${user} small /><//>
    <${PersonButton} class="person-name" person=${user} room=${room.id}>${user.name}${me && html` <span class="quiet">you</span>`}<${SpokenPresence} state=${state} /><//>
    ${user.kind !== "human" && html`<span class="tag">${say(user.kind)}</span>`}
    ${admin ? html`<${Role} member=${member} room=${room} />` : role !== "member" && html`<span class="tag">${say(role)}</span>`}
    ${removable && html`<${IconButton} icon="close" name="Remove ${user.name}" class="person-remove" disabled=${busy}
      onClick=${() => run(() => client.rooms.remove(room.id, user))} />`}
    <${Problem} error=${problem} />
  </li>`;
}

/** @param {{ member: Member, room: MyRoom }} properties */
function Role({ member, room }) {
  const client = useClient();
  const { busy, problem, run } = useTask();
  const { user, role } = member;
  const change = (/** @type {any} */ event) => run(() => client.rooms.changeRole(room.id, user, event.currentTarget.value));
  return html`<select class="person-role" aria-label="Role of ${user.name}" disabled=${busy} onChange=${change}>
    ${ROLES.map((each) => html`<option key=${each} value=${each} selected=${each === role}>${say(each)}</option>`)}
  </select><${Problem} error=${problem} />`;
}

/** @param {{ room: MyRoom, members: Member[] }} properties */
function AddPeople({ room, members }) {
  const client = useClient();
  const { busy, problem, run } = useTask();
  if (client.see.me.value?.role === "guest" || room.archived) return null;
  return html`<div class="add-people">
    <${PeoplePicker} label="Add somebody" act="Add" busy=${busy} without=${members.map((member) => member.user.id)}
      onPick=${(/** @type {Person} */ person) => run(() => client.rooms.add(room.id, person))} />
    <${Problem} error=${problem} />
    ${client.see.site.value?.sign_in !== false && html`<button type="button" class="plain-button" onClick=${() => client.navigation.openDialog("invite")}>
      <${Icon} name="link" />Invite by a link</button>`}
  </div>`;
}

/** Who is there comes first. The order stays while one looks: nobody moves away from under the pointer by coming or going. @param {string} room @param {Member[]} members */
function useOrder(room, members) {
  const presence = useClient().see.presence.value;
  return useMemo(() => whoIsThereFirst(members, presence, room), [room, members, room in presence]);
}
