// A thread beside its room: the message that began it, the replies, and where one writes another.

import { openRoom } from "../state/routes.js";
import { mayPost } from "../state/rights.js";
import { placeOf } from "../state/threads.js";
import { say } from "../state/words.js";
import { html, useEffect } from "../view.js";
import { Composer } from "./composer.js";
import { useClient } from "./context.js";
import { DropZone } from "./drop-zone.js";
import { MessageList } from "./message-list.js";
import { useMessage } from "./quote.js";

/** @param {{ thread: number }} properties the number of its first message */
export function ThreadPanel({ thread }) {
  const client = useClient();
  const room = client.see.rooms.value[openRoom(client.see.route.value) ?? ""];
  const place = placeOf(room?.id ?? "", thread);
  const isThere = client.see.timelines.value[place] !== undefined;
  const route = client.see.route.value;
  const reply = route.page === "room" ? route.reply ?? null : null;
  useMessage(room?.id ?? "", thread);
  useEffect(() => {
    if (room && (!isThere || reply !== null)) client.messages.loadThread(place, reply);
  }, [place, isThere, reply]);
  if (!room) return null;
  return html`<${Following} room=${room.id} thread=${thread} />
    <${MessageList} key=${place} room=${room} thread=${thread} />
    ${mayPost(client.see.me.value, room) && html`<${DropZone} place=${place} name=${say("this thread")} /><${Composer} key=${place} room=${room} thread=${thread} />`}`;
}

/** @param {{ room: string, thread: number }} properties */
function Following({ room, thread }) {
  const client = useClient();
  const level = client.see.followed.value?.[placeOf(room, thread)]?.level ?? "mentions";
  const choose = (/** @type {any} */ event) => {
    const follow = client.threads.follow(room, thread, event.currentTarget.value);
    follow.catch(() => client.navigation.notify("That did not reach the server. Try again."));
  };
  return html`<label class="following">Tell me of
    <select value=${level} onChange=${choose}>
      <option value="all" selected=${level === "all"}>every reply</option>
      <option value="mentions" selected=${level === "mentions"}>mentions</option>
      <option value="nothing" selected=${level === "nothing"}>nothing</option>
    </select></label>`;
}
