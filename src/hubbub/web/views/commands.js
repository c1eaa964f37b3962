// What the palette can do besides going somewhere. A feature adds a line here for each thing that has no better place.

/** @import { Client } from "../client.js" */
/** @import { Command } from "../state/palette.js" */

import { say } from "../state/words.js";
import { mayPost, runsChat } from "../state/rights.js";
import { openRoom } from "../state/routes.js";
import { applyAppearance } from "./theme.js";

/** @typedef {Command & { act: (client: Client) => unknown, when?: (client: Client) => boolean }} PaletteCommand */

/** @param {Client} client */
const inRoom = (client) => client.store.now.rooms[openRoom(client.store.now.route) ?? ""] !== undefined;
/** @param {Client} client */
const mayPostHere = (client) => inRoom(client) && mayPost(client.store.now.me, client.store.now.rooms[openRoom(client.store.now.route) ?? ""]);
/** @param {Client} client */
const withAccounts = (client) => client.store.now.site?.sign_in !== false;

/** @param {Client} client @param {boolean} on */
const maySwitchPreviews = ({ store }, on) => runsChat(store.now.me) && (store.now.site?.previews === true) !== on;

/** Where something would be lost with it, the dialog says so first. @param {Client} client */
async function signOut({ account, navigation, store }) {
  if (store.now.outbox.some(({ status }) => status !== "sent")) return navigation.openDialog("account");
  return account.signOut().catch((error) => navigation.notify(error.message));
}

/** @type {PaletteCommand[]} */
const COMMANDS = [
  { id: "new-room", name: "New room", icon: "add", act: ({ navigation }) => navigation.openDialog("new-room") },
  { id: "new-message", name: "New message", icon: "message", act: ({ navigation }) => navigation.openDialog("new-message") },
  { id: "catch-up", name: "Catch up on everything unread", icon: "unread", act: ({ navigation }) => navigation.go({ page: "unread" }) },
  { id: "mentions", name: "Messages that name you", icon: "mention", act: ({ navigation }) => navigation.go({ page: "mentions" }) },
  { id: "poll", name: "Ask with a poll", icon: "poll", when: mayPostHere, act: ({ polls, store }) => polls.begin({ room: openRoom(store.now.route) ?? "", question: "", options: [] }) },
  { id: "scheduled", name: "Scheduled messages", icon: "clock", act: ({ scheduling }) => scheduling.open() },
  { id: "search", name: "Search messages", icon: "find", keys: "Ctrl Shift F", act: (client) => client.search.open() },
  { id: "browse", name: "Browse rooms", icon: "browse", act: ({ navigation }) => navigation.openDialog("browse") },
  { id: "people", name: "People and settings of this room", icon: "people", when: inRoom, act: ({ navigation }) => navigation.togglePeople() },
  { id: "unread", name: "Go to the next unread room", icon: "down", keys: "Alt Shift ↓", act: ({ navigation }) => navigation.openUnread(1) },
  { id: "invite", name: "Invite people", icon: "invite", when: (client) => withAccounts(client) && client.store.now.me?.role !== "guest",
    act: ({ navigation }) => navigation.openDialog("invite") },
  { id: "account", name: "Your account", icon: "settings", act: ({ navigation }) => navigation.openDialog("account") },
  { id: "previews", name: "Previews of links: on, for the whole chat", icon: "link", when: (client) => maySwitchPreviews(client, true), act: ({ account }) => account.switchPreviews(true) },
  { id: "no-previews", name: "Previews of links: off, for the whole chat", icon: "link", when: (client) => maySwitchPreviews(client, false), act: ({ account }) => account.switchPreviews(false) },
  { id: "shortcuts", name: "Keyboard shortcuts", icon: "keyboard", keys: "?", act: ({ navigation }) => navigation.openDialog("shortcuts") },
  { id: "light", name: "Appearance: light", icon: "sun", act: () => applyAppearance({ theme: "light" }) },
  { id: "dark", name: "Appearance: dark", icon: "moon", act: () => applyAppearance({ theme: "dark" }) },
  { id: "system", name: "Appearance: as the system", icon: "sun", act: () => applyAppearance({ theme: "system" }) },
  { id: "compact", name: "Density: compact", icon: "rooms", act: () => applyAppearance({ density: "compact" }) },
  { id: "comfortable", name: "Density: comfortable", icon: "rooms", act: () => applyAppearance({ density: "comfortable" }) },
  { id: "peace", name: "Do not disturb for an hour", icon: "quiet", act: ({ notifications }) => notifications.pause("hour") },
  { id: "no-peace", name: "Do not disturb: off", icon: "quiet", when: ({ store }) => store.now.notifications.paused > Date.now(), act: ({ notifications }) => notifications.pause("off") },
  { id: "sign-out", name: "Sign out here", icon: "leave", when: withAccounts, act: signOut },
];

/** @param {Client} client @returns {PaletteCommand[]} what can be done here and now */
export const commandsFor = (client) =>
  COMMANDS.filter(({ when }) => when?.(client) ?? true).map((command) => ({ ...command, name: say(command.name) }));
