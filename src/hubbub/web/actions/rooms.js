// What one can do with rooms: find, make, join and leave them; who is in; inviting others.

/** @import { Person, Room, RoomFields, RoomRole } from "../types.d.ts" */
/** @import { Client } from "../client.js" */

import * as api from "../connection/api.js";
import { putAway } from "../state/direct.js";
import { roomAdded } from "../state/rooms.js";
import { openRoom } from "../state/routes.js";
import { withMembers, withoutRoom, withRoom } from "../state/apply.js";
import { say } from "../state/words.js";
import { effect } from "../view.js";

export class Rooms {
  /** The room that is being looked for. @type {string | null} */
  #lookedFor = null;

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
    effect(() => this.#visitOpenRoom());
  }

  /** The direct room with these people. @param {Person[]} people */
  async openDirect(people) {
    this.#enter(await api.openDirect(people.map((person) => person.id)));
  }

  /** A direct room leaves the list until something comes in it. @param {string} id */
  async putAway(id) {
    await api.removeMember(id, "me");
    if (openRoom(this.store.now.route) === id) this.client.navigation.go({ page: "rooms" }, true);
    this.store.update((state) => withRoom(state, id, (room) => putAway(room, room.last_seq)));
  }

  /** @param {RoomFields} fields */
  async create(fields) {
    this.#enter(await api.createRoom(fields));
  }

  /** @param {string} id */
  async join(id) {
    await api.addMember(id, "me");
    this.#enter(await api.getRoom(id));
  }

  /** @param {string} id */
  async leave(id) {
    await api.removeMember(id, "me");
    this.client.navigation.go({ page: "rooms" }, true);
    this.store.update((state) => withoutRoom(state, id));
  }

  /** @param {string} id @param {RoomFields} fields */
  async change(id, fields) {
    const { name, topic, description, posting, history, archived } = await api.changeRoom(id, fields);
    this.store.update((state) => withRoom(state, id, (room) => ({ ...room, name, topic, description, posting, history, archived })));
  }

  /** The public rooms with these words, one's own too. @param {string} words */
  directory(words) {
    return api.getDirectory(words);
  }

  // People

  /** @param {string} id */
  async loadMembers(id) {
    const members = await api.getMembers(id);
    this.store.update((state) => ({ ...state, members: { ...state.members, [id]: members } }));
  }

  /** @param {string} id @param {Person} person */
  async add(id, person) {
    const added = await api.addMember(id, person.id);
    this.#put(id, added);
  }

  /** @param {string} id @param {Person} person */
  async remove(id, person) {
    await api.removeMember(id, person.id);
    this.store.update((state) => withMembers(state, id, (members) => members.filter((member) => member.user.id !== person.id)));
    this.client.navigation.notify(say("# is no longer in this room.", person.name), "Undo", () => this.add(id, person));
  }

  /** @param {string} id @param {Person} person @param {Exclude<RoomRole, null>} role */
  async changeRole(id, person, role) {
    this.#put(id, await api.changeRole(id, person.id, role));
  }

  /** @param {string} words */
  findPeople(words) {
    return api.findUsers(words);
  }

  /** @param {string | null} room @returns {Promise<string>} the whole link */
  async invite(room) {
    const { path } = await api.createInvite(room ? { room } : {});
    return new URL(path, document.baseURI).href;
  }

  // Private

  /** @param {Room} room */
  #enter(room) {
    this.store.update((state) => ({ ...state, rooms: roomAdded(state.rooms, room, state.me?.id ?? ""), visiting: null, dialog: null }));
    this.client.navigation.openRoom(room.id);
  }

  /** @param {string} id @param {import("../types.d.ts").Member} added */
  #put(id, added) {
    this.store.update((state) =>
      withMembers(state, id, (members) => [...members.filter((member) => member.user.id !== added.user.id), added]));
  }

  /** The address may name a room that one is not in: look whether it can be joined. */
  #visitOpenRoom() {
    const { phase, route, rooms, visiting } = this.store.whole.value;
    const id = openRoom(route);
    if (phase !== "signed-in" || id === null || rooms[id] || visiting !== null || this.#lookedFor === id) return;
    this.#lookedFor = id;
    queueMicrotask(async () => {
      const found = await api.getRoom(id).catch(() => null);
      this.#lookedFor = null;
      const { route: still, rooms: mine } = this.store.now;
      if (openRoom(still) === id && !mine[id]) this.store.set({ visiting: found?.kind === "public" ? found : "missing" });
    });
  }
}
