// Tells the server what is on the screen and whether anybody looks, so that it tells who is there.

/** @import { Client } from "../client.js" */
/** @import { Watch } from "../connection/watches.js" */

import { IDLE_MS, isAway } from "../state/presence.js";
import { openRoom } from "../state/routes.js";
import { effect, signal } from "../view.js";

const TOUCHES = ["pointerdown", "pointermove", "keydown", "wheel", "touchmove"];

/** The page and the time, as this needs them. */
const PAGE = {
  now: () => Date.now(),
  isHidden: () => document.hidden,
  after: (/** @type {() => void} */ act, /** @type {number} */ delay) => setTimeout(act, delay),
  listen: (/** @type {() => void} */ touched, /** @type {() => void} */ shown) => {
    for (const type of TOUCHES) addEventListener(type, touched, { passive: true, capture: true });
    document.addEventListener("visibilitychange", shown);
  },
};

export class Presence {
  /** Rooms that stand in the list of rooms where it can be seen. */
  #listed = signal(/** @type {string[]} */ ([]));
  #touchedAt = 0;
  #isTimed = false;
  #said = "";

  /** @param {Client} client */
  constructor(client, page = PAGE) {
    this.client = client;
    this.store = client.store;
    this.page = page;
  }

  start() {
    this.page.listen(() => this.#touched(), () => this.#touched());
    this.#touched();
    effect(() => this.#say());
  }

  /** Which rooms of the list are on the screen; the list says so. @param {string[]} rooms */
  list(rooms) {
    this.#listed.value = rooms;
  }

  #touched() {
    this.#touchedAt = this.page.now();
    this.#look();
  }

  #look() {
    const now = this.page.now();
    const away = isAway({ hidden: this.page.isHidden(), touchedAt: this.#touchedAt }, now);
    if (away !== this.store.now.away) this.store.set({ away });
    if (away || this.#isTimed) return;
    this.#isTimed = true;
    this.page.after(() => {
      this.#isTimed = false;
      this.#look();
    }, this.#touchedAt + IDLE_MS - now);
  }

  #say() {
    const { phase, route, rooms, away } = this.client.see;
    const wanted = [openRoom(route.value) ?? "", ...this.#listed.value].filter((id) => id in rooms.value);
    /** @type {Watch} */
    const watch = { rooms: [...new Set(wanted)].sort(), away: away.value };
    const words = phase.value === "signed-in" ? JSON.stringify(watch) : "";
    if (words === this.#said) return;
    this.#said = words;
    if (words) this.client.link.socket.watch(watch);
  }
}
