// The messages of the open room, drawn from rows; it pages both ways and keeps its place whatever arrives.

/** @import { MyRoom, Row, Timeline } from "../types.d.ts" */

import { rowsOf } from "../state/rows.js";
import { emptyTimeline } from "../state/timeline.js";
import { dayOf, dayWords } from "../state/times.js";
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../view.js";
import { useClient } from "./context.js";
import { Icon } from "./icons.js";
import { focusComposer, moveAmong } from "./keyboard.js";
import { MessageRow, OutgoingRow } from "./message.js";
import { useActiveRow } from "./active-row.js";
import { ScrollKeeper } from "./scroll.js";
import { SkeletonRows, Time } from "./small.js";

const LIT_MS = 2_000;
const SKELETON_AFTER_MS = 300;

/** @param {{ room: MyRoom }} properties */
export function MessageList({ room }) {
  const client = useClient();
  const timeline = client.see.timelines.value[room.id] ?? NOTHING;
  const rows = useRows(room, timeline);
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const { keeper, far, atNewest } = useKeeper(list, room, timeline, rows);
  const lit = useLanding(keeper, list, room, timeline);
  const [active, activity] = useActiveRow(list);
  const context = useRowContext(room, active, lit);
  const jump = () => {
    client.navigation.forgetMessage();
    bringNewest(client, keeper.current, room, timeline);
    focusComposer();
  };
  return html`<div class="message-area">
    <div class="message-list" ref=${list} role="log" aria-live="off" aria-label="Messages in ${room.name}" tabindex="0"
      aria-busy=${!timeline.loaded} onScroll=${() => keeper.current?.scrolled()} onKeyDown=${keysFor(client, room)} ...${activity}>
      <div class="message-column">
        <${Edge} room=${room} timeline=${timeline} side="before" />
        ${timeline.loaded ? rows.map((row) => drawRow(row, room, context)) : html`<${Skeleton} room=${room} timeline=${timeline} />`}
        <${Edge} room=${room} timeline=${timeline} side="after" />
      </div>
    </div>
    ${timeline.loaded && !atNewest && html`<${ToNewest} unread=${room.unread} far=${far} jump=${jump} />`}
  </div>`;
}

const NOTHING = emptyTimeline();

/** @param {MyRoom} room @param {Timeline} timeline @returns {Row[]} */
function useRows(room, timeline) {
  const { see } = useClient();
  const outbox = see.outbox.value;
  const newAfter = see.newAfter.value;
  const me = see.me.value?.id ?? "";
  const ofRoom = useMemo(() => outbox.filter((entry) => entry.room === room.id), [outbox, room.id]);
  return useMemo(() => rowsOf({ timeline, outbox: ofRoom, me, newAfter, dayOf }), [timeline, ofRoom, me, newAfter]);
}

/** @param {{ current: HTMLElement | null }} list @param {MyRoom} room @param {Timeline} timeline @param {Row[]} rows */
function useKeeper(list, room, timeline, rows) {
  const client = useClient();
  const keeper = useRef(/** @type {ScrollKeeper | null} */ (null));
  const [far, setFar] = useState(false);
  const [atNewest, setAtNewest] = useState(true);
  useLayoutEffect(() => {
    const kept = new ScrollKeeper(/** @type {HTMLElement} */ (list.current), () => {
      const now = client.store.now.timelines[room.id];
      return { reachesNewest: now?.loaded === true && now.after === null };
    }, {
      near: (side) => client.messages.loadMore(room.id, side),
      moved: ({ atNewest: there, far: away, anchor }) => {
        setFar(away);
        setAtNewest(there);
        if (!client.store.now.timelines[room.id]?.loaded) return;
        client.places.set(room.id, anchor);
        client.reading.scrolled(there);
      },
    });
    keeper.current = kept;
    return () => {
      kept.stop();
      client.reading.scrolled(false);
    };
  }, [room.id]);
  useLayoutEffect(() => {
    keeper.current?.settle();
    keeper.current?.arrived();
  }, [rows]);
  useFollowOwn(keeper, room, timeline, rows);
  return { keeper, far, atNewest };
}

/** What one has just sent comes into view. @param {{ current: ScrollKeeper | null }} keeper @param {MyRoom} room @param {Timeline} timeline @param {Row[]} rows */
function useFollowOwn(keeper, room, timeline, rows) {
  const client = useClient();
  const newest = client.see.outbox.value.findLast((entry) => entry.room === room.id)?.key;
  const before = useRef(newest);
  useLayoutEffect(() => {
    if (newest && newest !== before.current) {
      bringNewest(client, keeper.current, room, timeline);
    }
    before.current = newest ?? before.current;
  }, [newest, rows]);
}

/** @param {import("../client.js").Client} client @param {ScrollKeeper | null} keeper @param {MyRoom} room @param {Timeline} timeline */
function bringNewest(client, keeper, room, timeline) {
  if (timeline.after === null) return keeper?.toNewest();
  keeper?.awaitNewest();
  return client.messages.jumpToNewest(room.id);
}

/**
 * Where one lands: at the message of the address, else at the first unread, else where one was, else at the newest.
 * @param {{ current: ScrollKeeper | null }} keeper @param {{ current: HTMLElement | null }} list @param {MyRoom} room @param {Timeline} timeline
 * @returns {number | null} the message to light up
 */
function useLanding(keeper, list, room, timeline) {
  const client = useClient();
  const route = client.see.route.value;
  const target = route.page === "room" ? route.seq : null;
  const place = useRef(client.places.get(room.id)).current;
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

/** What every row needs to know beside itself. @param {MyRoom} room @param {string | null} active @param {number | null} lit */
function useRowContext(room, active, lit) {
  const { see } = useClient();
  const deleting = new Set(see.deleting.value.filter((deletion) => deletion.room === room.id).map(({ seq }) => seq));
  const mayModerate = room.role === "owner" || room.role === "admin";
  return { me: see.me.value, editing: see.editing.value, deleting, mayModerate, active, lit };
}

/** @param {Row} row @param {MyRoom} room @param {ReturnType<typeof useRowContext>} context */
function drawRow(row, room, { me, editing, deleting, mayModerate, active, lit }) {
  if (row.kind === "beginning") return html`<${Beginning} key=${row.key} room=${room} />`;
  if (row.kind === "day") return html`<div class="day-line" key=${row.key} data-key=${row.key}><${Time} at=${row.at} words=${dayWords} /></div>`;
  if (row.kind === "new") return html`<div class="new-line" key=${row.key} data-key=${row.key}><span>New</span></div>`;
  if (row.kind === "outgoing") return html`<${OutgoingRow} key=${row.key} rowKey=${row.key} entry=${row.entry} head=${row.head} me=${me} />`;
  const { seq } = row.message;
  return html`<${MessageRow} key=${row.key} rowKey=${row.key} message=${row.message} head=${row.head} me=${me} active=${active === row.key}
    editing=${editing === seq} deleting=${deleting.has(seq)} lit=${lit === seq} mayModerate=${mayModerate} />`;
}

/** @param {{ room: MyRoom }} properties */
function Beginning({ room }) {
  const client = useClient();
  const words = { public: "Everybody here can find and join this room.", private: "Only its members know of this room.", direct: "This is between you." };
  return html`<div class="beginning" data-key="beginning">
    <span class="beginning-sign"><${Icon} name=${room.kind === "direct" ? "people" : room.kind} /></span>
    <h2>${room.name}</h2>
    ${room.topic && html`<p class="beginning-topic">${room.topic}</p>`}
    <p>${words[room.kind]} This is where it begins.</p>
    ${room.kind !== "direct" && html`<button type="button" class="button is-small" onClick=${() => client.navigation.togglePeople()}>
      <${Icon} name="invite" />Add people</button>`}
  </div>`;
}

/** The end of what is loaded, of a height that does not change. @param {{ room: MyRoom, timeline: Timeline, side: "before" | "after" }} properties */
function Edge({ room, timeline, side }) {
  const client = useClient();
  if (!timeline.loaded || timeline[side] === null) return null;
  if (timeline.failed !== side) return html`<p class="list-edge" aria-hidden="true">${timeline.loading === side ? "Loading…" : ""}</p>`;
  return html`<p class="list-edge" role="alert">These messages did not load.
    <button type="button" class="plain-button" onClick=${() => client.messages.tryLoadingAgain(room.id)}>Try again</button></p>`;
}

/** @param {{ room: MyRoom, timeline: Timeline }} properties */
function Skeleton({ room, timeline }) {
  const client = useClient();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SKELETON_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  if (timeline.failed) {
    return html`<p class="list-edge" role="alert">The messages did not load.
      <button type="button" class="plain-button" onClick=${() => client.messages.tryLoadingAgain(room.id)}>Try again</button></p>`;
  }
  return shown && html`<${SkeletonRows} />`;
}

/** @param {{ unread: number, far: boolean, jump: () => void }} properties */
function ToNewest({ unread, far, jump }) {
  if (!unread && !far) return null;
  return html`<button type="button" class="to-newest" onClick=${jump}>
    ${unread > 0 ? `${unread > 99 ? "99+" : unread} new` : "Jump to newest"}<${Icon} name="down" />
  </button>`;
}

/** @param {import("../client.js").Client} client @param {MyRoom} room */
function keysFor(client, room) {
  return (/** @type {KeyboardEvent} */ event) => {
    const focused = /** @type {HTMLElement} */ (event.target);
    const row = focused.matches("article") ? Number(focused.dataset.seq) : 0;
    const message = row ? client.store.now.timelines[room.id]?.messages.find(({ seq }) => seq === row) : undefined;
    const mine = message?.by.id === client.store.now.me?.id && !message?.deleted;
    if (message && mine && event.key === "e") client.messages.edit(row);
    else if (message && mine && event.key === "Delete") client.messages.delete(room.id, row);
    else if (message && event.key === "Enter") /** @type {HTMLElement | null} */ (focused.querySelector(".message-actions button"))?.focus();
    else return moveAmong(event, "article");
    return event.preventDefault();
  };
}
