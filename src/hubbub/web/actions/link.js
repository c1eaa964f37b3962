// The conversation with the server: what it says goes into the state, what it asks for is done.

/** @import { Frame } from "../types.d.ts" */
/** @import { Client } from "../client.js" */

import * as api from "../connection/api.js";
import { Looking } from "../connection/looking.js";
import { alone, neighbours } from "../connection/neighbours.js";
import { SharedSocket } from "../connection/shared-socket.js";
import { applyFrame, withRoom } from "../state/apply.js";
import { isHole, roomsAhead, welcomeFrom } from "../state/neighbours.js";
import { looksAt } from "../state/notifications.js";
import { openRoom } from "../state/routes.js";
import { say } from "../state/words.js";
import { batch } from "../view.js";
import { Pace } from "./pace.js";

const CLIENT = "hubbub-web/1";
const NOT_FROM_HERE = "The server does not let this page connect. Open the chat at its own address, or ask its owner.";
const TOO_OLD = "This page is not of the server's version any more. Load it again to go on.";

/** The browser's own clock and chance. */
const CLOCK = {
  now: () => Date.now(),
  setTimeout: (/** @type {() => void} */ act, /** @type {number} */ delay) => setTimeout(act, delay),
  clearTimeout: (/** @type {any} */ timer) => clearTimeout(timer),
  random: () => Math.random(),
};

export class Link {
  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
    /** The rooms that are being read again from before a hole. @type {Set<string>} */
    this.filling = new Set();
    this.frames = new Pace((/** @type {Frame[]} */ frames) => batch(() => frames.forEach((frame) => this.#heard(frame))));
    const others = neighbours() ?? alone();
    /** Whether somebody looks at a message, in whichever tab. */
    this.looking = new Looking(others, (message) => looksAt(this.store.now, message));
    this.socket = new SharedSocket(openSocket, {
      hello: () => this.#hello(),
      welcome: () => this.#welcome(),
      heard: (frame) => this.frames.add(frame),
      interrupted: () => this.#interrupted(),
      ended: (code) => this.#ended(code),
    }, CLOCK, others);
    addEventListener("online", () => this.socket.checkNow());
    addEventListener("offline", () => this.socket.checkNow(true));
    document.addEventListener("visibilitychange", () => document.hidden || this.socket.checkNow());
  }

  /** Connects, through another tab where there is one. */
  start() {
    this.store.set({ connection: { status: "connecting", since: Date.now(), sentence: "" } });
    this.socket.start();
  }

  /** Connects anew, as whoever is signed in now. */
  restart() {
    this.store.set({ connection: { status: "connecting", since: Date.now(), sentence: "" } });
    this.socket.restart();
  }

  /** What a tab that comes later is told. */
  #welcome() {
    this.frames.flush();
    return welcomeFrom(this.store.now);
  }

  #hello() {
    this.frames.flush();
    const { rooms, epoch } = this.store.now;
    const cursors = Object.fromEntries(Object.values(rooms).map((room) => [room.id, room.cursor]));
    return { cursors, client: CLIENT, ...(epoch === null ? {} : { epoch }) };
  }

  /** @param {Frame} frame */
  #heard(frame) {
    const { me, scheduled, rooms } = this.store.now;
    if (!this.socket.leads) this.#skipHoles(frame);
    else if (isHole(this.store.now.rooms, frame)) return this.#fillHole(frame.room);
    this.store.update((state) => applyFrame(state, frame, Date.now()));
    if (frame.type === "welcome") this.client.account.welcomed(me?.id !== frame.user.id);
    if (frame.type === "behind") this.#goOnFrom(frame.room, frame.last_seq);
    if (frame.type === "room.removed") this.#leftBehind(frame.room);
    if (frame.type === "typing") this.client.reading.fadeTyping();
    this.client.threads.heard(frame, rooms[frame.room]?.last_seq ?? 0);
    if (frame.type === "message.created") this.client.notifications.heard(frame);
    if (frame.type === "scheduled") this.client.scheduling.heard(frame, scheduled.failed);
    if (frame.type === "reminder") this.client.scheduling.reminded(frame);
  }

  /** Between two tabs that lead, one that follows may have missed something: its rooms begin again at their newest page. @param {Frame} frame */
  #skipHoles(frame) {
    const { rooms } = this.store.now;
    const behind = frame.type === "welcome" ? roomsAhead(rooms, frame.rooms) : isHole(rooms, frame) ? [{ id: frame.room, cursor: frame.seq - 1 }] : [];
    for (const { id, cursor } of behind) this.#heard({ type: "behind", room: id, last_seq: cursor });
  }

  /** What came too early comes again, after what is missing before it. @param {string} room */
  #fillHole(room) {
    if (this.filling.has(room)) return;
    this.filling.add(room);
    const asked = this.socket.ask({ type: "sync", room, after: this.store.now.rooms[room].cursor });
    asked.catch(() => this.socket.checkNow()).finally(() => this.filling.delete(room));
  }

  /** @param {string} room @param {number} seq */
  #goOnFrom(room, seq) {
    if (this.socket.leads) this.socket.ask({ type: "sync", room, after: seq }).catch(() => this.socket.checkNow());
    const counts = api.getRoom(room).then(({ unread, mentions, read_seq }) =>
      this.store.update((state) => withRoom(state, room, (known) => ({ ...known, unread, mentions, read_seq }))));
    counts.catch(() => this.socket.checkNow());
    this.client.threads.reloadSoon();
  }

  /** @param {string} room */
  #leftBehind(room) {
    if (openRoom(this.store.now.route) === room) this.client.navigation.notify("You are no longer in this room.");
  }

  #interrupted() {
    this.frames.flush();
    const { connection } = this.store.now;
    const since = connection.status === "online" ? Date.now() : connection.since;
    this.store.set({ connection: { status: "waiting", since, sentence: "" }, typing: {}, presence: {} });
    this.client.outgoing.interrupted();
    this.client.files.interrupted();
    this.client.reading.forgetWhatWasTold();
    this.client.keeping.restore();
  }

  /** @param {number} code */
  #ended(code) {
    this.frames.flush();
    this.client.outgoing.interrupted();
    if (code === 4401 || code === 4410) return this.client.account.signedOut();
    this.store.set({ connection: { status: "refused", since: Date.now(), sentence: say(code === 4403 ? NOT_FROM_HERE : TOO_OLD) } });
  }
}

/** Beside the page, whatever prefix that has. */
function openSocket() {
  const address = new URL("ws", document.baseURI);
  address.protocol = address.protocol.replace("http", "ws");
  address.hash = "";
  return new WebSocket(address, "hubbub.v1");
}
