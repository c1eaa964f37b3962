// Threads, and messages from beyond what is loaded: which to load, how far they are read, which one follows.

/** @import { Frame, Id, Message, NotificationLevel, Seq } from "../types.d.ts" */
/** @import { Client } from "../client.js" */

import * as api from "../connection/api.js";
import { applyFrame } from "../state/apply.js";
import { followedAnew, knownMessage, placeOf } from "../state/threads.js";

export class Threads {
  /** Messages that were asked for and are not here yet. @type {Set<string>} */
  #asked = new Set();
  /** What is heard while the followed threads are asked for, by request. @type {Frame[][]} */
  #meanwhile = [];
  #isDue = false;

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
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
  async read(room, thread, seq) {
    const frame = { type: "thread.read", room, thread, seq };
    this.#noteMeanwhile(frame);
    this.store.update((state) => applyFrame(state, frame, Date.now()));
    await api.readThread(room, thread, seq).catch(() => null);
  }

  /** What to be told of in a thread. @param {Id} room @param {Seq} thread @param {NotificationLevel} level */
  async follow(room, thread, level) {
    await api.followThread(room, thread, level);
    await this.reload();
  }

  /** The threads that one follows, with their first messages; what is heard meanwhile counts too. */
  async reload() {
    this.#meanwhile.push([]);
    const [frames] = this.#meanwhile.slice(-1);
    try {
      const { me } = this.store.now;
      const items = await api.getThreads();
      this.store.update((state) => (state.me && state.me.id === me?.id ? { ...state, followed: followedAnew(items, frames, state.me.id) } : state));
      return items.filter(({ level }) => level === "all");
    } finally {
      this.#meanwhile = this.#meanwhile.filter((each) => each !== frames);
    }
  }

  /** What is known of them may be old: after a welcome, or where something was missed. Once for all that is heard at the same time. */
  reloadSoon() {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.reload().catch(() => null);
    });
  }

  /** A reply to a message that is not known here may be one to one's own, which one follows from then on. @param {Frame} frame @param {Seq} lastSeq of its room before; what is older the server has listed */
  heard(frame, lastSeq) {
    if (frame.type === "thread.read" || frame.thread !== undefined) this.#noteMeanwhile(frame);
    if (frame.type === "message.created" && frame.thread !== undefined && frame.seq > lastSeq) this.#askWhose(frame.room, frame.thread);
  }

  /** @param {Id} room @param {Seq} thread */
  async #askWhose(room, thread) {
    const { followed } = this.store.now;
    if (!followed || followed[placeOf(room, thread)] || knownMessage(this.store.now, room, thread)) return;
    await this.need(room, thread);
    const first = knownMessage(this.store.now, room, thread);
    if (first && first !== "missing" && first.by.id === this.store.now.me?.id) this.reloadSoon();
  }

  /** @param {Frame} frame */
  #noteMeanwhile(frame) {
    for (const frames of this.#meanwhile) frames.push(frame);
  }
}
