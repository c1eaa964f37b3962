// Moments in words. The present is always passed in.

import { languageCode, say } from "./words.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const weekday = inWords({ weekday: "long" });
const date = inWords({ weekday: "long", day: "numeric", month: "long" });
const dateWithYear = inWords({ day: "numeric", month: "long", year: "numeric" });
const full = inWords({ dateStyle: "full", timeStyle: "short" });

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
  return age < MINUTE_MS ? say("now") : say("# min ago").replace("#", String(Math.floor(age / MINUTE_MS)));
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
  if (dayOf(at) === dayOf(now)) return say("Today");
  if (dayOf(at) === dayOf(now - DAY_MS)) return say("Yesterday");
  const age = now - new Date(at).getTime();
  if (age > 0 && age < 6 * DAY_MS) return weekday.format(new Date(at));
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? date.format(new Date(at)) : dateWithYear.format(new Date(at));
}

/** Within a sentence: the time of day today, else the day. @param {Moment} at @param {number} now */
export function listTime(at, now) {
  if (dayOf(at) === dayOf(now)) return say("today at #", clockTime(at));
  return dayOf(at) === dayOf(now - DAY_MS) ? say("yesterday") : dayWords(at, now);
}

/** A format that is made when it is first needed: by then the language is known. @param {Intl.DateTimeFormatOptions} options */
function inWords(options) {
  /** @type {Intl.DateTimeFormat | undefined} */
  let made;
  return { format: (/** @type {Date} */ moment) => (made ??= new Intl.DateTimeFormat(languageCode(), options)).format(moment) };
}
