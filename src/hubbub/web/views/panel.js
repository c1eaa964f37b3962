// What stands beside a conversation, by name, and the frame that all but the people's share.

/** @import { PanelName } from "../types.d.ts" */

import { say } from "../state/words.js";
import { html, useEffect, useRef } from "../view.js";
import { useClient } from "./context.js";
import { IconButton } from "./icons.js";
import { later } from "./later.js";

const PeoplePanel = later(() => import("./people-panel.js").then((module) => module.PeoplePanel));
const ThreadPanel = later(() => import("./thread-panel.js").then((module) => module.ThreadPanel));
const PinsPanel = later(() => import("./message-panels.js").then((module) => module.PinsPanel));
const ThreadsPanel = later(() => import("./message-panels.js").then((module) => module.ThreadsPanel));
const BookmarksPanel = later(() => import("./message-panels.js").then((module) => module.BookmarksPanel));

/** @param {{ name: PanelName, thread?: number }} properties */
export function Panel({ name, thread = 0 }) {
  if (name === "people") return html`<${PeoplePanel} />`;
  if (name === "thread") return html`<${Framed} key=${thread} title="Thread" name="thread"><${ThreadPanel} thread=${thread} /><//>`;
  if (name === "pins") return html`<${Framed} title="Pinned messages" name="pins"><${PinsPanel} /><//>`;
  if (name === "threads") return html`<${Framed} title="Threads" name="threads"><${ThreadsPanel} /><//>`;
  return html`<${Framed} title="Bookmarks" name="bookmarks"><${BookmarksPanel} /><//>`;
}

/** The heading has the focus when it opens; it goes back to the conversation when it closes. @param {{ title: string, name: PanelName, children?: any }} properties */
function Framed({ title, name, children }) {
  const client = useClient();
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    heading.current?.focus();
    return () => {
      setTimeout(() => document.activeElement === document.body && /** @type {HTMLElement | null} */ (document.querySelector(".message-list"))?.focus());
    };
  }, []);
  return html`<aside class="panel is-${name}" aria-label=${say(title)}>
    <header class="panel-head">
      <${IconButton} icon="close" name="Close" class="panel-close" onClick=${() => client.navigation.back()} />
      <h2 tabindex="-1" ref=${heading}>${say(title)}</h2>
    </header>
    ${children}
  </aside>`;
}
