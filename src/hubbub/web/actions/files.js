// Files that go with messages: chosen, kept in the browser until they are sent, and looked after by one tab each.

/** @import { Upload, SharedFile, Message } from "../types.d.ts" */
/** @import { Client } from "../client.js" */
/** @import { Uploader } from "./uploader.js" */

import { hold } from "../connection/holding.js";
import * as storage from "../connection/storage.js";
import { picturesOf } from "../state/files.js";
import { messageKey } from "../state/outbox.js";
import { placeOf } from "../state/threads.js";
import { standsInRoom } from "../state/message-changes.js";
import * as uploads from "../state/uploads.js";
import { say } from "../state/words.js";

/** What one has sent oneself is shown from here, and not fetched again, for as many pictures as these. */
const OWN_SHOWN = 30;
const laterUploader = () => import("./uploader.js");
const laterRecording = () => import("../connection/recording.js");

export class Files {
  /** What is in those that are to be sent. @type {Map<string, Blob>} */
  #blobs = new Map();
  /** Pictures that one has sent oneself, by the id of the file. @type {Map<string, Blob>} */
  #own = new Map();
  /** Gives back to other tabs what this one looks after; nothing to give back where that is only asked for. @type {Map<string, (() => void) | null>} */
  #held = new Map();
  /** @type {Promise<Uploader> | null} */
  #uploader = null;

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
  }

  // In the composer

  /** @param {string} place where the message is written that they go with @param {File[]} files @param {{ voice?: boolean, duration?: number }} [about] @returns {string[]} their keys */
  add(place, files, about = {}) {
    const { limits, uploads: all } = this.store.now;
    const taken = files.slice(0, uploads.spaceLeft(all, place, limits));
    if (taken.length < files.length) this.client.navigation.notify(say("At most # files go with one message. The others were left out.").replace("#", String(limits.files)));
    const now = Date.now();
    return taken.map((file, index) => {
      const key = messageKey(now + index, crypto.getRandomValues(new Uint8Array(10)));
      this.#begin(uploads.newUpload(key, place, { name: file.name, size: file.size, type: file.type, ...about }, limits), file);
      return key;
    });
  }

  /** @param {string} key */
  cancel(key) {
    const upload = this.#at(key);
    this.#forget(key);
    if (upload?.id) this.#load().then((uploader) => uploader.drop(upload), () => {});
  }

  /** @param {string[]} keys */
  tryAgain(keys) {
    for (const key of keys) this.change((all) => uploads.uploadAgain(all, key), key);
    this.pump();
  }

  // With messages

  /** @param {string[]} keys @param {string} [message] the key of the one that they go with from now on; without it they lie in the composer again */
  handOver(keys, message) {
    this.#update((all) => uploads.handedOver(all, keys, message));
    keys.forEach((key) => this.#keep(key));
  }

  /** @param {string} message its key @returns {string[]} */
  goingWith = (message) => uploads.goingWith(this.store.now.uploads, message).map(({ key }) => key);

  /** The message is sent: nothing that went with it is needed here any more. @param {string} message */
  sent(message) {
    for (const { key, file } of uploads.goingWith(this.store.now.uploads, message)) {
      const blob = this.#blobs.get(key);
      if (blob && file?.kind === "image") this.#own.set(file.id, blob);
      this.#forget(key);
    }
    for (const id of [...this.#own.keys()].slice(0, -OWN_SHOWN)) this.#own.delete(id);
  }

  // Looking and listening

  /** What is in a file that is here anyhow: one's own, sent or to be sent. @param {string} id of the file, or its key */
  blobOf = (id) => this.#blobs.get(id) ?? this.#own.get(id);

  /** Opens a picture over the page, among all that one can leaf through from there. @param {Message} message @param {SharedFile} file */
  show(message, file) {
    const { timelines } = this.store.now;
    const place = standsInRoom(message) ? message.room : placeOf(message.room, message.thread ?? 0);
    const among = timelines[place]?.messages ?? [];
    const all = picturesOf(among.some(({ seq }) => seq === message.seq) ? among : [message]);
    this.store.set({ pictures: { all, id: file.id }, dialog: "pictures" });
  }

  /** @param {string} id the picture to show instead */
  leafTo(id) {
    const { pictures } = this.store.now;
    if (pictures) this.store.set({ pictures: { ...pictures, id } });
  }

  /** Begins to listen to the microphone. */
  record = async () => (await laterRecording()).Recording.begin();

  // The connection, and other tabs

  /** What an earlier page of this browser did not send, as soon as no other tab looks after it. */
  inherit() {
    const kept = storage.keptUploads(this.#user).sort((one, other) => (one.key < other.key ? -1 : 1));
    for (const upload of kept.filter(({ key }) => !this.#held.has(key))) {
      if (upload.message !== undefined) this.#put(uploads.keptUpload(upload));
      this.#hold(upload.key, () => this.#takeOver(upload.key));
    }
    this.#update(uploads.uploadsAwake);
    this.pump();
  }

  interrupted() {
    this.#uploader?.then((uploader) => uploader.stop(), () => {});
    this.#update(uploads.uploadsInterrupted);
  }

  /** Another tab, or the next page, may look after what this one did. */
  signedOut() {
    this.interrupted();
    for (const giveBack of this.#held.values()) giveBack?.();
    for (const known of [this.#held, this.#blobs, this.#own]) known.clear();
  }

  /** Sends what may be sent now. Where its script cannot be loaded, as without a network, the next connection tries again. */
  async pump() {
    this.client.outgoing.filesChanged();
    if (!this.store.now.uploads.some(({ status }) => status === "waiting")) return;
    await this.#load().then((uploader) => uploader.pump(), () => {});
  }

  /** Whether this tab may send it: it looks after it, and what is in it is kept. @param {string} key */
  maySend = (key) => Boolean(this.#held.get(key)) && this.#blobs.has(key);

  /** @param {(all: Upload[]) => Upload[]} change @param {string} key of the one that it changes, which is kept so */
  change(change, key) {
    this.#update(change);
    this.#keep(key);
  }

  // Private

  /** @param {Upload} upload @param {Blob} blob */
  async #begin(upload, blob) {
    this.#put(upload);
    this.#blobs.set(upload.key, blob);
    if (upload.hopeless) return;
    this.#held.set(upload.key, null);
    this.#keep(upload.key);
    const user = this.#user;
    await storage.keepBlob(upload.key, blob);
    // The copy does not change with the disk, and is what a page that begins anew would find.
    const copy = await storage.keptBlob(upload.key);
    if (!storage.keptUpload(user, upload.key)) storage.dropUpload(user, upload.key);
    if (!this.#at(upload.key)) return undefined;
    this.#blobs.set(upload.key, copy ?? blob);
    return this.#hold(upload.key, () => this.pump());
  }

  /** @param {string} key @param {() => unknown} act */
  #hold(key, act) {
    this.#held.set(key, null);
    hold(`upload ${key}`, (giveBack) => {
      if (!this.#held.has(key)) return giveBack();
      this.#held.set(key, giveBack);
      return act();
    });
  }

  /** What another tab or an earlier page has left, if it did not send it. @param {string} key */
  async #takeOver(key) {
    const blob = await storage.keptBlob(key);
    const kept = storage.keptUpload(this.#user, key);
    this.client.outgoing.forgetGone();
    if (!kept) return this.#forget(key);
    if (blob) this.#blobs.set(key, blob);
    const upload = uploads.keptUpload(kept);
    this.#put(blob || upload.status === "done" ? upload : { ...upload, status: "failed", problem: say(uploads.NOT_KEPT), hopeless: true });
    return this.pump();
  }

  /** @param {string} key */
  #forget(key) {
    storage.dropUpload(this.#user, key);
    this.#update((all) => uploads.withoutUpload(all, key));
    this.#blobs.delete(key);
    this.#held.get(key)?.();
    this.#held.delete(key);
  }

  #load() {
    this.#uploader ??= laterUploader().then(({ Uploader }) => new Uploader(this.client));
    this.#uploader.catch(() => (this.#uploader = null));
    return this.#uploader;
  }

  /** @param {string} key */
  #at = (key) => this.store.now.uploads.find((upload) => upload.key === key);

  /** @param {string} key */
  #keep(key) {
    const upload = this.#at(key);
    if (upload && !upload.hopeless) storage.keepUpload(this.#user, upload);
  }

  /** @param {Upload} upload */
  #put(upload) {
    this.#update((all) => uploads.withUpload(all, upload));
  }

  get #user() {
    return this.store.now.me?.id ?? "";
  }

  /** @param {(all: Upload[]) => Upload[]} change */
  #update(change) {
    this.store.update((state) => ({ ...state, uploads: change(state.uploads) }));
  }
}
