// Moments in words. The present is always passed in.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "long" });
const date = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });
const dateWithYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });
const full = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "short" });

/** @typedef {string | number} Moment RFC 3339 or milliseconds */

/** Which day it was here, as a word to compare with. @param {Moment} at */
export function dayOf(at) {
  const day = new Date(at);
  return `${day.getFullYear()}-${day.getMonth() + 1}-${day.getDate()}`;
}

/** Within the last hour how long ago, then the time of day. @param {Moment} at @param {number} now */
export function headTime(at, now) {
  const age = now - new Date(at).getTime();
  if (age >= HOUR_MS || age < -MINUTE_MS) return clockTime(at);
  return age < MINUTE_MS ? "now" : `${Math.floor(age / MINUTE_MS)} min ago`;
}

/** @param {Moment} at */
export const clockTime = (at) => clock.format(new Date(at));

/** The time of day where there is little space: without "AM" or "PM". @param {Moment} at */
export const narrowTime = (at) =>
  clock.formatToParts(new Date(at)).filter(({ type }) => type !== "dayPeriod").map(({ value }) => value).join("").trim();

/** @param {Moment} at */
export const fullTime = (at) => full.format(new Date(at));

/** @param {Moment} at @param {number} now */
export function dayWords(at, now) {
  if (dayOf(at) === dayOf(now)) return "Today";
  if (dayOf(at) === dayOf(now - DAY_MS)) return "Yesterday";
  const age = now - new Date(at).getTime();
  if (age > 0 && age < 6 * DAY_MS) return weekday.format(new Date(at));
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? date.format(new Date(at)) : dateWithYear.format(new Date(at));
}

/** Within a sentence: the time of day today, else the day. @param {Moment} at @param {number} now */
export function listTime(at, now) {
  if (dayOf(at) === dayOf(now)) return `today at ${clockTime(at)}`;
  return dayOf(at) === dayOf(now - DAY_MS) ? "yesterday" : dayWords(at, now);
}
