// What waits for one: everything unread, and the messages that name one. And rooms in folders of one's own.

/** @import { FollowedThread, Message, MyRoom } from "../types.d.ts" */
/** @import { Client } from "../client.js" */

import * as api from "../connection/api.js";
import { allRead } from "../state/rooms.js";
import { names } from "../state/message-changes.js";
import { markedUnread } from "../state/unread.js";
import { withRoom } from "../state/apply.js";

const MESSAGES_SHOWN = 5;
const LOOKED_THROUGH = 100;

export class Inbox {
  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
  }

  /** The first unread messages of a room; where there are none, what names one in its threads. @param {MyRoom} room @returns {Promise<Message[]>} */
  async unreadOf(room) {
    if (room.unread === 0) return this.#namedInThreads(room);
    const { items } = await api.getMessages(room.id, { after: room.read_seq, limit: MESSAGES_SHOWN, thread: 0 });
    return items;
  }

  /** @param {MyRoom} room @returns {Promise<Message[]>} */
  async #namedInThreads(room) {
    const { items } = await api.getMessages(room.id, { after: room.read_seq, limit: LOOKED_THROUGH });
    return items.filter((message) => names(message, this.store.now.me?.id ?? "")).slice(0, MESSAGES_SHOWN);
  }

  /** The first unread replies in a thread. @param {FollowedThread} thread @returns {Promise<Message[]>} */
  async unreadReplies({ room, thread, read_seq: after }) {
    const { items } = await api.getMessages(room, { after, limit: MESSAGES_SHOWN, thread });
    return items;
  }

  /** @param {FollowedThread} thread */
  markThreadRead({ room, thread, last_seq: last }) {
    return this.client.threads.read(room, thread, last);
  }

  /** @param {MyRoom} room */
  async markRead(room) {
    await api.markRead(room.id, room.last_seq);
    this.store.update((state) => withRoom(state, room.id, (known) => allRead(known, room.last_seq)));
  }

  /** @param {MyRoom[]} rooms @param {FollowedThread[]} threads */
  async markAllRead(rooms, threads) {
    await Promise.all([...rooms.map((room) => this.markRead(room)), ...threads.map((thread) => this.markThreadRead(thread))]);
  }

  /** Everything in the room from this message on. @param {string} room @param {number} seq */
  async markUnread(room, seq) {
    const mark = await api.markUnread(room, seq);
    this.store.update((state) => markedUnread(state, mark));
  }

  /** @param {string | null} before @returns {Promise<{ items: Message[], next: string | null }>} */
  mentions(before) {
    return api.getMentions(before);
  }

  /** @param {string} room @param {string} name */
  async putIntoFolder(room, name) {
    const { folder } = await api.putIntoFolder(room, name);
    this.store.update((state) => withRoom(state, room, (known) => ({ ...known, folder })));
  }
}
