// What survives a reload: what was read last, and files to be sent, in IndexedDB; drafts, the outbox and small choices in localStorage. Without either all works, until the reload.

/** @import { OutboxEntry, Id, Upload } from "../types.d.ts" */
/** @import { Snapshot } from "../state/snapshot.js" */

const OUTBOX = "hubbub/outbox/";
const DRAFT = "hubbub/draft/";
const VOTE = "hubbub/vote/";
const DELETION = "hubbub/deletion/";
const LAST_ROOM = "hubbub/last-room/";
const EMOJI = "hubbub/emoji/";
const UPLOAD = "hubbub/upload/";

/** @typedef {typeof import("idb-keyval")} Library @typedef {ReturnType<Library["createStore"]>} Place */
/** @type {Record<"snapshots" | "files", { database: string, place?: Place }>} */
const PLACES = { snapshots: { database: "hubbub-snapshot" }, files: { database: "hubbub-uploads" } };
const SNAPSHOT = "latest";

/** @param {string} version of the client that can read it @param {Snapshot} snapshot */
export async function keepSnapshot(version, snapshot) {
  await within("snapshots", ({ set }, place) => set(SNAPSHOT, { version, snapshot }, place));
}

/** @param {string} version @returns {Promise<Snapshot | null>} */
export async function keptSnapshot(version) {
  const kept = await within("snapshots", ({ get }, place) => get(SNAPSHOT, place));
  return kept?.version === version ? kept.snapshot : null;
}

export async function forgetSnapshot() {
  await within("snapshots", ({ del }, place) => del(SNAPSHOT, place));
}

/**
 * Kept when this returns, not some time later: who sees a message as pending may reload at once. Each message has an item of
 * its own, so that several tabs never overwrite each other's. @param {Id} user @param {OutboxEntry} entry
 */
export function keepEntry(user, entry) {
  keepItem(`${OUTBOX}${user}/${entry.key}`, JSON.stringify(entry));
}

/** @param {Id} user @param {string} key */
export function dropEntry(user, key) {
  keepItem(`${OUTBOX}${user}/${key}`, "");
}

/** Whether no other tab has sent it or taken it back meanwhile. @param {Id} user @param {string} key */
export const stillKept = (user, key) => itemAt(`${OUTBOX}${user}/${key}`) !== null;

/** @param {Id} user @returns {OutboxEntry[]} */
export const keptEntries = (user) => itemsUnder(`${OUTBOX}${user}/`).map(([, entry]) => JSON.parse(entry));

// Files on their way: what is known of them at once, what is in them as soon as the browser can

/** @param {Id} user @param {Upload} upload */
export const keepUpload = (user, upload) => keepItem(`${UPLOAD}${user}/${upload.key}`, JSON.stringify(upload));

/** @param {Id} user @returns {Upload[]} */
export const keptUploads = (user) => itemsUnder(`${UPLOAD}${user}/`).map(([, upload]) => JSON.parse(upload));

/** @param {Id} user @param {string} key @returns {Upload | null} */
export const keptUpload = (user, key) => JSON.parse(itemAt(`${UPLOAD}${user}/${key}`) ?? "null");

/** @param {Id} user @param {string} key */
export function dropUpload(user, key) {
  keepItem(`${UPLOAD}${user}/${key}`, "");
  within("files", ({ del }, place) => del(key, place));
}

/** Resolves when it is kept, or never will be. @param {string} key @param {Blob} blob */
export const keepBlob = (key, blob) => within("files", ({ set }, place) => set(key, blob, place));

/** @param {string} key @returns {Promise<Blob | undefined>} */
export const keptBlob = (key) => within("files", ({ get }, place) => get(key, place));

/** @param {Id} user @returns {Record<Id, string>} */
export function keptDrafts(user) {
  return Object.fromEntries(itemsUnder(`${DRAFT}${user}/`));
}

/** @param {Id} user @param {Id} room @param {string} text */
export function keepDraft(user, room, text) {
  keepItem(`${DRAFT}${user}/${room}`, text);
}

/**
 * Tells of drafts that another tab has changed. They are read anew, so that all tabs come to what was written last.
 * @param {(user: Id, room: Id, text: string) => void} hear
 */
export function hearDrafts(hear) {
  addEventListener("storage", ({ key }) => {
    if (!key?.startsWith(DRAFT)) return;
    const [user, ...place] = key.slice(DRAFT.length).split("/");
    hear(user, place.join("/"), itemAt(key) ?? "");
  });
}

/** @param {Id} user @returns {string | null} */
export const lastRoom = (user) => itemAt(LAST_ROOM + user);

/** @param {Id} user @param {Id} room */
export const keepLastRoom = (user, room) => keepItem(LAST_ROOM + user, room);

/** @param {Id} user @returns {string[]} the emoji that one has chosen lately */
export const keptEmoji = (user) => (itemAt(EMOJI + user) ?? "").split(" ").filter(Boolean);

/** @param {Id} user @param {string[]} emoji */
export const keepEmoji = (user, emoji) => keepItem(EMOJI + user, emoji.join(" "));

/** @param {Id} user @param {string} place of the poll @param {number[]} choices @returns {boolean} whether this browser keeps it */
export function keepVote(user, place, choices) {
  keepItem(`${VOTE}${user}/${place}`, JSON.stringify(choices));
  return keptVote(user, place) !== null;
}

/** @param {Id} user @param {string} place @returns {number[] | null} */
export const keptVote = (user, place) => JSON.parse(itemAt(`${VOTE}${user}/${place}`) ?? "null");

/** @param {Id} user @returns {[string, number[]][]} */
export const keptVotes = (user) => itemsUnder(`${VOTE}${user}/`).map(([place, choices]) => [place, JSON.parse(choices)]);

/** @param {Id} user @param {string} place */
export const dropVote = (user, place) => keepItem(`${VOTE}${user}/${place}`, "");

/** @param {Id} user @param {string} name of the message @param {number} until when it could be undone @returns {boolean} whether this browser keeps it */
export function keepDeletion(user, name, until) {
  keepItem(`${DELETION}${user}/${name}`, String(until));
  return keptDeletion(user, name) !== null;
}

/** @param {Id} user @param {string} name */
export const keptDeletion = (user, name) => itemAt(`${DELETION}${user}/${name}`);

/** @param {Id} user @returns {[string, number][]} */
export const keptDeletions = (user) => itemsUnder(`${DELETION}${user}/`).map(([name, until]) => [name, Number(until)]);

/** @param {Id} user @param {string} name */
export const dropDeletion = (user, name) => keepItem(`${DELETION}${user}/${name}`, "");

/** After signing out nothing of the person stays in this browser. @param {Id} user */
export function forgetPerson(user) {
  for (const [room] of itemsUnder(`${DRAFT}${user}/`)) keepItem(`${DRAFT}${user}/${room}`, "");
  keepItem(LAST_ROOM + user, "");
  keepItem(EMOJI + user, "");
  for (const { key } of keptEntries(user)) dropEntry(user, key);
  for (const [place] of keptVotes(user)) dropVote(user, place);
  for (const [name] of keptDeletions(user)) dropDeletion(user, name);
  for (const { key } of keptUploads(user)) dropUpload(user, key);
}

/** @param {string} name @returns {string | null} */
export function itemAt(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} value empty to remove it */
export function keepItem(name, value) {
  try {
    if (value) localStorage.setItem(name, value);
    else localStorage.removeItem(name);
  } catch {
    ignore();
  }
}

/** @param {string} start @returns {[string, string][]} */
function itemsUnder(start) {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(start));
    return names.map((name) => [name.slice(start.length), localStorage.getItem(name) ?? ""]);
  } catch {
    return [];
  }
}

/**
 * Something done in IndexedDB, by a script that comes when there is something to keep or to look for.
 * @param {keyof typeof PLACES} name @param {(library: Library, place: Place) => Promise<any>} act
 */
async function within(name, act) {
  const into = PLACES[name];
  try {
    const library = await import("idb-keyval");
    into.place ??= library.createStore(into.database, name);
    return await act(library, into.place);
  } catch {
    return ignore();
  }
}

/** A browser that keeps nothing (a private window, a full disk) is no reason not to chat. */
function ignore() {}
