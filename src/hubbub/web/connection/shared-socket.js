// One conversation for all tabs of a browser: the tab that holds the lock has the socket, the others speak and hear through it.

/** @import { Frame } from "../types.d.ts" */
/** @import { Clock, Listener } from "./socket.js" */
/** @import { Watch } from "./watches.js" */

import { ChatError } from "./chat-error.js";
import { Socket } from "./socket.js";
import { Watches } from "./watches.js";

/**
 * @typedef {object} Neighbours what connects the tabs
 * @property {string} tab a name that no other tab has
 * @property {(say: Said) => void} post to all other tabs
 * @property {(hear: (say: Said) => void) => void} listen
 * @property {(lead: () => void) => void} claim calls back once no other tab leads, and from then on none other will while this one lives
 * @property {(tab: string, act: () => void) => void} outlive calls back when another tab is gone
 */
/** @typedef {{ kind: string, to?: string, from?: string, [field: string]: any }} Said */

export class SharedSocket {
  /** The socket, in the tab that leads. @type {Socket | null} */ #socket = null;
  /** @type {Map<number, { resolve: (frame: Frame) => void, reject: (error: ChatError) => void }>} */ #waiting = new Map();
  #lastId = 0;
  #claimed = false;
  #stopped = true;
  #reached = false;
  /** Whether somebody listens to what this tab, which leads, has heard. */
  #accompanied = false;
  /** What is on the screen of this tab. @type {Watch | null} */ #watch = null;

  /**
   * @param {() => WebSocket} open @param {Listener & { welcome: () => Frame | null }} listener `welcome`: what a tab that comes later is told, from what is known here
   * @param {Clock} clock @param {Neighbours} neighbours
   */
  constructor(open, listener, clock, neighbours) {
    this.open = open;
    this.listener = listener;
    this.clock = clock;
    this.neighbours = neighbours;
    this.watches = new Watches((watch) => this.#tellWatch(watch), clock);
    neighbours.listen((say) => this.#heard(say));
  }

  get online() {
    return this.#socket ? this.#socket.online : this.#reached;
  }

  /** Whether this tab has the socket. */
  get leads() {
    return this.#socket !== null;
  }

  start() {
    this.#stopped = false;
    if (this.#socket) return this.#socket.start();
    if (!this.#claimed) this.neighbours.claim(() => this.#lead());
    this.#claimed = true;
    this.#say({ kind: "join" });
  }

  /** Connects anew, as whoever is signed in now. */
  restart() {
    this.stop();
    if (!this.#socket) this.#say({ kind: "restart" });
    this.start();
  }

  /** This tab wants to hear no more, until `start`. */
  stop() {
    this.#stopped = true;
    this.#socket?.stop();
    this.#letGo();
  }

  /** @param {boolean} [gone] */
  checkNow(gone = false) {
    if (this.#socket) this.#socket.checkNow(gone);
    else this.#say({ kind: "check", gone });
  }

  /** @param {Frame} command one that needs no answer */
  tell(command) {
    if (this.#socket) this.#tellFor(command, undefined);
    else if (this.#reached) this.#say({ kind: "tell", command });
  }

  /** @param {Frame} command @returns {Promise<Frame>} its `ok` */
  ask(command) {
    if (this.#socket) return this.#socket.ask(command);
    if (!this.#reached) return Promise.reject(ChatError.unreachable());
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#say({ kind: "ask", id, command });
    });
  }

  /** What is on the screen of this tab from now on; said again by itself whenever it has to be. @param {Watch} watch */
  watch(watch) {
    this.#watch = watch;
    if (this.#socket) this.watches.set(this.neighbours.tab, watch);
    else if (this.#reached) this.#say({ kind: "watch", watch });
  }

  // Leading

  #lead() {
    const followed = this.#reached;
    this.#letGo();
    this.#socket = new Socket(this.open, {
      hello: () => this.listener.hello(),
      heard: (frame) => {
        if (frame.type === "welcome") this.watches.anew();
        this.#pass({ kind: "frame", frame }, () => this.listener.heard(frame));
      },
      interrupted: () => this.#pass({ kind: "interrupted" }, () => this.listener.interrupted()),
      ended: (code) => this.#pass({ kind: "ended", code }, () => this.listener.ended(code)),
    }, this.clock);
    if (this.#watch) this.watches.set(this.neighbours.tab, this.#watch);
    this.#say({ kind: "leads" });
    if (followed) this.listener.interrupted();
    if (!this.#stopped) this.#socket.start();
  }

  /** @param {Said} say @param {() => void} act */
  #pass(say, act) {
    if (this.#accompanied) this.#say(say);
    act();
  }

  /** What another tab asks of the one that leads. @type {Record<string, (socket: Socket, say: Said) => void>} */
  #requests = {
    join: (socket, { from }) => {
      this.#accompanied = true;
      const frame = socket.online ? this.listener.welcome() : null;
      if (frame) this.#say({ kind: "frame", frame, to: from });
      else socket.start();
    },
    restart: (socket) => {
      socket.stop();
      socket.start();
    },
    check: (socket, { gone }) => socket.checkNow(gone),
    tell: (_, { command, from }) => this.#tellFor(command, from),
    watch: (_, { watch, from = "" }) => {
      if (!this.watches.has(from)) this.neighbours.outlive(from, () => this.watches.drop(from));
      this.watches.set(from, watch);
    },
    ask: (socket, { command, id, from }) => {
      socket.ask(command).then(
        (frame) => this.#say({ kind: "answer", to: from, id, frame }),
        ({ code, message, retryAfter }) => this.#say({ kind: "answer", to: from, id, error: { code, message, retryAfter } }),
      );
    },
  };

  /** The server tells other devices what was read; other tabs are told here. @param {Frame} command @param {string | undefined} from */
  #tellFor(command, from) {
    if (!this.#socket?.online) return;
    this.#socket.tell(command);
    if (command.type !== "read") return;
    if (this.#accompanied) this.#say({ kind: "frame", frame: command });
    if (from) this.listener.heard(command);
  }

  /** The tabs are told too, so that none shows what it is told nothing more of. @param {Watch} watch */
  #tellWatch(watch) {
    if (!this.#socket?.online) return false;
    this.#socket.tell({ type: "watch", ...watch });
    const frame = { type: "watched", rooms: watch.rooms };
    this.#pass({ kind: "frame", frame }, () => this.listener.heard(frame));
    return true;
  }

  // Following

  /** What the tab that leads says. @type {Record<string, (say: Said) => void>} */
  #news = {
    leads: () => {
      this.#interrupt();
      if (!this.#stopped) this.#say({ kind: "join" });
    },
    frame: ({ frame }) => {
      if (frame.type === "welcome") this.#reached = true;
      if (frame.type === "welcome" && this.#watch) this.#say({ kind: "watch", watch: this.#watch });
      if (this.#reached) this.listener.heard(frame);
    },
    interrupted: () => this.#interrupt(),
    ended: ({ code }) => {
      this.#letGo();
      this.listener.ended(code);
    },
    answer: ({ id, frame, error }) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) waiting?.reject(new ChatError(error.code, error.message, { retryAfter: error.retryAfter }));
      else waiting?.resolve(frame);
    },
  };

  #interrupt() {
    this.#letGo();
    if (!this.#stopped) this.listener.interrupted();
  }

  #letGo() {
    this.#reached = false;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(ChatError.unreachable());
  }

  // Between the tabs

  /** @param {Said} say */
  #say(say) {
    this.neighbours.post({ ...say, from: this.neighbours.tab });
  }

  /** @param {Said} say */
  #heard(say) {
    if (say.to !== undefined && say.to !== this.neighbours.tab) return;
    if (this.#socket) this.#requests[say.kind]?.(this.#socket, say);
    else if (say.kind === "ended" || !this.#stopped || say.kind === "leads") this.#news[say.kind]?.(say);
  }
}
