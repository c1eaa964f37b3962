// What the tabs of a browser have on their screens, joined into one `watch` for the server.

/** @import { Clock } from "./socket.js" */

/** @typedef {{ rooms: string[], away: boolean }} Watch the rooms on the screen, and whether nobody looks at it */

/** Whoever goes through ten rooms in a second has watched the last one. */
const SETTLES_MS = 120;
/** As much as fits on the screens of many tabs, and less than the server takes. */
const MOST_ROOMS = 500;

export class Watches {
  /** @type {Map<string, Watch>} */ #tabs = new Map();
  #told = "";
  /** @type {any} */ #timer;

  /** @param {(watch: Watch) => boolean} tell whether it could be told @param {Clock} clock */
  constructor(tell, clock) {
    this.tell = tell;
    this.clock = clock;
  }

  /** @param {string} tab */
  has(tab) {
    return this.#tabs.has(tab);
  }

  /** @param {string} tab @param {Watch} watch */
  set(tab, watch) {
    this.#tabs.set(tab, watch);
    this.#soon();
  }

  /** @param {string} tab that is gone */
  drop(tab) {
    this.#tabs.delete(tab);
    this.#soon();
  }

  /** The server knows nothing of it any more. */
  anew() {
    this.#told = "";
    this.#soon();
  }

  #soon() {
    this.#timer ??= this.clock.setTimeout(() => {
      this.#timer = undefined;
      const watch = joined([...this.#tabs.values()]);
      const words = JSON.stringify(watch);
      if (this.#tabs.size && words !== this.#told && this.tell(watch)) this.#told = words;
    }, SETTLES_MS);
  }
}

/** The person is away only where they are so in every tab. @param {Watch[]} watches @returns {Watch} */
function joined(watches) {
  const rooms = [...new Set(watches.flatMap((watch) => watch.rooms))].slice(0, MOST_ROOMS).sort();
  return { rooms, away: watches.every((watch) => watch.away) };
}
