// Moments to come: those that are offered, and how they are said.

import { clockTime, dayOf, dayWords } from "./times.js";
import { say } from "./words.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MORNING_HOUR = 9;

/** What most people choose. @param {number} now @returns {{ words: string, at: number }[]} */
export function momentChoices(now) {
  return [{ words: "In an hour", at: onTheMinute(now + HOUR_MS) }, { words: "Tomorrow morning", at: tomorrowMorning(now) }];
}

/** By the clocks here, also where the day between has 23 hours. @param {number} now */
export function tomorrowMorning(now) {
  const today = new Date(now);
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() + 1, MORNING_HOUR).getTime();
}

/** The day and the time of day. @param {string | number} at @param {number} now */
export function momentWords(at, now) {
  const day = dayOf(at) === dayOf(now + DAY_MS) ? say("Tomorrow") : dayWords(at, now);
  return `${day}, ${clockTime(at)}`;
}

/** As a field for a day and a time takes it, such as `2026-05-04T09:00`. @param {string | number} at */
export function fieldMoment(at) {
  const local = new Date(at);
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return `${local.getFullYear()}-${two(local.getMonth() + 1)}-${two(local.getDate())}T${two(local.getHours())}:${two(local.getMinutes())}`;
}

/** What such a field says, by the clocks here. @param {string} field @returns {number | null} null for no moment */
export function momentOf(field) {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(field) ? new Date(field).getTime() : NaN;
  return Number.isNaN(at) ? null : at;
}

/** @param {number} at */
const onTheMinute = (at) => Math.ceil(at / 60_000) * 60_000;
