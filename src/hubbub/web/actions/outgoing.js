// Sends what was written: kept first, then sent, one at a time per room, again with the same key until the server has it.

/** @import { OutboxEntry } from "../types.d.ts" */
/** @import { Client } from "../client.js" */

import { ChatError } from "../connection/chat-error.js";
import * as storage from "../connection/storage.js";
import * as outbox from "../state/outbox.js";
import { asWritten } from "../state/polls.js";
import { filesFor } from "../state/uploads.js";

export class Outgoing {
  /** Keys from before a reload, which another tab may have dealt with. @type {Set<string>} */
  #inherited = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
  }

  /** @param {string} room @param {string} text @param {import("../types.d.ts").ReplyFields} [reply] */
  post(room, text, reply = {}) {
    const at = outbox.keyTime(this.store.now.outbox, Date.now());
    const entry = outbox.newEntry(outbox.messageKey(at, crypto.getRandomValues(new Uint8Array(10))), room, text, at, reply);
    storage.keepEntry(this.#user, entry);
    if (entry.uploads) this.client.files.handOver(entry.uploads, entry.key);
    this.#change((entries) => outbox.added(entries, [entry]));
    this.filesChanged();
  }

  /** @param {string} key */
  tryAgain(key) {
    this.#change((entries) => outbox.tryAgain(entries, key));
    this.client.files.tryAgain(this.client.files.goingWith(key));
    this.pump();
  }

  /** The words go back into the composer's hands, the message is gone. @param {OutboxEntry} entry */
  takeBack(entry) {
    this.#forget(entry.key);
    this.#change((entries) => outbox.without(entries, entry.key));
    this.client.files.handOver(this.client.files.goingWith(entry.key));
    this.client.messages.returnToDraft(entry.room, entry.poll ? asWritten(entry.text, entry.poll.options) : entry.text);
  }

  /** What an earlier page of this browser could not send. */
  inherit() {
    const kept = storage.keptEntries(this.#user);
    const known = new Set(this.store.now.outbox.map((entry) => entry.key));
    for (const entry of kept) if (!known.has(entry.key)) this.#inherited.add(entry.key);
    this.#change((entries) => outbox.added(entries, kept));
    this.filesChanged();
  }

  /** Messages whose files are all there now go; those of which one will not come say so. */
  filesChanged() {
    for (const { key } of this.store.now.outbox.filter(outbox.waitsForFiles)) {
      const entry = /** @type {OutboxEntry} */ (this.#at(key));
      const outcome = filesFor(entry, this.store.now.uploads);
      if (outcome === null) continue;
      this.#change((entries) => ("files" in outcome ? outbox.filesThere(entries, key, outcome.files) : outbox.filesFailed(entries, key, outcome.problem)));
      storage.keepEntry(this.#user, /** @type {OutboxEntry} */ (this.#at(key)));
    }
    this.pump();
  }

  /** Another tab has sent it or taken it back. */
  forgetGone() {
    const gone = [...this.#inherited].filter((key) => !storage.stillKept(this.#user, key));
    this.#change((entries) => gone.reduce(outbox.without, entries));
  }

  interrupted() {
    this.#change(outbox.interrupted);
  }

  /** Sends all that may be sent now. */
  pump() {
    clearTimeout(this.#timer);
    if (!this.client.link.socket.online) return;
    const now = Date.now();
    for (const entry of outbox.dueEntries(this.store.now.outbox, now)) this.#send(entry);
    const next = outbox.nextDue(this.store.now.outbox, now);
    if (next !== null) this.#timer = setTimeout(() => this.pump(), next - now);
  }

  /** @param {OutboxEntry} entry */
  async #send(entry) {
    const { key, room, text } = entry;
    this.#change((entries) => outbox.sending(entries, key));
    if (this.#inherited.has(key) && !storage.stillKept(this.#user, key)) {
      this.#change((entries) => outbox.without(entries, key));
      return this.pump();
    }
    try {
      const { seq } = await this.client.link.socket.ask({ type: "send", room, key, text, ...outbox.replyFields(entry), ...outbox.fileFields(entry) });
      this.#change((entries) => outbox.settled(outbox.sent(entries, key, seq), this.store.now.rooms));
      this.#forget(key);
      this.client.files.sent(key);
    } catch (error) {
      this.#refused(key, error instanceof ChatError ? error : ChatError.unreachable());
    }
    this.pump();
  }

  /** @param {string} key @param {ChatError} error */
  #refused(key, error) {
    if (!this.client.link.socket.online) return this.#change(outbox.interrupted);
    this.#change((entries) => outbox.refused(entries, key, error, Date.now()));
    const entry = this.#at(key);
    if (entry?.status === "failed") storage.keepEntry(this.#user, entry);
  }

  /** @param {string} key */
  #at = (key) => this.store.now.outbox.find((entry) => entry.key === key);

  /** @param {string} key */
  #forget(key) {
    this.#inherited.delete(key);
    storage.dropEntry(this.#user, key);
  }

  get #user() {
    return this.store.now.me?.id ?? "";
  }

  /** @param {(entries: OutboxEntry[]) => OutboxEntry[]} change */
  #change(change) {
    this.store.update((state) => ({ ...state, outbox: change(state.outbox) }));
  }
}
