// The messages of the open room, drawn from rows; it pages both ways and keeps its place whatever arrives.

/** @import { MyRoom, OutboxEntry, Row, Timeline } from "../types.d.ts" */

import { standsInRoom } from "../state/message-changes.js";
import { mayModerate, mayPost } from "../state/rights.js";
import { rowKey, rowsOf } from "../state/rows.js";
import { lastSeen, seenSentence } from "../state/seen.js";
import { knownMessage, placeOf, roomOf } from "../state/threads.js";
import { say } from "../state/words.js";
import { emptyTimeline } from "../state/timeline.js";
import { dayOf, dayWords } from "../state/times.js";
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../view.js";
import { useClient } from "./context.js";
import { focusComposer, moveAmong } from "./keyboard.js";
import { Beginning, Edge, Skeleton, ToNewest } from "./list-ends.js";
import { MessageRow, OutgoingRow } from "./message.js";
import { replyTo } from "./message-actions.js";
import { useMessage } from "./quote.js";
import { useActiveRow } from "./active-row.js";
import { ScrollKeeper } from "./scroll.js";
import { Time } from "./small.js";
import { useSwipeToReply } from "./swiping.js";

const LIT_MS = 2_000;

/** @param {{ room: MyRoom, thread?: number }} properties `thread`: the first message of the one that is listed, instead of the room */
export function MessageList({ room, thread }) {
  const client = useClient();
  const place = thread === undefined ? room.id : placeOf(room.id, thread);
  const timeline = client.see.timelines.value[place] ?? NOTHING;
  const rows = useRows(room, timeline, thread);
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const { keeper, far, atNewest } = useKeeper(list, place, timeline, rows);
  const lit = useLanding(keeper, list, place, timeline);
  const [active, activity] = useActiveRow(list);
  const context = { ...useRowContext(room, active, lit, thread), seen: useSeen(room, timeline, thread) };
  const jump = () => {
    client.navigation.forgetMessage();
    bringNewest(client, keeper.current, place, timeline);
    if (thread === undefined) focusComposer();
  };
  const swipes = useSwipeToReply((row) => {
    const message = messageIn(client, room, thread, Number(row.dataset.seq));
    if (message && !message.deleted && context.mayPost) replyTo(client, message, thread);
  });
  return html`<div class="message-area" ...${swipes}>
    <div class="message-list" ref=${list} role="log" aria-live="off" aria-label=${thread === undefined ? say("Messages in #", room.name) : say("Messages in this thread")} tabindex="0"
      aria-busy=${!timeline.loaded} onScroll=${() => keeper.current?.scrolled()} onKeyDown=${keysFor(client, room, thread)} ...${activity}>
      <div class="message-column">
        <${Edge} place=${place} timeline=${timeline} side="before" />
        ${timeline.loaded ? rows.map((row) => drawRow(row, room, context)) : html`<${Skeleton} place=${place} timeline=${timeline} />`}
        <${Edge} place=${place} timeline=${timeline} side="after" />
      </div>
    </div>
    ${timeline.loaded && !atNewest && html`<${ToNewest} unread=${thread === undefined ? room.unread : 0} far=${far} jump=${jump} />`}
  </div>`;
}

const NOTHING = emptyTimeline();

/** @param {MyRoom} room @param {Timeline} timeline @param {number} [thread] @returns {Row[]} */
function useRows(room, timeline, thread) {
  const { see } = useClient();
  const outbox = see.outbox.value;
  const newAfter = thread === undefined ? see.newAfter.value : null;
  const me = see.me.value?.id ?? "";
  const ofRoom = useMemo(() => outbox.filter((entry) => isIn(entry, room.id, thread)), [outbox, room.id, thread]);
  return useMemo(() => rowsOf({ timeline, outbox: ofRoom, me, newAfter, dayOf }), [timeline, ofRoom, me, newAfter]);
}

/** @param {OutboxEntry} entry @param {string} room @param {number} [thread] */
const isIn = (entry, room, thread) => entry.room === room && (thread === undefined ? standsInRoom(entry) : entry.thread === thread);

/** @param {{ current: HTMLElement | null }} list @param {string} place @param {Timeline} timeline @param {Row[]} rows */
function useKeeper(list, place, timeline, rows) {
  const client = useClient();
  const isRoom = roomOf(place) === place;
  const keeper = useRef(/** @type {ScrollKeeper | null} */ (null));
  const [far, setFar] = useState(false);
  const [atNewest, setAtNewest] = useState(true);
  keeper.current?.aboutToDraw();
  useLayoutEffect(() => {
    const kept = new ScrollKeeper(/** @type {HTMLElement} */ (list.current), () => {
      const now = client.store.now.timelines[place];
      return { reachesNewest: now?.loaded === true && now.after === null };
    }, {
      near: (side) => client.messages.loadMore(place, side),
      moved: ({ atNewest: there, far: away, anchor }) => {
        setFar(away);
        setAtNewest(there);
        if (!client.store.now.timelines[place]?.loaded) return;
        client.places.set(place, anchor);
        if (isRoom) client.reading.scrolled(there);
        else client.reading.threadScrolled(there);
      },
    });
    keeper.current = kept;
    return () => {
      kept.stop();
      if (isRoom) client.reading.scrolled(false);
      else client.reading.threadScrolled(false);
    };
  }, [place]);
  useLayoutEffect(() => {
    keeper.current?.settle();
    keeper.current?.arrived();
  }, [rows]);
  useFollowOwn(keeper, place, timeline, rows);
  return { keeper, far, atNewest };
}

/** What one has just sent comes into view. @param {{ current: ScrollKeeper | null }} keeper @param {string} place @param {Timeline} timeline @param {Row[]} rows */
function useFollowOwn(keeper, place, timeline, rows) {
  const client = useClient();
  const [room, thread] = place.split("/");
  const newest = client.see.outbox.value.findLast((entry) => isIn(entry, room, thread ? Number(thread) : undefined))?.key;
  const before = useRef(newest);
  useLayoutEffect(() => {
    if (newest && newest !== before.current) {
      bringNewest(client, keeper.current, place, timeline);
    }
    before.current = newest ?? before.current;
  }, [newest, rows]);
}

/** @param {import("../client.js").Client} client @param {ScrollKeeper | null} keeper @param {string} place @param {Timeline} timeline */
function bringNewest(client, keeper, place, timeline) {
  if (timeline.after === null) return keeper?.toNewest();
  keeper?.awaitNewest();
  return client.messages.jumpToNewest(place);
}

/**
 * Where one lands: at the message of the address, else at the first unread, else where one was, else at the newest.
 * @param {{ current: ScrollKeeper | null }} keeper @param {{ current: HTMLElement | null }} list @param {string} at the place @param {Timeline} timeline
 * @returns {number | null} the message to light up
 */
function useLanding(keeper, list, at, timeline) {
  const client = useClient();
  const route = client.see.route.value;
  const target = route.page !== "room" ? null : roomOf(at) === at ? route.seq : route.reply ?? null;
  const place = useRef(client.places.get(at)).current;
  const landed = useRef(/** @type {number | "somewhere" | null} */ (null));
  const [lit, setLit] = useState(/** @type {number | null} */ (null));
  useLayoutEffect(() => {
    const find = (/** @type {string} */ selector) => list.current?.querySelector(selector) ?? null;
    if (!timeline.loaded) landed.current = null;
    if (!timeline.loaded || !keeper.current) return;
    if (target !== null && landed.current !== target && keeper.current.bring(find(`[data-seq="${target}"]`), "middle")) {
      landed.current = target;
      setLit(target);
    }
    if (landed.current !== null) return;
    landed.current = "somewhere";
    if (!keeper.current.bring(find(".new-line"), "top") && !(place && keeper.current.restore(place))) keeper.current.toNewest();
  }, [timeline.loaded, timeline.messages, target]);
  useEffect(() => {
    const timer = setTimeout(() => setLit(null), LIT_MS);
    return () => clearTimeout(timer);
  }, [lit]);
  return lit;
}

/** What every row needs to know beside itself. @param {MyRoom} room @param {string | null} active @param {number | null} lit @param {number} [thread] */
function useRowContext(room, active, lit, thread) {
  const { see } = useClient();
  const deleting = new Map(see.deleting.value.filter((deletion) => deletion.room === room.id).map(({ seq, decided }) => [seq, decided ? "decided" : "open"]));
  const me = see.me.value;
  return { me, editing: see.editing.value, deleting, mayModerate: mayModerate(me, room), mayPost: mayPost(me, room), active, lit, thread };
}

/** Read marks are those of the room, so of what stands in a thread only they say nothing. @param {MyRoom} room @param {Timeline} timeline @param {number} [thread] */
function useSeen(room, timeline, thread) {
  const { see } = useClient();
  const readers = see.seen.value[room.id];
  return thread === undefined ? lastSeen(timeline.messages, see.me.value?.id ?? "", readers) : null;
}

/** @typedef {ReturnType<typeof useRowContext> & { seen: ReturnType<typeof useSeen> }} RowContext */

/** @param {Row} row @param {MyRoom} room @param {RowContext} context */
function drawRow(row, room, context) {
  const { me, editing, deleting, active, lit, thread, seen, ...rights } = context;
  if (row.kind === "beginning" && thread !== undefined) return html`<${FirstOfThread} key=${row.key} room=${room} context=${context} />`;
  if (row.kind === "beginning") return html`<${Beginning} key=${row.key} room=${room} />`;
  if (row.kind === "day") return html`<div class="day-line" key=${row.key} data-key=${row.key}><${Time} at=${row.at} words=${dayWords} /></div>`;
  if (row.kind === "new") return html`<div class="new-line" key=${row.key} data-key=${row.key}><span>New</span></div>`;
  if (row.kind === "outgoing") return html`<${OutgoingRow} key=${row.key} rowKey=${row.key} entry=${row.entry} head=${row.head} me=${me} />`;
  const { seq } = row.message;
  return html`<${MessageRow} key=${row.key} rowKey=${row.key} message=${row.message} head=${row.head} me=${me} active=${active === row.key}
    editing=${editing === seq} deleting=${deleting.get(seq)} lit=${lit === seq} thread=${thread} seen=${seen?.seq === seq ? seenSentence(seen.names) : ""} ...${rights} />`;
}

/** The message that began the thread; one edits it where it stands in the room. @param {{ room: MyRoom, context: RowContext }} properties */
function FirstOfThread({ room, context: { me, deleting, active, thread = 0, ...rights } }) {
  const first = useMessage(room.id, thread);
  if (first === undefined) return null;
  if (first === "missing") return html`<p class="thread-beginning">This thread began before you could read here.</p>`;
  const count = first.replies?.count ?? 0;
  return html`<${MessageRow} rowKey=${rowKey(first)} message=${first} head=${true} me=${me} active=${active === rowKey(first)} editing=${false}
      deleting=${deleting.get(thread)} lit=${false} thread=${thread} mayModerate=${rights.mayModerate} mayPost=${rights.mayPost} />
    <p class="thread-beginning">${count === 0 ? say("No reply yet") : count === 1 ? say("1 reply") : `${count} ${say("replies")}`}</p>`;
}

/** @param {import("../client.js").Client} client @param {MyRoom} room @param {number} [thread] */
function keysFor(client, room, thread) {
  return (/** @type {KeyboardEvent} */ event) => {
    const focused = /** @type {HTMLElement} */ (event.target);
    const row = focused.matches("article") ? Number(focused.dataset.seq) : 0;
    const message = row ? messageIn(client, room, thread, row) : undefined;
    const standing = message !== undefined && !message.deleted && !event.ctrlKey && !event.metaKey && !event.altKey;
    const mine = message?.by.id === client.store.now.me?.id && !message?.deleted;
    if (message && mine && event.key === "e") client.messages.edit(row);
    else if (message && mine && event.key === "Delete") client.deletions.delete(room.id, row);
    else if (standing && event.key === "r") replyTo(client, message, thread);
    else if (standing && event.key === "t") client.threads.open(message);
    else if (standing && event.key === "u" && standsInRoom(message)) client.inbox.markUnread(room.id, row);
    else if (standing && event.key === "+") client.marking.openDialog("react", message);
    else if (message && event.key === "Enter") /** @type {HTMLElement | null} */ (focused.querySelector(".message-actions button, .message-undo"))?.focus();
    else return moveAmong(event, "article");
    return event.preventDefault();
  };
}

/** @param {import("../client.js").Client} client @param {MyRoom} room @param {number | undefined} thread @param {number} seq */
function messageIn({ store }, room, thread, seq) {
  const place = thread === undefined ? room.id : placeOf(room.id, thread);
  const found = store.now.timelines[place]?.messages.find((message) => message.seq === seq) ?? knownMessage(store.now, room.id, seq);
  return found === "missing" ? undefined : found;
}
