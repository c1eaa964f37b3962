// What is worth telling somebody who looks elsewhere, and when they want to be left in peace.

/** @import { MyRoom, RoomEvent, NotificationLevel, NotificationSettings, Id } from "../types.d.ts" */

import { names } from "./message-changes.js";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const MOST_WORDS = 180;

/** Until somebody chooses otherwise. @type {NotificationSettings} */
export const AT_FIRST = { desktop: false, sound: true, quiet: null, paused: 0, rooms: {} };

/** As the server keeps them for a person; what is missing or of another make counts as never chosen. @param {any} kept @returns {NotificationSettings} */
export function settingsFrom(kept) {
  if (typeof kept !== "object" || kept === null) return AT_FIRST;
  const { desktop, sound, quiet, paused, rooms } = kept;
  return {
    desktop: desktop === true,
    sound: sound !== false,
    quiet: typeof quiet?.from === "string" && typeof quiet.to === "string" ? { from: quiet.from, to: quiet.to } : null,
    paused: typeof paused === "number" ? paused : 0,
    rooms: typeof rooms === "object" && rooms !== null ? rooms : {},
  };
}

/** @param {NotificationSettings} settings @param {Pick<MyRoom, "id" | "kind">} room @returns {NotificationLevel} */
export function levelOf(settings, room) {
  return settings.rooms[room.id] ?? (room.kind === "direct" ? "all" : "mentions");
}

/** @param {NotificationSettings} settings @param {Pick<MyRoom, "id" | "kind">} room @param {NotificationLevel} level @returns {NotificationSettings} */
export function withLevel(settings, room, level) {
  const { [room.id]: _before, ...others } = settings.rooms;
  const usual = levelOf({ ...settings, rooms: others }, room) === level;
  return { ...settings, rooms: usual ? others : { ...others, [room.id]: level } };
}

/** Whether they want peace now. @param {NotificationSettings} settings @param {number} now milliseconds @param {number} minute of the day, as clocks here show it */
export function isQuiet(settings, now, minute) {
  if (settings.paused > now) return true;
  if (!settings.quiet) return false;
  const [from, to] = [minuteOf(settings.quiet.from), minuteOf(settings.quiet.to)];
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** The moment at which a clock here will show this time next. @param {number} now @param {number} minute of the day now @param {string} at such as `08:00` */
export function nextAt(now, minute, at) {
  const left = (minuteOf(at) - minute + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  return now + left * MINUTE_MS;
}

/**
 * @param {RoomEvent} event @param {MyRoom} room @param {Id} me @param {NotificationLevel} level
 * @returns {boolean} whether it is worth a notification, were they looking elsewhere
 */
export function isWorthTelling(event, room, me, level) {
  if (event.type !== "message.created" || event.by.id === me || event.redacted || level === "nothing") return false;
  if (names(event, me)) return true;
  return level === "all" && event.seq > room.read_seq && room.unread > 0;
}

/** @param {RoomEvent} event @param {MyRoom} room @returns {{ title: string, body: string }} */
export function wordsOf(event, room) {
  const title = room.kind === "direct" ? event.by.name : `${event.by.name} · ${room.name}`;
  const text = (event.text ?? "").replaceAll(/\s+/gu, " ").trim();
  return { title, body: [...text].length > MOST_WORDS ? `${[...text].slice(0, MOST_WORDS).join("")}…` : text };
}

/** What the window's title and the app's icon count: nothing of rooms that are to be silent. @param {Record<Id, MyRoom>} rooms @param {NotificationSettings} settings */
export function unreadToShow(rooms, settings) {
  const counted = Object.values(rooms).filter((room) => !room.archived && levelOf(settings, room) !== "nothing");
  const sum = (/** @type {(room: MyRoom) => number} */ of) => counted.reduce((total, room) => total + of(room), 0);
  return { unread: sum((room) => room.unread), urgent: sum((room) => (levelOf(settings, room) === "all" ? room.unread : room.mentions)) };
}

/** @param {string} time such as `22:30` */
function minuteOf(time) {
  const [hours, minutes] = time.split(":").map(Number);
  return ((hours || 0) * 60 + (minutes || 0)) % DAY_MINUTES;
}
