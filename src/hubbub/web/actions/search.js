// Finding messages, a page at a time; what was found stays until something else is looked for.

/** @import { Client } from "../client.js" */

import * as api from "../connection/api.js";
import { pageFound, searchFailed, searching } from "../state/search.js";
import { effect } from "../view.js";

export class Search {
  /** Which of the found messages one went to, by its address, so that one comes back to it. */
  followed = "";

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
    effect(() => this.#followAddress());
  }

  /** Show the search, for these words. @param {string} [words] */
  open(words) {
    this.client.navigation.go({ page: "search", words: words ?? this.store.now.search.words });
  }

  /** What the address of the search says from now on. @param {string} words */
  lookFor(words) {
    this.client.navigation.go({ page: "search", words }, true);
  }

  async more() {
    const { words, next } = this.store.now.search;
    await this.#load(words, next);
  }

  tryAgain() {
    this.#begin(this.store.now.search.words);
  }

  #followAddress() {
    const { phase, route, search } = this.store.whole.value;
    if (phase === "signed-in" && route.page === "search" && route.words !== search.words) queueMicrotask(() => this.#begin(route.words));
  }

  /** @param {string} words */
  #begin(words) {
    this.followed = "";
    this.store.set({ search: searching(words) });
    if (words.trim()) this.#load(words, null);
  }

  /** @param {string} words @param {string | null} before */
  async #load(words, before) {
    try {
      const page = await api.search(words, before);
      await this.#learnRooms(page.items.map((message) => message.room));
      this.store.update((state) => ({ ...state, search: pageFound(state.search, words, page) }));
    } catch (error) {
      const sentence = /** @type {Error} */ (error).message;
      this.store.update((state) => ({ ...state, search: searchFailed(state.search, words, sentence) }));
    }
  }

  /** Messages of public rooms that one is not in are found too: what those are called. @param {string[]} ids */
  async #learnRooms(ids) {
    const unknown = [...new Set(ids)].filter((id) => !this.store.now.rooms[id] && !this.store.now.strangeRooms[id]);
    const found = await Promise.all(unknown.map((id) => api.getRoom(id).catch(() => null)));
    const learned = Object.fromEntries(found.flatMap((room) => (room ? [[room.id, room]] : [])));
    if (unknown.length) this.store.update((state) => ({ ...state, strangeRooms: { ...state.strangeRooms, ...learned } }));
  }
}
