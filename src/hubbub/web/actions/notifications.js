// Tells of a message when nobody looks: a notification of the system, a sound, the number on the app's icon.

/** @import { FollowedThread, Frame, MyRoom, NotificationLevel, NotificationSettings, RoomEvent } from "../types.d.ts" */
/** @import { Client } from "../client.js" */

import * as api from "../connection/api.js";
import * as push from "../connection/push.js";
import { hasRead, isQuiet, isWorthTelling, looksAt, minuteOfDay, nextAt, settingsFrom, unreadToShow, withLevel, wordsOf } from "../state/notifications.js";
import { openRoom, openThread } from "../state/routes.js";
import { placeOf } from "../state/threads.js";
import { say } from "../state/words.js";
import { effect } from "../view.js";

/** Whoever looks at the message, in another tab or on another device, has marked it as read by then. */
const LOOKS_FIRST_MS = 1_500;
const HOUR_MS = 3_600_000;
const MORNING = "08:00";

const chime = () => import("../connection/chime.js").then((module) => module.playChime(), () => null);

export class Notifications {
  /** The number on the app's icon. */
  #badge = 0;
  /** Whether the browser is told by the server, also while no page is open. */
  #pushed = false;

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
  }

  start() {
    effect(() => this.#showBadge());
    effect(() => this.#takeBack());
    push.hearWorker((words, answer) => this.#heardWorker(words, answer));
  }

  /** What the person has chosen, on whichever device. */
  async load() {
    const me = await api.getMe().catch(() => null);
    const { notifications, seen } = /** @type {any} */ (me?.preferences ?? {});
    if (me && me.id === this.store.now.me?.id) this.store.set({ notifications: settingsFrom(notifications), sharesReading: seen !== false });
    if (await push.subscription()) await this.#subscribe().catch(() => null);
  }

  /** @param {Partial<NotificationSettings>} changes */
  async change(changes) {
    const known = this.store.now.notifications;
    const zone = changes.quiet || !known.zone ? Intl.DateTimeFormat().resolvedOptions().timeZone : known.zone;
    const notifications = { ...known, zone, ...changes };
    this.store.set({ notifications });
    await api.changeMe({ preferences: { notifications } });
  }

  /** @param {MyRoom} room @param {NotificationLevel} level */
  setLevel(room, level) {
    return this.change(withLevel(this.store.now.notifications, room, level));
  }

  /** @param {boolean} wanted @returns {Promise<boolean>} whether the browser lets us */
  async allowDesktop(wanted) {
    const allowed = wanted && "Notification" in globalThis && (await Notification.requestPermission()) === "granted";
    await this.change({ desktop: allowed });
    return allowed || !wanted;
  }

  // While no page is open

  /** Whether this browser is told then: `none` where the chat or the browser cannot. @returns {Promise<"on" | "off" | "none">} */
  async pushState() {
    const { key } = push.canPush() ? await api.getPush() : { key: null };
    return key === null ? "none" : (await push.subscription()) ? "on" : "off";
  }

  /** @param {boolean} wanted @returns {Promise<boolean>} whether the browser lets us */
  async allowPush(wanted) {
    if (!wanted) return this.#unsubscribe();
    return (await Notification.requestPermission()) === "granted" && this.#subscribe();
  }

  /** Whoever has gone is told nothing any more, not even by what was on its way. */
  async signedOut() {
    this.#pushed = false;
    await (await push.subscription().catch(() => null))?.unsubscribe();
  }

  async #subscribe() {
    const { key } = await api.getPush();
    const subscription = key === null ? null : await push.subscribe(key);
    if (subscription) await api.subscribeToPush(subscription.toJSON());
    this.#pushed = subscription !== null;
    return this.#pushed;
  }

  async #unsubscribe() {
    const subscription = await push.subscription();
    this.#pushed = false;
    await api.unsubscribeFromPush(subscription?.endpoint ?? "");
    await subscription?.unsubscribe();
    return true;
  }

  /** The worker asks whether somebody looks at what it is to tell of, or says what they clicked. @param {any} words @param {(words: any) => void} answer */
  #heardWorker({ type, room, seq, thread }, answer) {
    if (type === "looking?") answer(looksAt(this.store.now, { room, thread }));
    if (type !== "open" || !this.store.now.rooms[room]) return;
    if (thread === undefined) this.client.navigation.openRoom(room, seq);
    else this.client.navigation.go({ page: "room", room, seq: null, panel: "thread", thread });
  }

  // By e-mail

  email = () => api.getEmail();

  /** @param {string} address */
  setEmail = (address) => api.setEmail(address);

  forgetEmail = () => api.forgetEmail();

  /** What the link in a letter is for. @param {"confirm" | "stop"} act @param {string} code */
  followLetter = (act, code) => (act === "confirm" ? api.confirmEmail(code) : api.stopLetters(code));

  // While one is

  /** Peace for an hour, until the morning, or no longer. @param {"hour" | "morning" | "off"} until */
  pause(until) {
    const now = Date.now();
    return this.change({ paused: until === "hour" ? now + HOUR_MS : until === "morning" ? nextAt(now, minuteOfDay("", now), MORNING) : 0 });
  }

  /** One tab of a browser tells for all. @param {Frame} frame */
  heard(frame) {
    const room = this.store.now.rooms[frame.room];
    const { me, notifications } = this.store.now;
    const event = /** @type {RoomEvent} */ (/** @type {unknown} */ (frame));
    if (!room || !me || !this.client.link.socket.leads || looksAt(this.store.now, event) || this.#wantsPeace()) return;
    if (!isWorthTelling(event, room, me.id, notifications, this.#threadOf(event))) return;
    this.client.link.looking.ask(event);
    setTimeout(() => this.#tell(event), LOOKS_FIRST_MS);
  }

  #wantsPeace() {
    const { notifications } = this.store.now;
    return isQuiet(notifications, Date.now(), minuteOfDay(notifications.zone, Date.now()));
  }

  /** @param {RoomEvent} event */
  #tell(event) {
    const { rooms, notifications, timelines } = this.store.now;
    const room = rooms[event.room];
    const isSeen = this.client.link.looking.isSeen(event);
    const isGone = [event.room, placeOf(event.room, event.thread ?? 0)].some((place) => timelines[place]?.messages.some(({ seq, deleted }) => seq === event.seq && deleted));
    if (!room || isSeen || isGone || hasRead(event, room, this.#threadOf(event))) return;
    if (notifications.sound) chime();
    if (notifications.desktop && !this.#pushed) this.#notify(event, room);
  }

  /** @param {RoomEvent} event @returns {FollowedThread | undefined} */
  #threadOf(event) {
    return event.thread === undefined ? undefined : this.store.now.followed?.[placeOf(event.room, event.thread)];
  }

  /** @param {RoomEvent} event @param {MyRoom} room */
  #notify(event, room) {
    const { title, body } = wordsOf(event, room);
    this.#show(title, body, room.id, () => this.client.navigation.openRoom(room.id, event.seq));
  }

  /** @param {string} title @param {string} body @param {string} tag @param {() => void} open */
  #show(title, body, tag, open) {
    if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
    try {
      const notification = new Notification(title, { body, tag, silent: true });
      notification.onclick = () => {
        window.focus();
        open();
        notification.close();
      };
    } catch {
      // Some phones show notifications only from a worker, which needs web push to be of any use.
    }
  }

  /** Of what they wanted to be reminded of, one is told wherever one looks, but for times of peace. @param {string} where @param {() => void} show */
  remind(where, show) {
    const { notifications } = this.store.now;
    if (!this.client.link.socket.leads || this.#wantsPeace()) return;
    if (notifications.sound) chime();
    if (notifications.desktop) this.#show(say("You wanted to be reminded of a message."), where, "reminder", show);
  }

  /** What was told of the room that one looks at now, or of the thread, has done its work. */
  #takeBack() {
    const { attentive, attentiveInThread, route } = this.store.parts;
    const room = openRoom(route.value);
    const thread = openThread(route.value);
    if (room && attentive.value) push.takeBack(room).catch(() => null);
    if (room && thread && attentiveInThread.value) push.takeBack(room, thread).catch(() => null);
  }

  #showBadge() {
    const { rooms, phase, notifications, due } = this.store.whole.value;
    const urgent = phase === "signed-in" ? unreadToShow(rooms, notifications).urgent + due.length : 0;
    if (urgent === this.#badge || !("setAppBadge" in navigator)) return;
    this.#badge = urgent;
    Promise.resolve(urgent ? navigator.setAppBadge(urgent) : navigator.clearAppBadge()).catch(() => {});
  }
}
