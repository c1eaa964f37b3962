// Who has seen what one said: asked for where one looks, and whether one lets others see the same of oneself.

/** @import { Id, Message } from "../types.d.ts" */
/** @import { Client } from "../client.js" */

import * as api from "../connection/api.js";
import { openRoom } from "../state/routes.js";
import { askedAbout, seenAnswered } from "../state/seen.js";
import { effect } from "../view.js";

/** Whoever goes through ten rooms has looked at the last one; and by then the server tells of what comes. */
const SETTLES_MS = 500;
/** Only in direct rooms it is told as it happens. */
const AGAIN_MS = 20_000;

export class Seen {
  /** What it was last asked for, empty while nobody looks. */
  #wanted = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  /** Rooms with too many people for it. @type {Set<Id>} */
  #large = new Set();

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
  }

  start() {
    effect(() => this.#look());
  }

  /** Whether it can be asked for in a room. @param {Id} room */
  isTold(room) {
    const { sharesReading, rooms } = this.store.now;
    return sharesReading && room in rooms && !this.#large.has(room);
  }

  /** @param {Message} message */
  by = (message) => api.getSeen(message.room, message.seq);

  /** Lets others see how far one has read, or keeps it to oneself and sees it of nobody. @param {boolean} shares */
  async share(shares) {
    await api.changeMe({ preferences: { seen: shares ? null : false } });
    this.store.set({ sharesReading: shares, seen: {} });
  }

  #look() {
    const wanted = this.#whatToAsk();
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    clearTimeout(this.#timer);
    if (wanted) this.#timer = setTimeout(() => this.#ask(wanted), SETTLES_MS);
  }

  /** In a direct room once for each time that one looks at it, elsewhere also for each message that one says. */
  #whatToAsk() {
    const { attentive, away, sharesReading, connection, route, rooms, timelines, me } = this.client.see;
    if (!attentive.value || away.value || !sharesReading.value || connection.value.status !== "online") return "";
    const room = rooms.value[openRoom(route.value) ?? ""];
    if (!room || this.#large.has(room.id)) return "";
    const [newest] = askedAbout(timelines.value[room.id]?.messages ?? [], me.value?.id ?? "");
    return newest === undefined ? "" : `${room.id}/${room.kind === "direct" ? "" : newest}`;
  }

  /** @param {string} wanted @returns {Promise<void>} */
  async #ask(wanted) {
    const [id] = wanted.split("/");
    const { timelines, me, rooms } = this.store.now;
    for (const seq of askedAbout(timelines[id]?.messages ?? [], me?.id ?? "")) {
      const known = this.store.now.seen[id];
      const people = await api.getSeen(id, seq).catch((error) => this.#refused(id, error));
      if (people === null || wanted !== this.#wanted) return;
      // What was told meanwhile may be newer than the answer.
      if (known !== this.store.now.seen[id]) return this.#ask(wanted);
      this.store.update((state) => seenAnswered(state, id, seq, people));
      if (people.length) break;
    }
    if (rooms[id]?.kind !== "direct") this.#timer = setTimeout(() => this.#ask(wanted), AGAIN_MS);
  }

  /** @param {Id} room @param {{ code?: string }} error */
  #refused(room, { code }) {
    if (code === "conflict") this.#large.add(room);
    return null;
  }
}
