// What was written and is not yet known to be kept. Each message carries its own key, so sending it again never doubles it.

/** @import { OutboxEntry, ReplyFields, SharedFile, Id, Seq, MyRoom } from "../types.d.ts" */

const RETRY_AFTER_SECONDS = 5;

/**
 * A UUIDv7 (RFC 9562): in the order of time, and nobody else's.
 * @param {number} now milliseconds @param {Uint8Array} chance ten random bytes @returns {string}
 */
export function messageKey(now, chance) {
  const bytes = new Uint8Array(16);
  for (let index = 0; index < 6; index += 1) bytes[index] = Math.floor(now / 2 ** (8 * (5 - index))) % 256;
  bytes.set(chance.subarray(0, 10), 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The moment for the next key: two messages of one millisecond still stand in the order they were written. @param {OutboxEntry[]} outbox @param {number} now */
export function keyTime(outbox, now) {
  return outbox.reduce((latest, entry) => Math.max(latest, entry.at + 1), now);
}

/** @param {string} key @param {Id} room @param {string} text @param {number} at @param {ReplyFields} [reply] @returns {OutboxEntry} */
export function newEntry(key, room, text, at, reply = {}) {
  return { key, room, text, at, status: "waiting", ...reply };
}

/** What makes an entry a reply or a poll, as it goes over the wire. @param {OutboxEntry} entry @returns {ReplyFields} */
export function replyFields({ thread, also_to_room: alsoToRoom, reply_to: replyTo, poll }) {
  return { ...(thread ? { thread } : {}), ...(alsoToRoom ? { also_to_room: true } : {}), ...(replyTo ? { reply_to: replyTo } : {}), ...(poll ? { poll } : {}) };
}

/** The files that go with it, as they go over the wire. @param {OutboxEntry} entry @returns {{ files?: Id[] }} */
export const fileFields = ({ files }) => (files?.length ? { files: files.map(({ id }) => id) } : {});

/** Whether the server does not have its files yet. Others need not wait behind it. @param {OutboxEntry} entry */
export const waitsForFiles = ({ status, uploads, files }) => status === "waiting" && uploads !== undefined && files === undefined;

/** The server has all that goes with it. @param {OutboxEntry[]} outbox @param {string} key @param {SharedFile[]} files @returns {OutboxEntry[]} */
export const filesThere = (outbox, key, files) => changed(outbox, key, { files });

/** What goes with it will not come. @param {OutboxEntry[]} outbox @param {string} key @param {string} problem @returns {OutboxEntry[]} */
export const filesFailed = (outbox, key, problem) => changed(outbox, key, { status: "failed", problem });

/** @param {OutboxEntry[]} outbox @param {OutboxEntry[]} entries @returns {OutboxEntry[]} in order, each key once */
export function added(outbox, entries) {
  const known = new Set(outbox.map((entry) => entry.key));
  return [...outbox, ...entries.filter((entry) => !known.has(entry.key))].sort((one, other) => one.at - other.at);
}

/**
 * What to send now: the first of each room, unless one of that room is under way or must wait.
 * @param {OutboxEntry[]} outbox @param {number} now @returns {OutboxEntry[]}
 */
export function dueEntries(outbox, now) {
  /** @type {Map<Id, OutboxEntry>} */
  const first = new Map();
  for (const entry of outbox) {
    if (waitsForFiles(entry)) continue;
    if ((entry.status === "waiting" || entry.status === "sending") && !first.has(entry.room)) first.set(entry.room, entry);
  }
  return [...first.values()].filter((entry) => entry.status === "waiting" && (entry.dueAt ?? 0) <= now);
}

/** When the next waiting message may go, or null when none has to wait. @param {OutboxEntry[]} outbox @param {number} now */
export function nextDue(outbox, now) {
  const times = outbox.filter((entry) => entry.status === "waiting" && (entry.dueAt ?? 0) > now).map((entry) => entry.dueAt ?? 0);
  return times.length ? Math.min(...times) : null;
}

/** @param {OutboxEntry[]} outbox @param {string} key @returns {OutboxEntry[]} */
export function sending(outbox, key) {
  return changed(outbox, key, { status: "sending", dueAt: undefined, problem: undefined });
}

/** The server keeps it as `seq`; it stays in view until the event itself has come. @param {OutboxEntry[]} outbox @param {string} key @param {Seq} seq */
export function sent(outbox, key, seq) {
  return changed(outbox, key, { status: "sent", seq, problem: undefined });
}

/**
 * @param {OutboxEntry[]} outbox @param {string} key @param {{ code: string, message: string, retryAfter: number | null }} problem @param {number} now
 * @returns {OutboxEntry[]} waiting where waiting helps, failed where only the person can help
 */
export function refused(outbox, key, problem, now) {
  const passing = problem.retryAfter !== null || problem.code === "unavailable" || problem.code === "rate_limited";
  if (passing) return changed(outbox, key, { status: "waiting", dueAt: now + (problem.retryAfter ?? RETRY_AFTER_SECONDS) * 1000 });
  return changed(outbox, key, { status: "failed", problem: problem.message });
}

/** The connection is gone: what was under way is sent again on the next one. @param {OutboxEntry[]} outbox @returns {OutboxEntry[]} */
export function interrupted(outbox) {
  return outbox.map((entry) => (entry.status === "sending" ? { ...entry, status: "waiting" } : entry));
}

/** Its files are looked after anew: the server may have let go of them. @param {OutboxEntry[]} outbox @param {string} key @returns {OutboxEntry[]} */
export function tryAgain(outbox, key) {
  return changed(outbox, key, { status: "waiting", problem: undefined, dueAt: undefined, files: undefined });
}

/** @param {OutboxEntry[]} outbox @param {string} key @returns {OutboxEntry[]} */
export function without(outbox, key) {
  return outbox.some((entry) => entry.key === key) ? outbox.filter((entry) => entry.key !== key) : outbox;
}

/** Those that were sent and have since come back as events, so that they need no place of their own. @param {OutboxEntry[]} outbox @param {Record<Id, MyRoom>} rooms */
export function settled(outbox, rooms) {
  const done = (/** @type {OutboxEntry} */ entry) => entry.status === "sent" && (rooms[entry.room]?.cursor ?? Infinity) >= (entry.seq ?? 0);
  return outbox.some(done) ? outbox.filter((entry) => !done(entry)) : outbox;
}

/** @param {OutboxEntry[]} outbox @param {string} key @param {Partial<OutboxEntry>} fields @returns {OutboxEntry[]} */
function changed(outbox, key, fields) {
  return outbox.map((entry) => (entry.key === key ? { ...entry, ...fields } : entry));
}
