// Threads, and messages from beyond what is loaded: which to load, how far they are read, which one follows.

/** @import { Id, Message, NotificationLevel, Seq } from "../types.d.ts" */
/** @import { Client } from "../client.js" */

import * as api from "../connection/api.js";
import { followedOf, knownMessage, placeOf, threadRead } from "../state/threads.js";
import { effect } from "../view.js";

export class Threads {
  /** Messages that were asked for and are not here yet. @type {Set<string>} */
  #asked = new Set();
  /** For whom the followed threads were asked. */
  #loadedFor = "";

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
  }

  start() {
    effect(() => this.#loadFollowed());
  }

  /** @param {Message} message the first one, or a reply */
  open(message) {
    const panel = /** @type {const} */ ("thread");
    this.client.navigation.go({ page: "room", room: message.room, seq: null, panel, thread: message.thread ?? message.seq });
  }

  /** A single message, loaded unless it is known. @param {Id} room @param {Seq} seq */
  async need(room, seq) {
    const place = placeOf(room, seq);
    if (this.#asked.has(place) || knownMessage(this.store.now, room, seq)) return;
    this.#asked.add(place);
    const found = await api.getMessage(room, seq).catch((error) => (error.code === "not_found" || error.code === "forbidden" ? "missing" : null));
    this.#asked.delete(place);
    if (found && this.store.now.rooms[room]) this.store.update((state) => ({ ...state, singles: { ...state.singles, [place]: found } }));
  }

  /** What stands in the thread was seen. @param {Id} room @param {Seq} thread @param {Seq} seq */
  read(room, thread, seq) {
    const place = placeOf(room, thread);
    const known = this.store.now.followed?.[place];
    if (!known || seq === 0) return;
    if (known.unread > 0) api.readThread(room, thread, seq).catch(() => null);
    this.store.update((state) => ({ ...state, followed: threadRead(state.followed, place) }));
  }

  /** What to be told of in a thread. @param {Id} room @param {Seq} thread @param {NotificationLevel} level */
  async follow(room, thread, level) {
    await api.followThread(room, thread, level);
    await this.reload();
  }

  /** The threads that one follows, with their first messages. */
  async reload() {
    const items = await api.getThreads();
    this.store.update((state) => ({ ...state, followed: followedOf(items) }));
    return items.filter(({ level }) => level === "all");
  }

  /** Once for each who signs in: from then on the events tell. */
  #loadFollowed() {
    const { phase, me } = this.store.whole.value;
    const user = phase === "signed-in" ? me?.id ?? "" : "";
    if (user === this.#loadedFor) return;
    this.#loadedFor = user;
    if (user) queueMicrotask(() => this.reload().catch(() => null));
  }
}
