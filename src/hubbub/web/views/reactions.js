// The reactions under a message: each a button that joins in or takes one's own back, and says who chose it; a finger that
// stays on one is shown all of them.

/** @import { Message, Reaction } from "../types.d.ts" */

import { enumerated } from "../state/people.js";
import { say } from "../state/words.js";
import { html, useState } from "../view.js";
import { useClient } from "./context.js";
import { Icon } from "./icons.js";
import { LongPress } from "./long-press.js";
import { useMembers } from "./room-members.js";

const MOST_NAMED = 12;

/** @param {{ message: Message, me: string }} properties */
export function Reactions({ message, me }) {
  const client = useClient();
  if (!message.reactions?.length) return null;
  const add = (/** @type {Event} */ event) => {
    /** @type {HTMLElement} */ (event.currentTarget).closest("article")?.focus();
    client.marking.openDialog("react", message);
  };
  return html`<div class="reactions" role="group" aria-label="Reactions">
    ${message.reactions.map((reaction) => html`<${Chip} key=${reaction.emoji} message=${message} reaction=${reaction} me=${me} />`)}
    <button type="button" class="reaction is-adding" aria-label="Add a reaction" title="Add a reaction" onClick=${add}><${Icon} name="react" /></button>
  </div>`;
}

/** @param {{ message: Message, reaction: Reaction, me: string }} properties */
function Chip({ message, reaction, me }) {
  const client = useClient();
  const [looking, setLooking] = useState(false);
  const [press] = useState(() => new LongPress());
  const mine = reaction.users.includes(me);
  const words = useNames(message.room, reaction, me, looking);
  const touch = (/** @type {PointerEvent} */ event) => {
    press.held = false;
    if (event.pointerType === "mouse") return;
    // Else the message under it would think that it is meant.
    event.stopPropagation();
    press.begin(event, () => client.marking.openDialog("reacted", message));
  };
  // A key clicks too, and is never held.
  const click = (/** @type {MouseEvent} */ event) => (event.detail > 0 && press.held) || client.marking.react(message, reaction.emoji);
  return html`<button type="button" class="reaction ${mine ? "is-mine" : ""}" aria-pressed=${mine} title=${words} aria-label="${reaction.emoji} ${reaction.count}: ${words}"
    onPointerEnter=${() => setLooking(true)} onFocus=${() => setLooking(true)} onClick=${click}
    onPointerDown=${touch} ...${press.listeners}>
    <span aria-hidden="true">${reaction.emoji}</span><b aria-hidden="true">${reaction.count}</b>
  </button>`;
}

/** Who chose it, in words. The members are asked for when somebody looks. @param {string} room @param {Reaction} reaction @param {string} me @param {boolean} looking */
function useNames(room, reaction, me, looking) {
  const members = useMembers(room, looking);
  const others = reaction.users.filter((user) => user !== me);
  const names = others.map((user) => members?.find((member) => member.user.id === user)?.user.name).filter(Boolean);
  const shown = [...(others.length < reaction.users.length ? [say("You")] : []), ...names].slice(0, MOST_NAMED);
  return shown.length ? enumerated(/** @type {string[]} */ (shown), reaction.count - shown.length) : say("# reacted", reaction.count);
}
