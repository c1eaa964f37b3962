// A thread beside its room: the message that began it, the replies, and where one writes another.

import { openRoom } from "../state/routes.js";
import { mayPost } from "../state/rights.js";
import { placeOf } from "../state/threads.js";
import { html, useEffect } from "../view.js";
import { Composer } from "./composer.js";
import { useClient } from "./context.js";
import { MessageList } from "./message-list.js";
import { useMessage } from "./quote.js";

/** @param {{ thread: number }} properties the number of its first message */
export function ThreadPanel({ thread }) {
  const client = useClient();
  const room = client.see.rooms.value[openRoom(client.see.route.value) ?? ""];
  const place = placeOf(room?.id ?? "", thread);
  const newest = client.see.timelines.value[place]?.messages.at(-1)?.seq ?? 0;
  const isThere = client.see.timelines.value[place] !== undefined;
  const unread = client.see.followed.value?.[place]?.unread ?? 0;
  useMessage(room?.id ?? "", thread);
  useEffect(() => {
    if (room && !isThere) client.messages.loadThread(place);
  }, [place, isThere]);
  useEffect(() => {
    if (room && newest && document.hasFocus()) client.threads.read(room.id, thread, newest);
  }, [newest, unread]);
  if (!room) return null;
  return html`<${Following} room=${room.id} thread=${thread} />
    <${MessageList} key=${place} room=${room} thread=${thread} />
    ${mayPost(client.see.me.value, room) && html`<${Composer} key=${place} room=${room} thread=${thread} />`}`;
}

/** @param {{ room: string, thread: number }} properties */
function Following({ room, thread }) {
  const client = useClient();
  const follows = Boolean(client.see.followed.value?.[placeOf(room, thread)]);
  return html`<label class="following"><input type="checkbox" checked=${follows}
    onChange=${() => client.threads.follow(room, thread, !follows).catch(() => client.navigation.notify("That did not reach the server. Try again."))} />
    Follow this thread</label>`;
}
