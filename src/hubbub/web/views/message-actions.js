// What one can do with a message: the few that are wanted most on the toolbar, the others in a menu behind it.

/** @import { Message } from "../types.d.ts" */
/** @import { Client } from "../client.js" */

import { standsInRoom } from "../state/message-changes.js";
import { placeOf } from "../state/threads.js";
import { say } from "../state/words.js";
import { html, useLayoutEffect, useRef, useState } from "../view.js";
import { copyText } from "./clipboard.js";
import { useClient } from "./context.js";
import { Icon, IconButton } from "./icons.js";
import { focusComposer } from "./keyboard.js";
import { showPerson } from "./person-card.js";

const MARGIN_PX = 8;

/**
 * @param {{ message: Message, me: { id: string }, mayModerate: boolean, mayPost: boolean, thread?: number }} properties
 * `thread`: where the message is shown in a thread, its first message
 */
export function MessageActions({ message, me, mayModerate, mayPost, thread }) {
  const client = useClient();
  const [open, setOpen] = useState(false);
  const mine = message.by.id === me.id;
  const reply = () => replyTo(client, message, thread);
  return html`<div class="message-actions" role="toolbar" aria-label="What to do with this message">
    <${IconButton} icon="react" name="React" onClick=${fromRow(() => client.marking.openDialog("react", message))} />
    ${mayPost && html`<${IconButton} icon="reply" name="Reply" onClick=${reply} />`}
    ${thread === undefined && html`<${IconButton} icon="thread" name="Reply in a thread" onClick=${() => client.threads.open(message)} />`}
    ${mine && html`<${IconButton} icon="edit" name="Edit" onClick=${() => client.messages.edit(message.seq)} />`}
    <${IconButton} icon="more" name="More" aria-expanded=${open} aria-haspopup="menu" onClick=${() => setOpen(!open)} />
    ${open && html`<${Menu} message=${message} mine=${mine} mayDelete=${mine || mayModerate} mayPost=${mayPost} close=${() => setOpen(false)} />`}
  </div>`;
}

/** The next message in the composer of this place quotes it. @param {Client} client @param {Message} message @param {number} [thread] */
export function replyTo(client, message, thread) {
  client.messages.replyTo(thread === undefined ? message.room : placeOf(message.room, thread), message.seq);
  focusComposer(thread);
}

/** @param {{ message: Message, mine: boolean, mayDelete: boolean, mayPost: boolean, close: () => void }} properties */
function Menu({ message, mayDelete, mayPost, close }) {
  const client = useClient();
  const copy = async (/** @type {string} */ text, /** @type {string} */ done) =>
    client.navigation.notify((await copyText(text)) ? done : "The browser did not let this page copy.");
  /** @type {[string, string, () => unknown, boolean][]} */
  const choices = [
    ["pin", message.pinned ? "Unpin" : "Pin to this room", () => client.marking.pin(message), mayPost],
    ["bookmark", "Bookmark", () => client.marking.keep(message), true],
    ["clock", "Remind me…", () => client.marking.openDialog("remind", message), true],
    ["unread", "Mark unread from here", () => client.inbox.markUnread(message.room, message.seq), standsInRoom(message)],
    ["react", "Who reacted", () => client.marking.openDialog("reacted", message), Boolean(message.reactions?.length)],
    ["seen", "Who has seen it", () => client.marking.openDialog("seen", message), standsInRoom(message) && client.seen.isTold(message.room)],
    ["forward", "Forward", () => client.marking.openDialog("forward", message), true],
    ["history", "What it said before", () => client.marking.openDialog("versions", message), Boolean(message.edited_at)],
    ["copy", "Copy text", () => copy(message.text ?? "", "Copied."), Boolean(message.text)],
    ["link", "Copy link", () => copy(client.navigation.linkTo(message.room, message.seq, message.thread), "Link copied."), true],
    ["people", `${say("About")} ${message.by.name}`, () => aboutAuthor(message), true],
    ["delete", "Delete", () => client.deletions.delete(message.room, message.seq), mayDelete],
  ];
  const keys = (/** @type {KeyboardEvent} */ event) => menuKey(event, close);
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => placed(list.current), []);
  return html`<ul class="message-menu" role="menu" aria-label="More" ref=${list} onKeyDown=${keys}>
    ${choices.filter(([, , , offered]) => offered).map(([icon, name, act]) => html`<li role="none" key=${icon}>
      <button type="button" role="menuitem" class=${icon === "delete" ? "is-danger" : ""} onClick=${fromRow(() => {
        close();
        act();
      })}><${Icon} name=${icon} />${say(name)}</button></li>`)}
  </ul>`;
}

/** @param {Message} message */
function aboutAuthor(message) {
  const row = document.activeElement?.closest("article");
  showPerson(message.by, message.room, row?.querySelector(".message-author") ?? row ?? document.body);
}

/** Over its button where there is more space than under it, no higher than that, and with the focus. @param {HTMLElement | null} menu */
function placed(menu) {
  const list = menu?.closest(".message-list")?.getBoundingClientRect();
  const bar = menu?.parentElement?.getBoundingClientRect();
  if (!menu || !list || !bar) return;
  const [above, below] = [bar.top - list.top, list.bottom - bar.bottom];
  const isAbove = menu.offsetHeight + MARGIN_PX > below && above > below;
  menu.classList.toggle("is-above", isAbove);
  menu.style.maxHeight = `${(isAbove ? above : below) - MARGIN_PX}px`;
  menu.querySelector("button")?.focus({ preventScroll: true });
}

/** The focus goes back to the message before something else opens or the button goes. @param {() => void} act */
function fromRow(act) {
  return (/** @type {Event} */ event) => {
    /** @type {HTMLElement} */ (event.currentTarget).closest("article")?.focus();
    act();
  };
}

/** @param {KeyboardEvent} event @param {() => void} close */
function menuKey(event, close) {
  const items = /** @type {HTMLElement[]} */ ([.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll("button")]);
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  if (event.key === "ArrowDown") items[(at + 1) % items.length].focus();
  else if (event.key === "ArrowUp") items[(at + items.length - 1) % items.length].focus();
  else if (event.key === "Escape") {
    /** @type {HTMLElement} */ (event.currentTarget).closest("article")?.focus();
    close();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
