// Where one is on the page: the address, dialogs, and the sentence at the foot of the window.

/** @import { DialogName, Notice, Route } from "../types.d.ts" */
/** @import { Store } from "../store.js" */

import { firstUnreadAfter, isUnread, neighbour, roomSections } from "../state/rooms.js";
import { standsInRoom } from "../state/message-changes.js";
import { openRoom, openThread, readRoute, replyRoute, roomAddress, writeRoute } from "../state/routes.js";

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

  /** The room before or after in the order of the sidebar. @param {1 | -1} step */
  openNeighbour(step) {
    this.#openBeside(step, () => true);
  }

  /** The next room with something unread, going round. @param {1 | -1} step */
  openUnread(step) {
    this.#openBeside(step, isUnread) || this.notify("There is nothing unread in another room.");
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
    if (route.page !== "room" || (route.seq === null && route.reply === undefined)) return;
    const { reply: _reply, ...rest } = route;
    this.go({ ...rest, seq: null }, true);
  }

  togglePeople() {
    const { route } = this.store.now;
    if (route.page !== "room") return;
    if (route.panel === "people") this.back();
    else this.go({ page: "room", room: route.room, seq: null, panel: "people" });
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

  /** To a message where it stands: in its room, or in its thread. @param {import("../types.d.ts").Message} message */
  openMessage(message) {
    if (standsInRoom(message)) this.openRoom(message.room, message.seq);
    else this.go(replyRoute(message.room, message.thread ?? 0, message.seq));
  }

  /** A list of one's own, beside the room that is open, or else beside the first one. @param {"threads" | "bookmarks"} panel */
  openList(panel) {
    const { route, rooms } = this.store.now;
    const room = openRoom(route) ?? roomSections(rooms)[0]?.rooms[0]?.id;
    if (room) this.go({ page: "room", room, seq: null, panel });
  }

  /** @param {"people" | "pins" | "threads" | "bookmarks"} panel opened, or closed where it is open */
  togglePanel(panel) {
    const { route } = this.store.now;
    if (route.page !== "room") return;
    if (route.panel === panel) this.back();
    else this.go({ page: "room", room: route.room, seq: null, panel });
  }

  /** @param {string} room @param {number} seq @param {number} [thread] that it is a reply in @returns {string} the whole address, to be passed on */
  linkTo(room, seq, thread) {
    const address = thread === undefined ? roomAddress(room, seq) : writeRoute(replyRoute(room, thread, seq));
    return new URL(address, document.baseURI).href;
  }

  /** @param {1 | -1} step @param {(room: import("../types.d.ts").MyRoom) => boolean} counts @returns {boolean} whether there is one */
  #openBeside(step, counts) {
    const { rooms, route } = this.store.now;
    const here = openRoom(route);
    const candidates = roomSections(rooms).flatMap((section) => section.rooms).filter((room) => room.id === here || counts(room));
    const next = neighbour(candidates, here, step);
    if (next && next.id !== here) this.openRoom(next.id);
    return next !== null && next.id !== here;
  }

  /** @param {Route} route */
  #arrived(route) {
    const address = writeRoute(route);
    if (this.#trail.at(-2) === address) this.#trail.pop();
    else if (this.#trail.at(-1) !== address) this.#trail.push(address);
    this.store.update((state) => {
      if (writeRoute(state.route) === address) return state.roomsOver ? { ...state, roomsOver: false } : state;
      const attentiveInThread = state.attentiveInThread && openRoom(state.route) === openRoom(route) && openThread(state.route) === openThread(route);
      if (openRoom(state.route) === openRoom(route)) return { ...state, route, attentiveInThread, roomsOver: false };
      const newAfter = firstUnreadAfter(state.rooms[openRoom(route) ?? ""]);
      return { ...state, route, newAfter, editing: null, visiting: null, attentive: false, attentiveInThread, keptUnread: null, dialog: null, roomsOver: false };
    });
  }
}
