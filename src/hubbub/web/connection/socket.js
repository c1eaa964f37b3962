// The WebSocket conversation `hubbub.v1`: hello, answers to commands, pings, and coming back by itself.

/** @import { Frame } from "../types.d.ts" */

import { reconnectDelay } from "./backoff.js";
import { ChatError } from "./chat-error.js";

const PING_EVERY_MS = 20_000;
const ANSWER_WITHIN_MS = 10_000;
/** Where something tells that the network has changed, and where it tells that it is gone. */
const ANSWER_SOON_MS = 4_000;
const ANSWER_AT_ONCE_MS = 1_000;
const WELCOME_WITHIN_MS = 15_000;
const STABLE_AFTER_MS = 10_000;
const FINAL_CODES = new Set([4400, 4401, 4403, 4410]);

/** @typedef {{ now: () => number, setTimeout: (act: () => void, ms: number) => any, clearTimeout: (timer: any) => void, random: () => number }} Clock */

/**
 * @typedef {object} Listener
 * @property {() => Record<string, unknown>} hello the fields of `hello` as they are now
 * @property {(frame: Frame) => void} heard every frame but answers to commands
 * @property {() => void} interrupted the connection is gone; it comes back by itself
 * @property {(code: number) => void} ended the server does not want this connection again
 */

export class Socket {
  /** @type {WebSocket | null} */ #socket = null;
  /** @type {Map<number, { resolve: (frame: Frame) => void, reject: (error: ChatError) => void }>} */ #waiting = new Map();
  /** @type {Record<string, any>} */ #timers = {};
  /** @type {number | null} */ #retryAfter = null;
  #lastId = 0;
  #attempts = 0;
  #welcomedAt = 0;
  #online = false;

  /** @param {() => WebSocket} open @param {Listener} listener @param {Clock} clock */
  constructor(open, listener, clock) {
    this.open = open;
    this.listener = listener;
    this.clock = clock;
  }

  get online() {
    return this.#online;
  }

  // Life

  start() {
    this.#cancel("retry");
    if (this.#socket) return;
    const socket = this.open();
    this.#socket = socket;
    this.#after("welcome", WELCOME_WITHIN_MS, () => this.#lost(socket, 0));
    socket.onopen = () => this.#write({ type: "hello", id: this.#nextId(), ...this.listener.hello() });
    socket.onmessage = ({ data }) => this.#socket === socket && this.#read(JSON.parse(data));
    socket.onclose = ({ code }) => this.#lost(socket, code);
  }

  /** Ends the conversation for good, until `start`. */
  stop() {
    const socket = this.#socket;
    this.#forget();
    this.#cancel("retry");
    socket?.close(1000);
  }

  /** Something tells that the network may be back or gone: find out now instead of later. @param {boolean} [gone] */
  checkNow(gone = false) {
    if (this.#online) this.#ping(gone ? ANSWER_AT_ONCE_MS : ANSWER_SOON_MS);
    else if (this.#timers.retry !== undefined) this.start();
  }

  // Speaking

  /** @param {Frame} command one that needs no answer; dropped while there is no connection */
  tell(command) {
    if (this.#online) this.#write(command);
  }

  /** @param {Frame} command @returns {Promise<Frame>} its `ok`; a ChatError when refused or when the connection went meanwhile */
  ask(command) {
    if (!this.#online) return Promise.reject(ChatError.unreachable());
    const id = this.#nextId();
    const { promise, ...settle } = withResolvers();
    this.#waiting.set(id, settle);
    this.#write({ ...command, id });
    return promise;
  }

  // Private

  /** @param {Frame} frame */
  #read(frame) {
    if (frame.type === "ok" || (frame.type === "error" && this.#waiting.has(frame.id))) return this.#answered(frame);
    if (frame.type === "error") return this.#online || this.#socket?.close(4000);
    if (frame.type === "bye") this.#retryAfter = frame.retry_after ?? null;
    if (frame.type === "welcome") this.#welcomed();
    this.listener.heard(frame);
  }

  /** @param {Frame} frame */
  #answered(frame) {
    const waiting = this.#waiting.get(frame.id);
    this.#waiting.delete(frame.id);
    if (frame.type === "ok") waiting?.resolve(frame);
    else waiting?.reject(ChatError.ofFrame(frame));
  }

  #welcomed() {
    this.#cancel("welcome");
    this.#online = true;
    this.#retryAfter = null;
    this.#welcomedAt = this.clock.now();
    this.#after("ping", PING_EVERY_MS, () => this.#ping());
  }

  #ping(within = ANSWER_WITHIN_MS) {
    const socket = this.#socket;
    if (!socket || (this.#timers.answer !== undefined && within === ANSWER_WITHIN_MS)) return;
    this.#after("answer", within, () => this.#lost(socket, 0));
    const answered = () => {
      if (this.#socket !== socket) return;
      this.#cancel("answer");
      this.#after("ping", PING_EVERY_MS, () => this.#ping());
    };
    this.ask({ type: "ping" }).then(answered, answered);
  }

  /** @param {WebSocket} socket @param {number} code */
  #lost(socket, code) {
    if (this.#socket !== socket) return;
    const lasted = this.#online && this.clock.now() - this.#welcomedAt >= STABLE_AFTER_MS;
    this.#attempts = lasted ? 0 : this.#attempts;
    this.#forget();
    socket.close();
    if (FINAL_CODES.has(code)) return this.listener.ended(code);
    const delay = reconnectDelay(this.#attempts, this.#retryAfter, this.clock.random());
    this.#attempts += 1;
    this.#after("retry", delay, () => this.start());
    this.listener.interrupted();
  }

  #forget() {
    for (const name of ["welcome", "ping", "answer"]) this.#cancel(name);
    this.#socket = null;
    this.#online = false;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(ChatError.unreachable());
  }

  /** @param {Frame} frame */
  #write(frame) {
    this.#socket?.send(JSON.stringify(frame));
  }

  #nextId() {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** @param {string} name @param {number} delay @param {() => void} act */
  #after(name, delay, act) {
    this.#cancel(name);
    this.#timers[name] = this.clock.setTimeout(() => {
      delete this.#timers[name];
      act();
    }, delay);
  }

  /** @param {string} name */
  #cancel(name) {
    if (this.#timers[name] !== undefined) this.clock.clearTimeout(this.#timers[name]);
    delete this.#timers[name];
  }
}

/** @returns {{ promise: Promise<Frame>, resolve: (frame: Frame) => void, reject: (error: ChatError) => void }} */
function withResolvers() {
  /** @type {any} */
  const settle = {};
  settle.promise = new Promise((resolve, reject) => Object.assign(settle, { resolve, reject }));
  return settle;
}
