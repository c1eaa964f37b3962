// The people of a room, who are asked for when somebody looks.

/** @import { Id, Member } from "../types.d.ts" */

import { html, useEffect } from "../view.js";
import { useClient } from "./context.js";
import { Avatar } from "./small.js";

/** Undefined until they are here. @param {Id} room @param {boolean} looking @returns {Member[] | undefined} */
export function useMembers(room, looking) {
  const client = useClient();
  const members = client.see.members.value[room];
  useEffect(() => {
    if (looking && !members) client.rooms.loadMembers(room).catch(() => null);
  }, [room, looking, members === undefined]);
  return members;
}

/** Faces and names, one below the other. @param {{ people: { id: Id, name: string }[] }} properties */
export function PeopleList({ people }) {
  return html`<ul class="people">${people.map((person) => html`<li class="person" key=${person.id}><${Avatar} person=${person} small /><span class="person-name" dir="auto">${person.name}</span></li>`)}</ul>`;
}
