// Where a list of messages ends: how its room begins, what is still to be loaded, and the way to the newest.

/** @import { MyRoom, Timeline } from "../types.d.ts" */

import { say } from "../state/words.js";
import { html, useEffect, useState } from "../view.js";
import { useClient } from "./context.js";
import { Icon } from "./icons.js";
import { SkeletonRows } from "./small.js";

const SKELETON_AFTER_MS = 300;

/** @param {{ room: MyRoom }} properties */
export function Beginning({ room }) {
  const client = useClient();
  const words = { public: "Everybody here can find and join this room.", private: "Only its members know of this room.", direct: "This is between you." };
  return html`<div class="beginning" data-key="beginning">
    <span class="beginning-sign"><${Icon} name=${room.kind === "direct" ? "people" : room.kind} /></span>
    <h2>${room.name}</h2>
    ${room.topic && html`<p class="beginning-topic">${room.topic}</p>`}
    <p>${say(words[room.kind])} This is where it begins.</p>
    ${room.kind !== "direct" && html`<button type="button" class="button is-small" onClick=${() => client.navigation.togglePeople()}>
      <${Icon} name="invite" />Add people</button>`}
  </div>`;
}

/** The end of what is loaded, of a height that does not change. @param {{ place: string, timeline: Timeline, side: "before" | "after" }} properties */
export function Edge({ place, timeline, side }) {
  const client = useClient();
  if (!timeline.loaded || timeline[side] === null) return null;
  if (timeline.failed !== side) return html`<p class="list-edge" aria-hidden="true">${timeline.loading === side ? say("Loading…") : ""}</p>`;
  return html`<p class="list-edge" role="alert">These messages did not load.
    <button type="button" class="plain-button" onClick=${() => client.messages.tryLoadingAgain(place)}>Try again</button></p>`;
}

/** @param {{ place: string, timeline: Timeline }} properties */
export function Skeleton({ place, timeline }) {
  const client = useClient();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SKELETON_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  if (timeline.failed) {
    return html`<p class="list-edge" role="alert">The messages did not load.
      <button type="button" class="plain-button" onClick=${() => client.messages.tryLoadingAgain(place)}>Try again</button></p>`;
  }
  return shown && html`<${SkeletonRows} />`;
}

/** @param {{ unread: number, far: boolean, jump: () => void }} properties */
export function ToNewest({ unread, far, jump }) {
  if (!unread && !far) return null;
  return html`<button type="button" class="to-newest" onClick=${jump}>
    ${unread > 0 ? say("# new").replace("#", unread > 99 ? "99+" : String(unread)) : say("Jump to newest")}<${Icon} name="down" />
  </button>`;
}
