// Who one is here: signing in and out, the first run, invitations, password, logins and tokens.

/** @import { Client } from "../client.js" */

import * as api from "../connection/api.js";
import * as storage from "../connection/storage.js";
import { signedOut } from "../state/initial.js";
import { renamed } from "../state/names.js";
import { openRoom } from "../state/routes.js";
import { say } from "../state/words.js";
import { effect } from "../view.js";

/** Whoever is new here is shown around once. */
const TOUR = "hubbub/tour";
const WIDE = "(min-width: 45rem)";

export class Account {
  /** The room to open when one has come in by an invitation. @type {string | null} */
  #invitedTo = null;
  /** @type {Promise<void> | null} */
  #siteOnItsWay = null;

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.store = client.store;
  }

  start() {
    effect(() => this.#rememberRoom());
    this.loadSite();
    this.client.link.start();
  }

  /** Whoever asks while it is on its way waits for the same answer. */
  loadSite() {
    this.#siteOnItsWay ??= api.getSite().then((site) => this.store.set({ site }), () => {}).finally(() => (this.#siteOnItsWay = null));
    return this.#siteOnItsWay;
  }

  /** What holds for the whole chat. @param {{ previews: boolean }} changes */
  async changeSite(changes) {
    this.store.set({ site: await api.changeSite(changes) });
  }

  /** @param {boolean} previews */
  async switchPreviews(previews) {
    const said = previews ? "Links have previews from now on." : "Links have no previews from now on.";
    await this.changeSite({ previews }).then(() => this.client.navigation.notify(say(said)), (error) => this.client.navigation.notify(error.message));
  }

  // Coming in

  /** @param {string} name @param {string} password */
  async signIn(name, password) {
    await api.signIn(name, password);
    this.#enter();
  }

  /** @param {string} token @param {string} password */
  async resetPassword(token, password) {
    await api.resetPassword(token, password);
    this.#enter();
  }

  /** @param {string} token @param {string} name @param {string} password */
  async setUp(token, name, password) {
    await api.setUp(token, name, password);
    storage.keepItem(TOUR, "due");
    this.loadSite();
    this.#enter();
  }

  /** @param {string} code */
  invitation(code) {
    return api.getInvite(code);
  }

  /** @param {string} code @param {string | null} room its name @param {{ name: string, password: string } | {}} account empty for whoever is signed in */
  async acceptInvite(code, room, account) {
    await api.acceptInvite(code, account);
    if ("name" in account) storage.keepItem(TOUR, "due");
    this.#invitedTo = room;
    this.#enter();
  }

  endTour() {
    storage.keepItem(TOUR, "");
    this.store.set({ tour: false });
  }

  /** The server said welcome: what this browser has kept for the person comes back. @param {boolean} anew */
  welcomed(anew) {
    const { me, timelines } = this.store.now;
    const user = me?.id ?? "";
    if (anew) this.store.set({ drafts: storage.keptDrafts(user) });
    this.store.set({ tour: storage.itemAt(TOUR) !== null });
    this.client.notifications.load();
    this.client.scheduling.loadSoon();
    this.client.threads.reloadSoon();
    const retried = Object.entries(timelines).map(([room, timeline]) => [room, { ...timeline, failed: null }]);
    this.store.set({ timelines: Object.fromEntries(retried), visiting: null });
    this.client.files.inherit();
    this.client.outgoing.inherit();
    this.client.polls.inherit();
    this.client.deletions.inherit();
    this.#openSomeRoom();
  }

  /** What this browser has kept is shown, while the server does not answer. */
  restored() {
    this.store.set({ drafts: storage.keptDrafts(this.store.now.me?.id ?? "") });
    this.client.files.inherit();
    this.client.outgoing.inherit();
    this.client.polls.inherit();
    this.client.deletions.inherit();
    this.#openSomeRoom();
  }

  // Leaving

  async signOut() {
    await this.client.deletions.decideAll();
    await api.signOut();
    await this.#leave();
  }

  async signOutEverywhere() {
    await this.client.deletions.decideAll();
    await api.endAllLogins();
    await this.#leave();
  }

  /** The login has ended, here or elsewhere; what was not sent waits for the next one. */
  signedOut() {
    this.client.link.socket.stop();
    storage.forgetSnapshot();
    this.client.files.signedOut();
    this.client.deletions.signedOut();
    this.client.notifications.signedOut();
    this.client.scheduling.signedOut();
    this.store.update((state) => signedOut(state, Date.now()));
    this.loadSite();
  }

  // Keys to the house

  logins = () => api.getLogins();

  /** @param {string} id */
  endLogin = (id) => api.endLogin(id);

  /** @param {string} wanted */
  async rename(wanted) {
    const { id, name, kind } = await api.changeMe({ name: wanted });
    this.store.update((state) => renamed(state, { id, name, kind }));
  }

  /** @param {string} old @param {string} fresh */
  changePassword = (old, fresh) => api.changePassword(old, fresh);

  tokens = () => api.getTokens();

  /** @param {string} name */
  createToken = (name) => api.createToken(name);

  /** @param {string} id */
  endToken = (id) => api.endToken(id);

  // Private

  #enter() {
    this.client.navigation.go({ page: "rooms" }, true);
    this.store.set({ phase: "starting" });
    this.client.link.restart();
  }

  async #leave() {
    const user = this.store.now.me?.id;
    this.signedOut();
    this.client.navigation.go({ page: "rooms" }, true);
    if (user) storage.forgetPerson(user);
  }

  #rememberRoom() {
    const { me, rooms, route } = this.store.whole.value;
    const open = openRoom(route);
    if (me && open !== null && rooms[open]) storage.keepLastRoom(me.id, open);
  }

  /** Where there is space for rooms and conversation side by side, a conversation is open. */
  #openSomeRoom() {
    const { route, rooms, me } = this.store.now;
    const invitedTo = Object.values(rooms).find(({ name }) => name === this.#invitedTo);
    this.#invitedTo = null;
    if (invitedTo) return this.client.navigation.openRoom(invitedTo.id);
    if (route.page !== "rooms" || !matchMedia(WIDE).matches) return;
    const last = storage.lastRoom(me?.id ?? "") ?? "";
    const room = rooms[last] ?? Object.values(rooms).find(({ name }) => name === "lobby") ?? Object.values(rooms)[0];
    if (room) this.client.navigation.go({ page: "room", room: room.id, seq: null, panel: null }, true);
  }
}
