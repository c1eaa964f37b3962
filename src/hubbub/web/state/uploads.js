// Files on their way to the server, to go with a message: each by itself, a few at a time, again from where it stopped.

/** @import { FileKind, Id, Limits, OutboxEntry, SharedFile, Upload } from "../types.d.ts" */

import { kindOf, shownName, sizeWords } from "./files.js";
import { say } from "./words.js";

const AT_ONCE = 2;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
export const NOT_KEPT = "The browser had not kept this file yet. Choose it again.";
export const NOT_READABLE = "The browser cannot read this file. A folder has to become one file first.";

/** @typedef {{ name: string, size: number, type: string, voice?: boolean, duration?: number }} Chosen what is known of a file before anybody looked at it */

/** @param {string} key @param {string} place the room or thread it was chosen in @param {Chosen} file @param {Limits} limits @returns {Upload} */
export function newUpload(key, place, { name, size, type, voice, duration }, limits) {
  const about = { key, place, name, size, type, kind: kindOf(type), sent: 0, tries: 0, ...(voice ? { voice } : {}), ...(duration ? { duration } : {}) };
  if (size > 0 && size <= limits.file) return { ...about, status: "waiting" };
  const problem = size === 0 ? say("This file is empty.") : say("Larger than #, the most that is taken here.").replace("#", sizeWords(limits.file));
  return { ...about, status: "failed", hopeless: true, problem };
}

/** How many more go with the message that is being written here. @param {Upload[]} uploads @param {string} place @param {Limits} limits */
export const spaceLeft = (uploads, place, limits) => Math.max(0, limits.files - inComposer(uploads, place).length);

/** What lies in the composer of this place, not sent yet. @param {Upload[]} uploads @param {string} place */
export const inComposer = (uploads, place) => uploads.filter((upload) => upload.place === place && upload.message === undefined);

/** What goes with a message. @param {Upload[]} uploads @param {string} message its key @returns {Upload[]} */
export const goingWith = (uploads, message) => uploads.filter((upload) => upload.message === message);

/** As a page that begins anew finds it. @param {Upload} kept @returns {Upload} */
export function keptUpload(kept) {
  if (kept.status === "done" || kept.hopeless) return kept;
  return { ...kept, status: "waiting", tries: 0, dueAt: undefined, problem: undefined };
}

/** @param {Upload[]} uploads @param {Upload} upload @returns {Upload[]} with it, in the place of what had its key */
export function withUpload(uploads, upload) {
  const at = uploads.findIndex(({ key }) => key === upload.key);
  return at < 0 ? [...uploads, upload] : uploads.with(at, upload);
}

/** @param {Upload[]} uploads @param {string} key @returns {Upload[]} */
export const withoutUpload = (uploads, key) => (uploads.some((upload) => upload.key === key) ? uploads.filter((upload) => upload.key !== key) : uploads);

/** @param {Upload[]} uploads @param {string} key @param {Partial<Upload>} fields @returns {Upload[]} */
export function changedUpload(uploads, key, fields) {
  return uploads.map((upload) => (upload.key === key ? { ...upload, ...fields } : upload));
}

// Sending

/** What to begin with now: the first ones, a few at a time. @param {Upload[]} uploads @param {number} now @returns {Upload[]} */
export function dueUploads(uploads, now) {
  const underWay = uploads.filter(({ status }) => status === "sending").length;
  return uploads.filter(({ status, dueAt = 0 }) => status === "waiting" && dueAt <= now).slice(0, Math.max(0, AT_ONCE - underWay));
}

/** When the next one may be tried again; null when none has to wait. @param {Upload[]} uploads @param {number} now */
export function nextUploadDue(uploads, now) {
  const times = uploads.flatMap(({ status, dueAt = 0 }) => (status === "waiting" && dueAt > now ? [dueAt] : []));
  return times.length ? Math.min(...times) : null;
}

/** @param {Upload[]} uploads @param {string} key @param {SharedFile} file as the server has it @returns {Upload[]} */
export function uploaded(uploads, key, file) {
  return changedUpload(uploads, key, { status: "done", file, sent: file.size, problem: undefined, dueAt: undefined });
}

/**
 * Waiting where waiting helps, longer each time; else failed, until somebody decides.
 * @param {Upload[]} uploads @param {string} key @param {{ code: string, message: string, retryAfter: number | null }} problem @param {number} now @returns {Upload[]}
 */
export function uploadRefused(uploads, key, problem, now) {
  const passing = problem.retryAfter !== null || ["unavailable", "rate_limited", "unauthenticated"].includes(problem.code);
  return uploads.map((upload) => {
    if (upload.key !== key) return upload;
    if (!passing) return { ...upload, status: "failed", problem: problem.message, id: undefined };
    const wait = problem.retryAfter === null ? Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** upload.tries) : problem.retryAfter * 1000;
    return { ...upload, status: "waiting", tries: upload.tries + 1, dueAt: now + wait };
  });
}

/** The connection is gone: what was under way goes on with the next one. @param {Upload[]} uploads @returns {Upload[]} */
export function uploadsInterrupted(uploads) {
  return uploads.map((upload) => (upload.status === "sending" ? { ...upload, status: "waiting", dueAt: undefined } : upload));
}

/** There is a connection: nobody waits for a time any more. @param {Upload[]} uploads @returns {Upload[]} */
export function uploadsAwake(uploads) {
  return uploads.map((upload) => (upload.dueAt ? { ...upload, dueAt: undefined, tries: 0 } : upload));
}

/** @param {Upload[]} uploads @param {string} key @returns {Upload[]} */
export function uploadAgain(uploads, key) {
  return uploads.map((upload) => (upload.key === key && !upload.hopeless ? { ...upload, status: "waiting", tries: 0, dueAt: undefined, problem: undefined, file: undefined } : upload));
}

// With a message

/** @param {Upload[]} uploads @param {string[]} keys @param {string | undefined} message its key; undefined puts them back into the composer @returns {Upload[]} */
export const handedOver = (uploads, keys, message) => uploads.map((upload) => (keys.includes(upload.key) ? { ...upload, message } : upload));

/**
 * What a message that waits for its files may do now.
 * @param {OutboxEntry} entry @param {Upload[]} uploads @returns {{ files: SharedFile[] } | { problem: string } | null} null: wait on
 */
export function filesFor(entry, uploads) {
  const own = (entry.uploads ?? []).map((key) => uploads.find((upload) => upload.key === key));
  const failed = own.find((upload) => upload?.status === "failed");
  if (failed) return { problem: `${shownName(failed.name)}: ${say(failed.problem ?? NOT_KEPT)}` };
  if (own.some((upload) => upload === undefined)) return { problem: say(NOT_KEPT) };
  const files = own.flatMap((upload) => (upload?.file ? [upload.file] : []));
  return files.length === own.length ? { files } : null;
}

/** What its message shows before the server has said what it is. @param {Upload} upload @returns {SharedFile} */
export function asShared({ key, name, type, size, kind, width, height, duration, voice, file }) {
  return file ?? { id: key, name, type, size, kind: voice ? "audio" : kind, width, height, duration, voice };
}

/** How much of it is there, from 0 to 100. @param {Upload} upload */
export const shareSent = ({ sent, size, status }) => (status === "done" ? 100 : size === 0 ? 0 : Math.min(99, Math.floor((sent / size) * 100)));
