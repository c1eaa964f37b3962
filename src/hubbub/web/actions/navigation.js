// Where one is on the page: the address, dialogs, and the sentence at the foot of the window.

/** @import { DialogName, Notice, Route } from "../types.d.ts" */
/** @import { Store } from "../store.js" */

import { firstUnreadAfter } from "../state/rooms.js";
import { openRoom, readRoute, roomAddress, writeRoute } from "../state/routes.js";

const NOTICE_MS = 10_000;

export class Navigation {
  #notices = 0;
  /** The addresses behind the browser's Back, as far as this page knows. */
  #trail = [writeRoute(readRoute(location.hash))];

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
  }

  start() {
    addEventListener("hashchange", () => this.#arrived(readRoute(location.hash)));
  }

  /** @param {Route} route @param {boolean} [instead] whether Back should not lead to where one is now */
  go(route, instead = false) {
    if (instead) history.replaceState(null, "", writeRoute(route));
    else location.hash = writeRoute(route);
    if (instead) this.#trail.pop();
    this.#arrived(route);
  }

  /** @param {string} room @param {number | null} [seq] */
  openRoom(room, seq = null) {
    this.go({ page: "room", room, seq, panel: null });
  }

  /** Back to the list of rooms, or from the panel to the conversation: by the browser's own Back where that leads there. */
  back() {
    const { route } = this.store.now;
    /** @type {Route} */
    const target = route.page === "room" && route.panel ? { ...route, panel: null } : { page: "rooms" };
    if (this.#trail.at(-2) === writeRoute(target)) history.back();
    else this.go(target, true);
  }

  /** The address names the room again, no longer one message in it. */
  forgetMessage() {
    const { route } = this.store.now;
    if (route.page === "room" && route.seq !== null) this.go({ ...route, seq: null }, true);
  }

  togglePeople() {
    const { route } = this.store.now;
    if (route.page !== "room") return;
    if (route.panel) this.back();
    else this.go({ ...route, seq: null, panel: "people" });
  }

  /** The rooms come over the conversation, or go. @param {boolean} over */
  showRooms(over) {
    if (this.store.now.roomsOver !== over) this.store.set({ roomsOver: over });
  }

  /** @param {DialogName} dialog */
  openDialog(dialog) {
    this.store.set({ dialog });
  }

  closeDialog() {
    this.store.set({ dialog: null });
  }

  /** @param {string} text @param {string} [label] what can be done about it @param {() => void} [act] */
  notify(text, label, act) {
    this.#notices += 1;
    const id = this.#notices;
    this.store.set({ notice: { id, text, label, act } });
    setTimeout(() => this.dismiss(id), NOTICE_MS);
  }

  /** @param {number} id */
  dismiss(id) {
    if (this.store.now.notice?.id === id) this.store.set({ notice: null });
  }

  /** @param {string} room @param {number} seq @returns {string} the whole address, to be passed on */
  linkTo(room, seq) {
    return new URL(roomAddress(room, seq), document.baseURI).href;
  }

  /** @param {Route} route */
  #arrived(route) {
    const address = writeRoute(route);
    if (this.#trail.at(-2) === address) this.#trail.pop();
    else if (this.#trail.at(-1) !== address) this.#trail.push(address);
    this.store.update((state) => {
      if (writeRoute(state.route) === address) return state.roomsOver ? { ...state, roomsOver: false } : state;
      if (openRoom(state.route) === openRoom(route)) return { ...state, route, roomsOver: false };
      const newAfter = firstUnreadAfter(state.rooms[openRoom(route) ?? ""]);
      return { ...state, route, newAfter, editing: null, visiting: null, attentive: false, dialog: null, roomsOver: false };
    });
  }
}
