// All parts of the client, wired. Views get it handed in; nothing else reaches for it.

import { Account } from "./actions/account.js";
import { Link } from "./actions/link.js";
import { Messages } from "./actions/messages.js";
import { Navigation } from "./actions/navigation.js";
import { Outgoing } from "./actions/outgoing.js";
import { Reading } from "./actions/reading.js";
import { Rooms } from "./actions/rooms.js";
import { initialState } from "./state/initial.js";
import { readRoute } from "./state/routes.js";
import { Store } from "./store.js";

export class Client {
  constructor() {
    this.store = new Store(initialState(readRoute(location.hash), Date.now()));
    this.see = this.store.parts;
    this.navigation = new Navigation(this.store);
    this.link = new Link(this);
    this.outgoing = new Outgoing(this);
    this.messages = new Messages(this);
    this.reading = new Reading(this);
    this.rooms = new Rooms(this);
    this.account = new Account(this);
    /** Where the list of each room was left, as the views remember it. @type {Map<string, { key: string, offset: number } | null>} */
    this.places = new Map();
  }

  /** Begins to live: listens to the window, connects. */
  start() {
    this.navigation.start();
    this.reading.start();
    this.messages.start();
    this.account.start();
  }
}
