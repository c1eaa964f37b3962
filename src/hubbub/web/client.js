// All parts of the client, wired. Views get it handed in; nothing else reaches for it.

import { Account } from "./actions/account.js";
import { Deletions } from "./actions/deletions.js";
import { Files } from "./actions/files.js";
import { Inbox } from "./actions/inbox.js";
import { Keeping } from "./actions/keeping.js";
import { Link } from "./actions/link.js";
import { Marking } from "./actions/marking.js";
import { Messages } from "./actions/messages.js";
import { Navigation } from "./actions/navigation.js";
import { Notifications } from "./actions/notifications.js";
import { Outgoing } from "./actions/outgoing.js";
import { Polls } from "./actions/polls.js";
import { Presence } from "./actions/presence.js";
import { Reading } from "./actions/reading.js";
import { Rooms } from "./actions/rooms.js";
import { Scheduling } from "./actions/scheduling.js";
import { Search } from "./actions/search.js";
import { Seen } from "./actions/seen.js";
import { Threads } from "./actions/threads.js";
import { initialState } from "./state/initial.js";
import { readRoute } from "./state/routes.js";
import { Store } from "./store.js";

export class Client {
  constructor() {
    this.store = new Store(initialState(readRoute(location.hash), Date.now()));
    this.see = this.store.parts;
    this.navigation = new Navigation(this.store);
    this.link = new Link(this);
    this.files = new Files(this);
    this.outgoing = new Outgoing(this);
    this.messages = new Messages(this);
    this.deletions = new Deletions(this);
    this.marking = new Marking(this);
    this.threads = new Threads(this);
    this.polls = new Polls(this);
    this.reading = new Reading(this);
    this.rooms = new Rooms(this);
    this.scheduling = new Scheduling(this);
    this.search = new Search(this);
    this.inbox = new Inbox(this);
    this.account = new Account(this);
    this.keeping = new Keeping(this);
    this.notifications = new Notifications(this);
    this.presence = new Presence(this);
    this.seen = new Seen(this);
    /** Where the list of each room was left, as the views remember it. @type {Map<string, { key: string, offset: number } | null>} */
    this.places = new Map();
  }

  /** Begins to live: listens to the window, connects. */
  start() {
    this.navigation.start();
    this.reading.start();
    this.messages.start();
    this.deletions.start();
    this.account.start();
    this.keeping.start();
    this.notifications.start();
    this.presence.start();
    this.seen.start();
  }
}
