// Takes messages away: from view at once, from the server when it can no longer be undone; kept until the server knows of it.

/** @import { Deletion, Id, Seq } from "../types.d.ts" */
/** @import { Client } from "../client.js" */

import * as api from "../connection/api.js";
import { ChatError } from "../connection/chat-error.js";
import * as storage from "../connection/storage.js";
import { announced } from "../state/apply.js";
import { decidedBy, deletionOf, nextDecision, UNDO_MS, withDeletion, withoutDeletion } from "../state/deletions.js";
import { say } from "../state/words.js";

const RETRY_AFTER_SECONDS = 5;
const PASSING = new Set(["unavailable", "rate_limited", "unauthenticated"]);

export class Deletions {
  /** @type {Set<string>} */ #sending = new Set();
  /** Kept by this browser, so that another tab may have dealt with them. @type {Set<string>} */ #kept = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #retry;

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
  }

  /** Whoever leaves the page has decided. Where there is no network, the next page of this browser sees to it. */
  start() {
    addEventListener("pagehide", () => this.decideAll(true));
  }

  /** @param {Id} room @param {Seq} seq */
  delete(room, seq) {
    if (deletionOf(this.store.now.deleting, room, seq)) return;
    if (this.store.now.editing === seq) this.client.messages.edit(null);
    const until = Date.now() + UNDO_MS;
    if (storage.keepDeletion(this.#user, nameOf(room, seq), until)) this.#kept.add(nameOf(room, seq));
    this.#add(room, seq, until);
    this.#announce(say("Message deleted. For ten seconds this can be undone."));
    this.#wait();
  }

  /** @param {Id} room @param {Seq} seq */
  undo(room, seq) {
    this.#forget(room, seq);
    this.#announce(say("The message is back."));
  }

  /** What an earlier page of this browser could not tell the server. */
  inherit() {
    for (const [name, until] of storage.keptDeletions(this.#user)) {
      const [room, seq] = name.split("/");
      this.#kept.add(name);
      this.#add(room, Number(seq), until);
    }
    this.#wait();
    this.#pump();
  }

  /** @param {boolean} [leaving] whether the page goes away meanwhile */
  async decideAll(leaving = false) {
    for (const { room, seq, decided } of this.store.now.deleting) if (!decided) storage.keepDeletion(this.#user, nameOf(room, seq), 0);
    this.#change((deletions) => decidedBy(deletions, Infinity));
    await Promise.all(this.store.now.deleting.map((deletion) => this.#send(deletion, leaving)));
  }

  /** They wait for the person to come back. */
  signedOut() {
    clearTimeout(this.#timer);
    clearTimeout(this.#retry);
    this.#kept.clear();
  }

  /** @param {Id} room @param {Seq} seq @param {number} until */
  #add(room, seq, until) {
    const now = Date.now();
    this.#change((deletions) => withDeletion(deletions, { room, seq, until, decided: false }, now));
  }

  /** For the next one that can no longer be undone. */
  #wait() {
    clearTimeout(this.#timer);
    const next = nextDecision(this.store.now.deleting);
    if (next === null) return;
    this.#timer = setTimeout(() => {
      this.#change((deletions) => decidedBy(deletions, Date.now()));
      this.#pump();
      this.#wait();
    }, Math.max(0, next - Date.now()));
  }

  /** Tells the server of all that is decided. */
  #pump() {
    clearTimeout(this.#retry);
    if (!this.client.link.socket.online) return;
    for (const deletion of this.store.now.deleting) if (deletion.decided) this.#send(deletion, false);
  }

  /** @param {Deletion} deletion @param {boolean} leaving */
  async #send({ room, seq }, leaving) {
    const name = nameOf(room, seq);
    if (this.#kept.has(name) && storage.keptDeletion(this.#user, name) === null) return this.#forget(room, seq);
    if (this.#sending.has(name)) return undefined;
    this.#sending.add(name);
    const error = await api.deleteMessage(room, seq, leaving).then(() => null, (/** @type {unknown} */ problem) => (problem instanceof ChatError ? problem : ChatError.unreachable()));
    this.#sending.delete(name);
    if (error && (error.retryAfter !== null || PASSING.has(error.code))) return this.#tryAgain(error);
    this.#forget(room, seq);
    if (error && error.code !== "not_found") this.client.navigation.notify(`The message is still there. ${error.message}`);
    return undefined;
  }

  /** @param {ChatError} error that passes */
  #tryAgain({ retryAfter }) {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#pump(), (retryAfter ?? RETRY_AFTER_SECONDS) * 1000);
  }

  /** @param {Id} room @param {Seq} seq */
  #forget(room, seq) {
    this.#kept.delete(nameOf(room, seq));
    storage.dropDeletion(this.#user, nameOf(room, seq));
    this.#change((deletions) => withoutDeletion(deletions, room, seq));
  }

  /** @param {string} words */
  #announce(words) {
    this.store.update((state) => ({ ...state, announcement: announced(state.announcement, words) }));
  }

  /** @param {(deletions: Deletion[]) => Deletion[]} change */
  #change(change) {
    this.store.update((state) => ({ ...state, deleting: change(state.deleting) }));
  }

  get #user() {
    return this.store.now.me?.id ?? "";
  }
}

/** @param {Id} room @param {Seq} seq */
const nameOf = (room, seq) => `${room}/${seq}`;
