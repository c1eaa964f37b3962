// Tells of a message when nobody looks: a notification of the system, a sound, the number on the app's icon.

/** @import { Frame, MyRoom, NotificationLevel, NotificationSettings, RoomEvent } from "../types.d.ts" */
/** @import { Client } from "../client.js" */

import * as api from "../connection/api.js";
import { playChime } from "../connection/chime.js";
import { isQuiet, isWorthTelling, levelOf, nextAt, settingsFrom, unreadToShow, withLevel, wordsOf } from "../state/notifications.js";
import { openRoom } from "../state/routes.js";
import { effect } from "../view.js";

/** Whoever looks at the message, in another tab or on another device, has marked it as read by then. */
const LOOKS_FIRST_MS = 1_500;
const HOUR_MS = 3_600_000;
const MORNING = "08:00";

export class Notifications {
  /** The number on the app's icon. */
  #badge = 0;

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
  }

  start() {
    effect(() => this.#showBadge());
  }

  /** What the person has chosen, on whichever device. */
  async load() {
    const me = await api.getMe().catch(() => null);
    if (me && me.id === this.store.now.me?.id) this.store.set({ notifications: settingsFrom(/** @type {any} */ (me.preferences)?.notifications) });
  }

  /** @param {Partial<NotificationSettings>} changes */
  async change(changes) {
    const notifications = { ...this.store.now.notifications, ...changes };
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

  /** Peace for an hour, until the morning, or no longer. @param {"hour" | "morning" | "off"} until */
  pause(until) {
    const now = Date.now();
    return this.change({ paused: until === "hour" ? now + HOUR_MS : until === "morning" ? nextAt(now, minuteOfDay(), MORNING) : 0 });
  }

  /** One tab of a browser tells for all. @param {Frame} frame */
  heard(frame) {
    const room = this.store.now.rooms[frame.room];
    const { me, notifications, attentive, route } = this.store.now;
    if (!room || !me || !this.client.link.socket.leads || (attentive && openRoom(route) === room.id)) return;
    if (isQuiet(notifications, Date.now(), minuteOfDay())) return;
    const event = /** @type {RoomEvent} */ (/** @type {unknown} */ (frame));
    if (isWorthTelling(event, room, me.id, levelOf(notifications, room))) setTimeout(() => this.#tell(event), LOOKS_FIRST_MS);
  }

  /** @param {RoomEvent} event */
  #tell(event) {
    const { rooms, notifications, timelines } = this.store.now;
    const room = rooms[event.room];
    const isGone = timelines[event.room]?.messages.some((message) => message.seq === event.seq && message.deleted);
    if (!room || isGone || room.read_seq >= event.seq) return;
    if (notifications.sound) playChime();
    if (notifications.desktop) this.#notify(event, room);
  }

  /** @param {RoomEvent} event @param {MyRoom} room */
  #notify(event, room) {
    if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
    const { title, body } = wordsOf(event, room);
    try {
      const notification = new Notification(title, { body, tag: room.id, silent: true });
      notification.onclick = () => {
        window.focus();
        this.client.navigation.openRoom(room.id, event.seq);
        notification.close();
      };
    } catch {
      // Some phones show notifications only from a worker, which needs web push to be of any use.
    }
  }

  #showBadge() {
    const { rooms, phase, notifications } = this.store.whole.value;
    const urgent = phase === "signed-in" ? unreadToShow(rooms, notifications).urgent : 0;
    if (urgent === this.#badge || !("setAppBadge" in navigator)) return;
    this.#badge = urgent;
    Promise.resolve(urgent ? navigator.setAppBadge(urgent) : navigator.clearAppBadge()).catch(() => {});
  }
}

function minuteOfDay() {
  const now = new Date();
  return now.getHours() * 60 + now.getMinutes();
}
