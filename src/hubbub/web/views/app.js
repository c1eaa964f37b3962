// The whole page: the gate for who is not signed in, rooms and conversation for who is.

/** @import { Client } from "../client.js" */

import { say } from "../state/words.js";
import { html, useEffect, useLayoutEffect, useState } from "../view.js";
import { ClientContext, useClient } from "./context.js";
import { Conversation } from "./conversation.js";
import { Dialogs } from "./dialogs.js";
import { Icon } from "./icons.js";
import { listenToKeys } from "./keyboard.js";
import { later } from "./later.js";
import { Panel } from "./panel.js";
import { PersonCard } from "./person-card.js";
import { SkeletonRows } from "./small.js";
import { Sidebar } from "./sidebar.js";
import { useSwipeFromEdge } from "./swiping.js";

const Gate = later(() => import("./gate.js").then((module) => module.Gate));
const SKELETON_AFTER_MS = 300;
const TROUBLE_AFTER_MS = 2_000;
/** As in `shell.css`: from here on rooms and conversation stand side by side. */
const BESIDE = "(min-width: 60rem)";

/** @param {{ client: Client }} properties */
export function App({ client }) {
  const phase = client.see.phase.value;
  const { page } = client.see.route.value;
  const atGate = phase === "signed-out" || page === "setup" || page === "reset" || page === "invite" || page === "email";
  return html`<${ClientContext.Provider} value=${client}>
    ${atGate ? html`<${Gate} />` : phase === "starting" ? html`<${Starting} />` : html`<${Shell} />`}
    <${ConnectionLine} />
    <${NoticeBar} />
  <//>`;
}

function Shell() {
  const client = useClient();
  const route = client.see.route.value;
  const over = client.see.roomsOver.value;
  // Not after the first picture of it, as an effect is: whoever sees the page may press a key.
  useLayoutEffect(() => listenToKeys(client), [client]);
  useRoomsOver(client, over);
  const swipes = useSwipeFromEdge(client);
  const panel = route.page === "room" ? route.panel : null;
  const beside = (/** @type {Event} */ event) => over && event.target === event.currentTarget && client.navigation.showRooms(false);
  return html`<div class="shell ${over ? "has-rooms-over" : ""}" data-pane=${panel ?? (route.page === "rooms" ? "rooms" : "conversation")} onClick=${beside} ...${swipes}>
    <${Sidebar} />
    <${Conversation} />
    ${panel && html`<${Panel} name=${panel} thread=${route.page === "room" ? route.thread : undefined} />`}
    <${Dialogs} />
    <${PersonCard} />
    <${Announcer} />
  </div>`;
}

/** The focus goes to the rooms with them, and back with them. Where there is space for both, they lie over nothing. @param {Client} client @param {boolean} over */
function useRoomsOver(client, over) {
  useLayoutEffect(() => {
    if (!over) return undefined;
    focusOn(".room-link[aria-current]") || focusOn(".room-link");
    const wide = matchMedia(BESIDE);
    const widened = () => client.navigation.showRooms(false);
    wide.addEventListener("change", widened);
    return () => {
      wide.removeEventListener("change", widened);
      setTimeout(giveBackFocus);
    };
  }, [over]);
}

/** From rooms that have gone: to the button that they came from, unless something has it already. */
function giveBackFocus() {
  const focused = document.activeElement;
  if (!focused || focused === document.body || focused.closest(".sidebar")) focusOn(".rooms-button");
}

/** @param {string} selector */
function focusOn(selector) {
  const element = /** @type {HTMLElement | null} */ (document.querySelector(selector));
  element?.focus();
  return element !== null;
}

function Starting() {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SKELETON_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return html`<main class="starting" aria-busy="true" aria-label="Loading">${shown && html`<${SkeletonRows} />`}</main>`;
}

/** Nothing while all is well; after two seconds of trouble one line that moves nothing. */
function ConnectionLine() {
  const client = useClient();
  const { status, since, sentence } = client.see.connection.value;
  const troubled = status === "connecting" || status === "waiting";
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!troubled) return undefined;
    const timer = setTimeout(() => setLate(true), Math.max(0, since + TROUBLE_AFTER_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [troubled, since]);
  const words = sentence || (troubled && late && client.see.phase.value !== "signed-out" ? say("Connecting again… what you write is kept") : "");
  return html`<div class="connection-line" role="status" hidden=${!words}>
    <span>${words}</span>
    ${status === "refused" && html`<button type="button" class="plain-button" onClick=${() => location.reload()}>Load again</button>`}
  </div>`;
}

function NoticeBar() {
  const client = useClient();
  const notice = client.see.notice.value;
  const act = () => {
    client.navigation.dismiss(notice?.id ?? 0);
    notice?.act?.();
  };
  return html`<div class="notice-place" role="status">
    ${notice && html`<div class="notice" key=${notice.id}>
      <span>${say(notice.text)}</span>
      ${notice.label && html`<button type="button" class="plain-button" onClick=${act}>${say(notice.label)}</button>`}
      <button type="button" class="icon-button" aria-label="Dismiss" onClick=${() => client.navigation.dismiss(notice.id)}><${Icon} name="close" /></button>
    </div>`}
  </div>`;
}

/** For screen readers: every message once, when it is finished. */
function Announcer() {
  return html`<div class="visually-hidden" aria-live="polite">${useClient().see.announcement.value}</div>`;
}
