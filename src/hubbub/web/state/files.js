// What a file is to people: its name so that it cannot lie, its size and length in words, its sign, and how large it is drawn.

/** @import { FileKind, Id, Message, SharedFile } from "../types.d.ts" */

import { languageCode, say } from "./words.js";

/** Signs that turn the direction of what follows: with them `exe.png` can be written so that it is a program. */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const CONTROL = /[\p{Cc}\u2028\u2029]/gu;
const ENDING = /\.[\p{L}\p{N}]{1,8}$/u;
const KINDS = /^(image|video|audio)\//;
/** Pictures that every browser draws by itself; another one is a card. */
const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"]);
const UNITS = /** @type {const} */ (["byte", "kilobyte", "megabyte", "gigabyte"]);
const STEP = 1000;
/** What is smaller is drawn from itself; a thumbnail would hardly be less to carry. */
const SMALL_BYTES = 120_000;

/** @type {[RegExp, string][]} */
const SIGNS = [
  [/^image\//, "image"], [/^video\//, "video"], [/^audio\//, "audio"], [/zip|tar|gzip|compress|x-7z|x-rar|x-bzip|x-xz|zstd/, "archive"],
  [/sheet|csv|excel/, "table"], [/json|xml|javascript|x-python|x-sh|html|css/, "code"], [/^text\/|pdf|word|opendocument|rtf|presentation|powerpoint/, "page"],
];

/** What it is by what the browser says of it, until the server has looked at it. @param {string} type @returns {FileKind} */
export function kindOf(type) {
  const kind = /** @type {FileKind | undefined} */ (KINDS.exec(type)?.[1]);
  return kind === "image" && !PICTURES.has(type) ? "file" : kind ?? "file";
}

/** The name for people: what would turn or break the line shows as a sign of its own. @param {string} name */
export const shownName = (name) => name.replaceAll(TURNING, "\ufffd").replaceAll(CONTROL, " ").trim() || say("A file without a name");

/** The name in two, so that its end stays in view where it is cut short. @param {string} name @returns {[string, string]} */
export function nameInTwo(name) {
  const shown = shownName(name);
  const ending = ENDING.exec(shown)?.[0] ?? "";
  return [shown.slice(0, shown.length - ending.length), ending];
}

/** @param {number} bytes */
export function sizeWords(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= STEP && unit < UNITS.length - 1) {
    value /= STEP;
    unit += 1;
  }
  return new Intl.NumberFormat(languageCode(), { style: "unit", unit: UNITS[unit], unitDisplay: unit === 0 ? "long" : "short", maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 }).format(value);
}

/** Minutes and seconds, or hours too. @param {number} seconds */
export function lengthWords(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** The sign that stands for it. @param {{ kind: FileKind, type: string }} file */
export const signOf = ({ kind, type }) => (kind === "file" ? SIGNS.find(([pattern]) => pattern.test(type))?.[1] ?? "file" : kind);

/** Its kind in a word, by the end of its name. @param {{ name: string }} file */
export const endingWords = ({ name }) => nameInTwo(name)[1].slice(1).toUpperCase();

/** A message without words is told of by its files. @param {{ text?: string, files?: SharedFile[], deleted?: boolean }} message @returns {string} */
export function wordsOrNames({ text, files }) {
  if (text || !files?.length) return text ?? "";
  const [first, ...others] = files;
  const name = first.voice ? say("Voice message") : shownName(first.name);
  return others.length ? `${name} ${say("and # more").replace("#", String(others.length))}` : name;
}

/**
 * How large a picture is drawn: inside the bounds, never larger than it is, its shape kept as far as one can still point at it.
 * @param {{ width?: number, height?: number }} file @param {{ width: number, height: number, least: number }} bounds
 */
export function fitted({ width, height }, bounds) {
  if (!width || !height) return { width: bounds.height, height: Math.round(bounds.height * 0.75) };
  const scale = Math.min(1, bounds.width / width, bounds.height / height);
  return { width: Math.max(bounds.least, Math.round(width * scale)), height: Math.max(bounds.least, Math.round(height * scale)) };
}

// Addresses, relative to the page

/** @param {{ id: Id, name: string }} file */
export function fileAddress({ id, name }) {
  const part = encodeURIComponent(name.replaceAll(/\p{Surrogate}/gu, "\ufffd"));
  return `api/files/${encodeURIComponent(id)}/${/^\.*$/.test(part) ? "file" : part}`;
}

/** What a message shows of a picture. One that moves is shown as it is, to those who want that. @param {SharedFile} file @param {boolean} still */
export function pictureAddress(file, still) {
  const whole = file.size <= SMALL_BYTES || (file.type === "image/gif" && !still);
  return whole ? fileAddress(file) : `api/files/${encodeURIComponent(file.id)}/thumbnail`;
}

// Several pictures, one after the other

/** @typedef {{ file: SharedFile, room: Id, seq: number, by: string, at: string }} Picture */

/** Every picture of these messages in its order; a deleted one has none. @param {Message[]} messages @returns {Picture[]} */
export function picturesOf(messages) {
  return messages.flatMap((message) =>
    (message.files ?? []).filter((file) => file.kind === "image").map((file) => ({ file, room: message.room, seq: message.seq, by: message.by.name, at: message.at })));
}

/** The one before or after; null at an end. @param {Picture[]} pictures @param {Id} id @param {1 | -1} step @returns {Id | null} */
export function pictureBeside(pictures, id, step) {
  const at = pictures.findIndex(({ file }) => file.id === id);
  return at < 0 ? null : pictures[at + step]?.file.id ?? null;
}
