// What one can do with the messages of a room: load them, edit; and the drafts.

/** @import { PageSide, Message, Timeline } from "../types.d.ts" */
/** @import { Client } from "../client.js" */

import * as api from "../connection/api.js";
import * as storage from "../connection/storage.js";
import { withTimeline } from "../state/apply.js";
import { draftKept } from "../state/drafts.js";
import { standsInRoom } from "../state/message-changes.js";
import { openRoom, replyRoute } from "../state/routes.js";
import { knownMessage, roomOf } from "../state/threads.js";
import { emptyTimeline, loadingPage, pageFailed, pageLoaded } from "../state/timeline.js";
import { effect } from "../view.js";

const PAGE = 50;
const MANY_UNREAD = 40;
const KEPT_TIMELINES = 8;

export class Messages {
  /** The address that was last loaded for, so that paging away from its message does not lead back to it. */
  #aim = "";
  /** How many pages of each room were asked for, so that only the last answer counts. @type {Map<string, number>} */
  #loads = new Map();
  /** Rooms in the order they were last open. @type {string[]} */
  #visited = [];

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
  }

  start() {
    effect(() => this.#loadOpenRoom());
    storage.hearDrafts((user, room, text) => user === this.store.now.me?.id && this.#showDraft(room, text));
  }

  /** @param {string} place a room, or a thread in one @param {"before" | "after"} side */
  async loadMore(place, side) {
    const timeline = this.store.now.timelines[place];
    const cursor = timeline?.[side];
    if (!timeline?.loaded || timeline.loading || cursor === null || cursor === undefined) return;
    await this.#load(place, side, { [side]: cursor, limit: PAGE });
  }

  /** The newest page instead of the stretch that is loaded now. @param {string} place */
  async jumpToNewest(place) {
    const loaded = await this.#load(place, "start", { limit: PAGE });
    if (!loaded) this.client.navigation.notify("The newest messages did not load.", "Try again", () => this.jumpToNewest(place));
  }

  /** @param {string} place */
  tryLoadingAgain(place) {
    const side = this.store.now.timelines[place]?.failed;
    this.store.update((state) => withTimeline(state, place, (timeline) => ({ ...timeline, failed: null })));
    if (side === "before" || side === "after") this.loadMore(place, side);
    else if (roomOf(place) !== place) this.loadThread(place);
  }

  /** The newest replies of a thread, or those around one, unless they are here or on their way. @param {string} place @param {number | null} [reply] */
  loadThread(place, reply = null) {
    const timeline = this.store.now.timelines[place];
    const isHere = timeline?.loaded && (reply === null || isWithin(reply, timeline));
    if (!isHere && !timeline?.loading) this.#load(place, "start", reply === null ? { limit: PAGE } : { around: reply, limit: PAGE });
  }

  // Editing

  /** @param {number | null} seq */
  edit(seq) {
    this.store.set({ editing: seq });
  }

  /** @param {string} place @returns {Message | undefined} one's own last message that is loaded */
  lastOwn(place) {
    const { timelines, me } = this.store.now;
    return timelines[place]?.messages.findLast((message) => message.by.id === me?.id && !message.deleted);
  }

  /** @param {string} room @param {number} seq @param {string} text */
  async saveEdit(room, seq, text) {
    const known = knownMessage(this.store.now, room, seq);
    if (!known || known === "missing" || known.text !== text) await api.editMessage(room, seq, text);
    if (this.store.now.editing === seq) this.edit(null);
  }

  // Drafts

  /** Which message the next one quotes; null for none. @param {string} place @param {number | null} seq */
  replyTo(place, seq) {
    const { [place]: _before, ...others } = this.store.now.replying;
    this.store.set({ replying: seq === null ? others : { ...others, [place]: seq } });
  }

  /** @param {string} room @param {string} text */
  keepDraft(room, text) {
    this.#showDraft(room, text);
    storage.keepDraft(this.store.now.me?.id ?? "", room, text);
  }

  /** @param {string} room @param {string} text */
  returnToDraft(room, text) {
    const begun = this.store.now.drafts[room];
    this.keepDraft(room, begun ? `${text}\n\n${begun}` : text);
  }

  // Private

  /** @param {string} room @param {string} text */
  #showDraft(room, text) {
    this.store.update((state) => ({ ...state, drafts: draftKept(state.drafts, room, text) }));
  }

  #loadOpenRoom() {
    const { phase, route, rooms, timelines } = this.store.whole.value;
    const room = rooms[openRoom(route) ?? ""];
    if (phase !== "signed-in" || route.page !== "room" || !room) return;
    const timeline = timelines[room.id] ?? emptyTimeline();
    if (timeline.loading || timeline.failed) return;
    const aim = `${room.id}/${route.seq}`;
    const aimed = this.#aim === aim;
    this.#aim = aim;
    if (route.seq !== null && !aimed) this.#lookInThreads(room.id, route.seq);
    if (timeline.loaded && (aimed || route.seq === null || isWithin(route.seq, timeline))) return;
    this.#visit(room.id);
    const around = route.seq ?? (room.unread > MANY_UNREAD && room.read_seq > 0 ? room.read_seq : null);
    queueMicrotask(() => this.store.now.timelines[room.id]?.loading || this.#load(room.id, "start", around === null ? { limit: PAGE } : { around, limit: PAGE * 2 }));
  }

  /**
   * One page at a time per place; a new start makes whatever else is on its way worthless.
   * @param {string} place @param {PageSide} side @param {{ before?: number, after?: number, around?: number, limit: number }} where
   * @returns {Promise<boolean>} whether it came
   */
  async #load(place, side, where) {
    if (this.store.now.timelines[place]?.loading && side !== "start") return true;
    const number = (this.#loads.get(place) ?? 0) + 1;
    this.#loads.set(place, number);
    this.store.update((state) => withTimeline(state, place, (timeline) => loadingPage(timeline, side)));
    const [room, thread = "0"] = place.split("/");
    const page = await api.getMessages(room, { ...where, thread: Number(thread) }).catch(() => null);
    if (!this.store.now.timelines[place] || this.#loads.get(place) !== number) return true;
    this.store.update((state) => withTimeline(state, place, (timeline) => (page ? pageLoaded(timeline, side, page) : pageFailed(timeline))));
    return page !== null;
  }

  /** Only the rooms that were open lately stay in memory. @param {string} room */
  #visit(room) {
    this.#visited = [room, ...this.#visited.filter((each) => each !== room)];
    const old = this.#visited.splice(KEPT_TIMELINES);
    if (!old.length) return;
    queueMicrotask(() => this.store.update((state) => {
      const kept = Object.entries(state.timelines).filter(([place]) => !old.includes(roomOf(place)));
      return { ...state, timelines: Object.fromEntries(kept) };
    }));
  }

  /** A message that stands in a thread only is found there. @param {string} room @param {number} seq */
  async #lookInThreads(room, seq) {
    const known = knownMessage(this.store.now, room, seq);
    if (known === "missing") return;
    const found = await (known ?? api.getMessage(room, seq).catch(() => null));
    const { route } = this.store.now;
    if (!found?.thread || standsInRoom(found) || route.page !== "room" || route.room !== room || route.seq !== seq) return;
    this.client.navigation.go(replyRoute(room, found.thread, seq), true);
  }
}

/** Whether a number lies in the loaded stretch, so that loading again would bring nothing more. @param {number} seq @param {Timeline} timeline */
function isWithin(seq, { messages, before, after }) {
  const first = before === null ? 0 : messages[0]?.seq ?? Infinity;
  const last = after === null ? Infinity : messages.at(-1)?.seq ?? 0;
  return seq >= first && seq <= last;
}
