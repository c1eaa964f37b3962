// What is worth telling somebody who looks elsewhere, and when they want to be left in peace.

/** @import { FollowedThread, MyRoom, RoomEvent, NotificationLevel, NotificationSettings, Id, Seq, State } from "../types.d.ts" */

import { wordsOrNames } from "./files.js";
import { hasKeyword } from "./keywords.js";
import { names, standsInRoom } from "./message-changes.js";
import { openRoom, openThread } from "./routes.js";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const MOST_WORDS = 180;

/** Until somebody chooses otherwise. @type {NotificationSettings} */
export const AT_FIRST = {
  desktop: false, sound: true, quiet: null, zone: "", paused: 0, rooms: {}, keywords: [], words: false, email: true, email_minutes: 30,
};

/** As the server keeps them for a person; what is missing or of another make counts as never chosen. @param {any} kept @returns {NotificationSettings} */
export function settingsFrom(kept) {
  if (typeof kept !== "object" || kept === null) return AT_FIRST;
  const { desktop, sound, quiet, zone, paused, rooms, keywords, words, email, email_minutes: minutes } = kept;
  return {
    desktop: desktop === true,
    sound: sound !== false,
    quiet: typeof quiet?.from === "string" && typeof quiet.to === "string" ? { from: quiet.from, to: quiet.to } : null,
    zone: typeof zone === "string" ? zone : "",
    paused: typeof paused === "number" ? paused : 0,
    rooms: typeof rooms === "object" && rooms !== null ? rooms : {},
    keywords: Array.isArray(keywords) ? keywords.filter((word) => typeof word === "string") : [],
    words: words === true,
    email: email !== false,
    email_minutes: typeof minutes === "number" ? minutes : AT_FIRST.email_minutes,
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

/** Whether they want peace now. @param {NotificationSettings} settings @param {number} now milliseconds @param {number} minute of the day, as clocks in their zone show it */
export function isQuiet(settings, now, minute) {
  if (settings.paused > now) return true;
  if (!settings.quiet) return false;
  const [from, to] = [minuteOf(settings.quiet.from), minuteOf(settings.quiet.to)];
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

/**
 * The minute of the day as clocks in this time zone show it, by which the server decides too; as clocks here show it where
 * the zone is not known. @param {string} zone such as `Europe/Berlin` @param {number} now milliseconds
 */
export function minuteOfDay(zone, now) {
  const shown = clockOf(zone).formatToParts(now);
  const [hours, minutes] = ["hour", "minute"].map((part) => Number(shown.find(({ type }) => type === part)?.value));
  return hours * 60 + minutes;
}

/** @param {string} zone */
function clockOf(zone) {
  const parts = /** @type {const} */ ({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  try {
    return new Intl.DateTimeFormat("en-GB", { ...parts, timeZone: zone || undefined });
  } catch {
    return new Intl.DateTimeFormat("en-GB", parts);
  }
}

/** The moment at which a clock here will show this time next. @param {number} now @param {number} minute of the day now @param {string} at such as `08:00` */
export function nextAt(now, minute, at) {
  const left = (minuteOf(at) - minute + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  return now + left * MINUTE_MS;
}

/**
 * The server decides the same for when no page is open.
 * @param {RoomEvent} event @param {MyRoom} room @param {Id} me @param {NotificationSettings} settings @param {FollowedThread} [thread] that it is a reply in, where one follows it
 * @returns {boolean} whether it is worth a notification, were they looking elsewhere
 */
export function isWorthTelling(event, room, me, settings, thread) {
  if (event.type !== "message.created" || event.by.id === me || event.redacted) return false;
  const level = levelOf(settings, room);
  if (level === "nothing" || thread?.level === "nothing" || hasRead(event, room, thread)) return false;
  if (names(event, me) || hasKeyword(settings.keywords, event.text ?? "")) return true;
  const inThread = !standsInRoom(event);
  if (thread && inThread) return thread.level === "all";
  return level === "all" && (!inThread || room.kind === "direct");
}

/** Whether it was read, on whichever device: a reply in a thread that one follows by how far one has read there. @param {RoomEvent} event @param {MyRoom} room @param {FollowedThread} [thread] */
export function hasRead(event, room, thread) {
  return (thread && !standsInRoom(event) ? thread.read_seq : room.read_seq) >= event.seq;
}

/**
 * Whether somebody has it before their eyes on this page: in the room's own list, or in its thread beside it.
 * @param {Pick<State, "attentive" | "attentiveInThread" | "route">} state @param {{ room: Id, thread?: Seq, also_to_room?: boolean }} message
 */
export function looksAt({ attentive, attentiveInThread, route }, message) {
  if (openRoom(route) !== message.room) return false;
  return (attentive && standsInRoom(message)) || (attentiveInThread && message.thread !== undefined && openThread(route) === message.thread);
}

/** @param {RoomEvent} event @param {MyRoom} room @returns {{ title: string, body: string }} */
export function wordsOf(event, room) {
  const title = room.kind === "direct" ? event.by.name : `${event.by.name} · ${room.name}`;
  const text = wordsOrNames(event).replaceAll(/\s+/gu, " ").trim();
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
