// Carries files to the server. A script of its own, for whoever sends one.

/** @import { Upload } from "../types.d.ts" */
/** @import { Client } from "../client.js" */

import { ChatError } from "../connection/chat-error.js";
import { measured } from "../connection/measuring.js";
import { beginUpload, dropUpload, sendPiece, uploadOffset } from "../connection/uploads.js";
import * as uploads from "../state/uploads.js";
import { say } from "../state/words.js";

export class Uploader {
  /** What ends each that is under way. @type {Map<string, AbortController>} */
  #underWay = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
    this.files = client.files;
  }

  /** Begins with all that may begin now. */
  pump() {
    clearTimeout(this.#timer);
    const now = Date.now();
    const mine = this.store.now.uploads.filter(({ key, status }) => status === "sending" || this.files.maySend(key));
    if (this.client.link.socket.online) for (const { key } of uploads.dueUploads(mine, now)) this.#carry(key);
    const next = uploads.nextUploadDue(mine, now);
    if (next !== null) this.#timer = setTimeout(() => this.pump(), next - now);
  }

  /** Whatever is under way waits for the next connection. */
  stop() {
    clearTimeout(this.#timer);
    for (const ending of this.#underWay.values()) ending.abort();
    this.#underWay.clear();
  }

  /** Nobody wants it any more. @param {Upload} upload */
  drop({ key, id }) {
    this.#underWay.get(key)?.abort();
    this.#underWay.delete(key);
    if (id) dropUpload(id).catch(() => {});
    this.pump();
  }

  // Private

  /** @param {string} key */
  async #carry(key) {
    const ending = new AbortController();
    this.#underWay.set(key, ending);
    this.#change(key, { status: "sending", problem: undefined, dueAt: undefined });
    const problem = await this.#transfer(key, ending.signal).then(() => null, problemOf);
    // Whoever ended it has said already what becomes of it.
    if (this.#underWay.get(key) !== ending) return;
    this.#underWay.delete(key);
    if (problem) this.files.change((all) => uploads.uploadRefused(all, key, problem, Date.now()), key);
    this.files.pump();
  }

  /** @param {string} key @param {AbortSignal} signal */
  async #transfer(key, signal) {
    const blob = this.files.blobOf(key);
    const first = await blob?.slice(0, 1).arrayBuffer().catch(() => null);
    if (!blob || !first) throw new ChatError("invalid", say(uploads.NOT_READABLE));
    await this.#measure(key, blob);
    const begun = await this.#begin(key);
    let { offset } = begun;
    while (!signal.aborted) {
      const from = offset;
      const piece = blob.slice(from, from + begun.chunk);
      this.#change(key, { sent: from });
      const answer = await sendPiece(begun.id, from, piece, (sent) => this.#progress(key, from + sent), signal);
      const { file } = answer;
      if (file) return this.files.change((all) => uploads.uploaded(all, key, file), key);
      // Where the server neither takes more nor says that it has all, asking again at once would not help.
      if (answer.offset === from) throw ChatError.unreachable();
      offset = answer.offset;
    }
    return undefined;
  }

  /** Where it stopped, if that is still known to the server; else from the beginning. @param {string} key */
  async #begin(key) {
    const { id, chunk, name, size, kind, voice, width, height, duration } = this.#at(key) ?? gone();
    const offset = id === undefined ? null : await uploadOffset(id).catch(ifForgotten);
    if (id !== undefined && chunk !== undefined && offset !== null) return { id, offset, chunk };
    const begun = await beginUpload({ key, name, size, voice, duration, ...(kind === "video" ? { width, height } : {}) });
    this.files.change((all) => uploads.changedUpload(all, key, { id: begun.id, chunk: begun.chunk }), key);
    return begun;
  }

  /** So that what is shown of it keeps its place when it is sent. @param {string} key @param {Blob} blob */
  async #measure(key, blob) {
    const { kind = "file", voice } = this.#at(key) ?? {};
    if (voice) return;
    const measures = await measured(blob, kind);
    this.#change(key, measures ?? (kind === "image" ? { kind: "file" } : {}));
  }

  /** @param {string} key */
  #at(key) {
    return this.store.now.uploads.find((upload) => upload.key === key);
  }

  /** Only where one would see it: each change is drawn. @param {string} key @param {number} sent */
  #progress(key, sent) {
    const upload = this.#at(key);
    if (upload && uploads.shareSent({ ...upload, sent }) !== uploads.shareSent(upload)) this.#change(key, { sent });
  }

  /** @param {string} key @param {Partial<Upload>} fields */
  #change(key, fields) {
    this.store.update((state) => ({ ...state, uploads: uploads.changedUpload(state.uploads, key, fields) }));
  }
}

/** @param {ChatError} error @returns {null} */
function ifForgotten(error) {
  if (error.code !== "not_found") throw error;
  return null;
}

/** Taken off while it began. @returns {never} */
function gone() {
  throw ChatError.unreachable();
}

/** @param {unknown} error @returns {ChatError} */
const problemOf = (error) => (error instanceof ChatError ? error : ChatError.unreachable());
