// Messages that wait for their time, and being reminded of messages that one keeps.

/** @import { DueBookmark, Frame, Id, Message, Scheduled, Seq } from "../types.d.ts" */
/** @import { Client } from "../client.js" */

import * as api from "../connection/api.js";
import { messageKey } from "../state/outbox.js";
import { momentWords } from "../state/moments.js";
import { bookmarksLoaded, scheduledLoaded } from "../state/scheduling.js";
import { placeOf } from "../state/threads.js";
import { say } from "../state/words.js";

/** What waits is counted when the page has long been there: nothing of the first load waits for it. */
const LOOK_AFTER_MS = 10_000;

/** @typedef {{ room: Id, thread?: Seq, alsoToRoom: boolean, key: string }} BegunMessage where the message stands for which a time is being chosen */

export class Scheduling {
  /** @type {BegunMessage | null} */ begun = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
  }

  /** What there is of the person's, for the counts beside the rooms. */
  loadSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => Promise.all([this.load(), this.bookmarks()]).catch(() => {}), LOOK_AFTER_MS);
  }

  signedOut() {
    clearTimeout(this.#timer);
  }

  // Messages

  /** Opens the dialog for what stands in the composer of a place. @param {{ room: Id, thread?: Seq, alsoToRoom: boolean }} where */
  begin(where) {
    this.begun = { ...where, key: messageKey(Date.now(), crypto.getRandomValues(new Uint8Array(10))) };
    this.client.navigation.openDialog("send-later");
  }

  /** The draft leaves the composer, to be sent at this time. @param {number} at */
  async schedule(at) {
    const begun = /** @type {BegunMessage} */ (this.begun);
    const { room, thread, alsoToRoom, key } = begun;
    const place = thread === undefined ? room : placeOf(room, thread);
    const { [place]: quoted } = this.store.now.replying;
    const reply = { ...(thread ? { thread } : {}), ...(alsoToRoom ? { also_to_room: true } : {}), ...(quoted ? { reply_to: quoted } : {}) };
    await api.scheduleMessage(room, { key, text: (this.store.now.drafts[place] ?? "").trim(), at: new Date(at).toISOString(), ...reply });
    this.client.messages.keepDraft(place, "");
    this.client.messages.replyTo(place, null);
    this.client.navigation.closeDialog();
    this.client.navigation.notify(`${say("It will be sent:")} ${momentWords(at, Date.now())}.`, "Show", () => this.open());
  }

  open() {
    this.client.navigation.go({ page: "scheduled" });
  }

  /** @returns {Promise<Scheduled[]>} */
  async load() {
    const items = await api.getScheduled();
    this.store.update((state) => scheduledLoaded(state, items));
    return items;
  }

  /** @param {Scheduled} message @param {{ text?: string, at?: number }} changes */
  change({ id }, { text, at }) {
    return api.changeScheduled(id, { ...(text === undefined ? {} : { text }), ...(at === undefined ? {} : { at: new Date(at).toISOString() }) });
  }

  /** Posted with its own key first and taken back then, so that whatever happens in between, it is sent once. @param {Scheduled} message */
  async sendNow({ id, room, key, text, thread, also_to_room, reply_to }) {
    await api.postMessage(room ?? "", { key, text, thread, also_to_room, reply_to });
    await this.#takeAway(id);
  }

  /** It is not sent, and its words go back into the composer of its room. @param {Scheduled} message */
  async takeBack({ id, room, text, thread }) {
    await api.cancelScheduled(id);
    if (!room || !this.store.now.rooms[room]) return;
    this.client.messages.returnToDraft(thread === undefined ? room : placeOf(room, thread), text);
    this.client.navigation.notify("Its words are a draft again.", "Show", () =>
      this.client.navigation.go(thread === undefined ? { page: "room", room, seq: null, panel: null } : { page: "room", room, seq: null, panel: "thread", thread }));
  }

  /** The server says how many there are; where one could not be sent, the person hears of it. @param {Frame} frame @param {number} failedBefore */
  heard({ failed }, failedBefore) {
    if (failed > failedBefore) this.client.navigation.notify("A scheduled message could not be sent.", "Show", () => this.open());
  }

  /** @param {string} id */
  async #takeAway(id) {
    await api.cancelScheduled(id).catch((error) => {
      if (error.code !== "not_found") throw error;
    });
  }

  // Reminders

  /** One's bookmarks, those first that one is to be reminded of now. @returns {Promise<DueBookmark[]>} */
  async bookmarks() {
    const items = await api.getBookmarks();
    this.store.update((state) => bookmarksLoaded(state, items));
    return items;
  }

  /** Keeps a message and reminds of it at this time, or with null no more. @param {Pick<Message, "room" | "seq">} message @param {number | null} at */
  async remind({ room, seq }, at) {
    await api.remindOf(room, seq, at === null ? null : new Date(at).toISOString());
    await this.bookmarks();
    if (at !== null) this.client.navigation.notify(`${say("You will be reminded:")} ${momentWords(at, Date.now())}.`);
  }

  /** It is time: a sentence here, and one of the system where nobody looks. @param {Frame} frame */
  reminded({ room, seq }) {
    const show = () => this.client.navigation.openRoom(room, seq);
    this.client.navigation.notify("You wanted to be reminded of a message.", "Show", show);
    this.client.notifications.remind(this.store.now.rooms[room]?.name ?? "", show);
  }
}
