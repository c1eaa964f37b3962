// What one does with a message that stands: react to it, pin it, keep it, pass it on, see what it said before.

/** @import { DialogName, Id, Message } from "../types.d.ts" */
/** @import { Client } from "../client.js" */

import * as api from "../connection/api.js";
import * as storage from "../connection/storage.js";
import { withRecent } from "../state/emoji.js";
import { forwarded } from "../state/forwarding.js";
import { hasReacted } from "../state/message-changes.js";
import { fullTime } from "../state/times.js";

export class Marking {
  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
  }

  /** A dialog about one message. @param {DialogName} dialog @param {Message} message */
  openDialog(dialog, message) {
    this.store.set({ dialog, subject: message });
  }

  /** Puts an emoji on a message, or takes it off where one has put it. @param {Message} message @param {string} emoji */
  async react(message, emoji) {
    const user = this.store.now.me?.id ?? "";
    const has = hasReacted(message, user, emoji);
    if (!has) storage.keepEmoji(user, withRecent(storage.keptEmoji(user), emoji));
    await this.#try(() => (has ? api.removeReaction(message.room, message.seq, emoji) : api.addReaction(message.room, message.seq, emoji)));
  }

  /** The emoji that one has chosen lately. @returns {string[]} */
  recentEmoji() {
    return storage.keptEmoji(this.store.now.me?.id ?? "");
  }

  allEmoji = () => api.getEmoji();

  /** @param {Message} message */
  async pin(message) {
    await this.#try(() => (message.pinned ? api.unpin(message.room, message.seq) : api.pin(message.room, message.seq)));
  }

  /** Takes the preview of a link away for all. @param {Message} message @param {number} n */
  async dismissPreview(message, n) {
    await this.#try(() => api.dismissPreview(message.room, message.seq, n));
  }

  /** @param {Id} room */
  pins = (room) => api.getPins(room);

  /** @param {Message} message */
  async keep(message) {
    const kept = await this.#try(() => api.addBookmark(message.room, message.seq));
    if (kept) this.client.navigation.notify("Kept in your bookmarks.", "Undo", () => this.letGo(message));
  }

  /** @param {Message} message */
  async letGo(message) {
    return this.#try(() => api.removeBookmark(message.room, message.seq));
  }

  /** @param {Message} message */
  versions = (message) => api.getVersions(message.room, message.seq);

  /** Passes the words on to another room, and goes there. @param {Message} message @param {Id} room @param {string} comment */
  async forward(message, room, comment) {
    const from = this.store.now.rooms[message.room];
    const source = { room: from?.kind === "public" ? from.name : null, link: this.client.navigation.linkTo(message.room, message.seq), when: fullTime(message.at) };
    this.client.outgoing.post(room, forwarded(message, { ...source, comment, limit: this.store.now.limits.text }));
    this.client.navigation.closeDialog();
    this.client.navigation.openRoom(room);
  }

  /** @param {() => Promise<unknown>} act @returns {Promise<boolean>} whether it was done */
  async #try(act) {
    try {
      await act();
      return true;
    } catch (error) {
      this.client.navigation.notify(/** @type {Error} */ (error).message);
      return false;
    }
  }
}
