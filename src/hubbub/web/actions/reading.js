// What the person looks at: read marks, the number in the window's title, and typing.

/** @import { Client } from "../client.js" */

import { withRoom } from "../state/apply.js";
import { unreadToShow } from "../state/notifications.js";
import { allRead, isWhole } from "../state/rooms.js";
import { openRoom, openThread } from "../state/routes.js";
import { placeOf } from "../state/threads.js";
import { maySayTyping, typingFaded } from "../state/typing.js";
import { effect } from "../view.js";

const TELL_EVERY_MS = 1_000;
const FADE_EVERY_MS = 2_000;

export class Reading {
  #atNewest = false;
  #atNewestReply = false;
  /** @type {Map<string, number>} */ #told = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #telling;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #tellingThread;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #fading;
  /** When it was last said of each room. @type {Map<string, number>} */ #typingSaid = new Map();

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
  }

  start() {
    const look = () => this.#look();
    addEventListener("focus", look);
    addEventListener("blur", look);
    document.addEventListener("visibilitychange", look);
    effect(() => this.#markRead());
    effect(() => this.#markThreadRead());
    effect(() => this.#titleWindow());
  }

  /** Whether the newest message of the open room is on the screen; the list says so. @param {boolean} atNewest */
  scrolled(atNewest) {
    this.#atNewest = atNewest;
    this.#look();
  }

  /** The same for the newest reply of the open thread. @param {boolean} atNewest */
  threadScrolled(atNewest) {
    this.#atNewestReply = atNewest;
    this.#look();
  }

  /** @param {string} room */
  typing(room) {
    if (!maySayTyping(this.#typingSaid.get(room) ?? 0, Date.now())) return;
    this.#typingSaid.set(room, Date.now());
    this.client.link.socket.tell({ type: "typing", room });
  }

  fadeTyping() {
    clearTimeout(this.#fading);
    this.store.update((state) => ({ ...state, typing: typingFaded(state.typing, Date.now()) }));
    if (Object.keys(this.store.now.typing).length) this.#fading = setTimeout(() => this.fadeTyping(), FADE_EVERY_MS);
  }

  /** A message was sent: the next keystroke is news again. @param {string} room */
  stoppedTyping(room) {
    this.#typingSaid.delete(room);
  }

  forgetWhatWasTold() {
    this.#told.clear();
  }

  #look() {
    const isHere = !document.hidden && document.hasFocus();
    const attentive = this.#atNewest && isHere;
    const attentiveInThread = this.#atNewestReply && isHere;
    const { now } = this.store;
    if (attentive !== now.attentive || attentiveInThread !== now.attentiveInThread) this.store.set({ attentive, attentiveInThread });
  }

  #markRead() {
    const { attentive, rooms, route, timelines, connection, keptUnread } = this.store.whole.value;
    const room = rooms[openRoom(route) ?? ""];
    if (room && keptUnread === room.id) this.#told.delete(room.id);
    if (!attentive || !room || keptUnread === room.id || connection.status !== "online" || !isWhole(room, timelines[room.id])) return;
    if (room.unread > 0 || room.read_seq < room.cursor) {
      this.store.update((state) => withRoom(state, room.id, (known) => allRead(known, known.cursor)));
    }
    if ((this.#told.get(room.id) ?? 0) < room.cursor) this.#tellSoon(room.id);
  }

  /** The first at once, then at most one a second. @param {string} room */
  #tellSoon(room) {
    if (this.#telling !== undefined) return;
    this.#tell(room);
    this.#telling = setTimeout(() => {
      this.#telling = undefined;
      this.#markRead();
    }, TELL_EVERY_MS);
  }

  /** @param {string} room */
  #tell(room) {
    const seq = this.store.now.rooms[room]?.cursor;
    if (!seq) return;
    this.#told.set(room, seq);
    this.client.link.socket.tell({ type: "read", room, seq });
  }

  /** As with the room: the first at once, then at most one a second. */
  #markThreadRead() {
    const { attentiveInThread, route, timelines, followed, connection } = this.store.whole.value;
    const [room, thread] = [openRoom(route) ?? "", openThread(route) ?? 0];
    const place = placeOf(room, thread);
    const timeline = timelines[place];
    const newest = timeline?.loaded && timeline.after === null ? timeline.messages.at(-1)?.seq ?? 0 : 0;
    const isRead = !followed?.[place] || followed[place].read_seq >= newest;
    if (!attentiveInThread || isRead || connection.status !== "online" || this.#tellingThread !== undefined) return;
    this.client.threads.read(room, thread, newest);
    this.#tellingThread = setTimeout(() => {
      this.#tellingThread = undefined;
      this.#markThreadRead();
    }, TELL_EVERY_MS);
  }

  #titleWindow() {
    const { rooms, route, site, phase, notifications } = this.store.whole.value;
    const unread = phase === "signed-in" ? unreadToShow(rooms, notifications).unread : 0;
    const room = rooms[openRoom(route) ?? ""]?.name;
    const title = [room, site?.name ?? "Hubbub"].filter(Boolean).join(" · ");
    const wanted = unread > 0 ? `(${unread}) ${title}` : title;
    if (document.title !== wanted) document.title = wanted;
  }
}
