// Keeps in the browser what was read, and shows it again when the page is opened where there is no network.

/** @import { State } from "../types.d.ts" */
/** @import { Client } from "../client.js" */

import { clientVersion, keepShell } from "../connection/shell.js";
import * as storage from "../connection/storage.js";
import { isNews, restored, snapshotOf } from "../state/snapshot.js";
import { effect } from "../view.js";

const KEEP_EVERY_MS = 5_000;
const NO_NETWORK_AFTER_MS = 4_000;

export class Keeping {
  /** @type {State | null} */ #kept = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
  }

  start() {
    effect(() => this.#keepSoon(this.store.whole.value));
    document.addEventListener("visibilitychange", () => document.hidden && this.#keep());
    if (document.readyState === "complete") keepShell();
    else addEventListener("load", () => keepShell());
    setTimeout(() => this.restore(), NO_NETWORK_AFTER_MS);
  }

  /** While the server has not answered: what this browser has kept. */
  async restore() {
    if (this.store.now.phase !== "starting") return;
    const snapshot = await storage.keptSnapshot(clientVersion());
    const { phase, route } = this.store.now;
    if (!snapshot || phase !== "starting" || route.page === "setup" || route.page === "reset" || route.page === "invite") return;
    this.store.update((state) => restored(state, snapshot));
    this.client.account.restored();
  }

  /** @param {State} state */
  #keepSoon(state) {
    if (this.#timer === undefined && isNews(state, this.#kept)) {
      this.#timer = setTimeout(() => this.#keep(), KEEP_EVERY_MS);
    }
  }

  #keep() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { now } = this.store;
    if (!isNews(now, this.#kept) || !now.me) return;
    this.#kept = now;
    storage.keepSnapshot(clientVersion(), snapshotOf(now));
  }
}
