// REST, one function per endpoint. Addresses are relative to the page, so that any prefix will do.

/** @import { DueBookmark, ReplyFields, Scheduled, User, Room, Page, Member, Login, Site, ApiToken, Person, Message, RoomFields, FoundRoom, EmojiData, Version, ListedThread } from "../types.d.ts" */

import { ChatError } from "./chat-error.js";

/** @typedef {{ items: any[], next?: string | null }} List */

const MOST_PAGES = 20;
/** Characters of what is searched for: the server takes no more, and no name is longer. */
const LONGEST_WORDS = 100;

/** @returns {Promise<Site>} */
export const getSite = () => call("GET", "site");
/** @param {{ previews: boolean }} changes @returns {Promise<Site>} */
export const changeSite = (changes) => call("PATCH", "site", changes);
/** @returns {Promise<User>} */
export const getMe = () => call("GET", "me");
/** @param {{ name?: string, preferences?: object }} fields @returns {Promise<User>} */
export const changeMe = (fields) => call("PATCH", "me", fields);
/** @param {string} old @param {string} fresh */
export const changePassword = (old, fresh) => call("POST", "me/password", { old, new: fresh });

/** @param {string} name @param {string} password @returns {Promise<{ user: User }>} */
export const signIn = (name, password) => call("POST", "session", { name, password });
export const signOut = () => call("DELETE", "session");
/** @param {string} token @param {string} name @param {string} password @returns {Promise<{ user: User }>} */
export const setUp = (token, name, password) => call("POST", "setup", { token, name, password });
/** @param {string} token @param {string} password @returns {Promise<{ user: User }>} */
export const resetPassword = (token, password) => call("POST", "reset", { token, password });
/** @returns {Promise<Login[]>} */
export const getLogins = () => every("sessions");
/** @param {string} id */
export const endLogin = (id) => call("DELETE", `sessions/${part(id)}`);
export const endAllLogins = () => call("DELETE", "sessions");

/** @param {{ room?: string, uses?: number | null, days?: number }} terms @returns {Promise<{ id: string, code: string, path: string, expires_at: string }>} */
export const createInvite = (terms) => call("POST", "invites", terms);
/** @param {string} code @returns {Promise<{ inviter: string, room: string | null }>} */
export const getInvite = (code) => call("GET", `invites/${part(code)}`);
/** @param {string} code @param {{ name: string, password: string } | {}} account @returns {Promise<{ user: User }>} */
export const acceptInvite = (code, account) => call("POST", `invites/${part(code)}/accept`, account);

/** @param {string} name @returns {Promise<ApiToken>} */
export const createToken = (name) => call("POST", "tokens", { name });
/** @returns {Promise<ApiToken[]>} */
export const getTokens = () => every("tokens");
/** @param {string} id */
export const endToken = (id) => call("DELETE", `tokens/${part(id)}`);

/** @param {string} words @returns {Promise<Person[]>} */
export const findUsers = async (words) => (await call("GET", `users?q=${part(words)}`)).items;

/** @returns {Promise<Room[]>} one's own rooms and the public ones */
export const getRooms = () => every("rooms");
/** @param {string} room @returns {Promise<Room>} */
export const getRoom = (room) => call("GET", `rooms/${part(room)}`);
/** @param {string[]} users @returns {Promise<Room>} */
export const openDirect = (users) => call("POST", "direct", { users });
/** @param {string} words @returns {Promise<FoundRoom[]>} */
export const getDirectory = async (words) => (await call("GET", `directory?q=${part(words.slice(0, LONGEST_WORDS))}`)).items;
/** @param {RoomFields} room @returns {Promise<Room>} */
export const createRoom = (room) => call("POST", "rooms", room);
/** @param {string} room @param {RoomFields} fields @returns {Promise<Room>} */
export const changeRoom = (room, fields) => call("PATCH", `rooms/${part(room)}`, fields);

/** @param {string} room @returns {Promise<Member[]>} */
export const getMembers = (room) => every(`rooms/${part(room)}/members?limit=500`);
/** @param {string} room @param {string} user or `me` @returns {Promise<Member>} */
export const addMember = (room, user) => call("PUT", `rooms/${part(room)}/members/${part(user)}`, {});
/** @param {string} room @param {string} user @param {string} role @returns {Promise<Member>} */
export const changeRole = (room, user, role) => call("PATCH", `rooms/${part(room)}/members/${part(user)}`, { role });
/** @param {string} room @param {string} user or `me` */
export const removeMember = (room, user) => call("DELETE", `rooms/${part(room)}/members/${part(user)}`);

/** @param {string | null} before what the page before gave as `next` @returns {Promise<{ items: Message[], next: string | null }>} */
export const getMentions = (before) => call("GET", `mentions${before === null ? "" : `?before=${part(before)}`}`);
/** @typedef {{ room: string, seq: number, unread: number, mentions: number }} Mark */
/** @param {string} room @param {number} seq @returns {Promise<Mark>} */
export const markRead = (room, seq) => call("PUT", `rooms/${part(room)}/read`, { seq });
/** @param {string} room @param {number} seq @returns {Promise<Mark>} */
export const markUnread = (room, seq) => call("PUT", `rooms/${part(room)}/unread`, { seq });
/** @param {string} room @param {string} folder @returns {Promise<{ folder: string }>} */
export const putIntoFolder = (room, folder) => call("PUT", `rooms/${part(room)}/folder`, { folder });
/** @param {string} words @param {string | null} before what the page before gave as `next` @returns {Promise<{ items: Message[], next: string | null }>} */
export const search = (words, before) => call("GET", `search?${new URLSearchParams({ q: words, ...(before === null ? {} : { before }) })}`);

/** @param {string} room @param {{ before?: number, after?: number, around?: number, limit?: number, thread?: number }} where @returns {Promise<Page>} */
export const getMessages = (room, where) =>
  call("GET", `rooms/${part(room)}/messages?${new URLSearchParams(Object.entries(where).map(([name, value]) => [name, String(value)]))}`);
/** @param {string} room @param {{ key: string, text: string } & ReplyFields} message @returns {Promise<Message>} */
export const postMessage = (room, message) => call("POST", `rooms/${part(room)}/messages`, message);
/** @param {string} room @param {{ key: string, text: string, at: string } & ReplyFields} message @returns {Promise<Scheduled>} */
export const scheduleMessage = (room, message) => call("POST", `rooms/${part(room)}/scheduled`, message);
/** @returns {Promise<Scheduled[]>} */
export const getScheduled = async () => (await call("GET", "scheduled")).items;
/** @param {string} id @param {{ text?: string, at?: string }} changes @returns {Promise<Scheduled>} */
export const changeScheduled = (id, changes) => call("PATCH", `scheduled/${part(id)}`, changes);
/** @param {string} id */
export const cancelScheduled = (id) => call("DELETE", `scheduled/${part(id)}`);
/** @param {string} room @param {number} seq @param {string} text @returns {Promise<Message>} */
export const editMessage = (room, seq, text) => call("PATCH", `rooms/${part(room)}/messages/${seq}`, { text });
/** @param {string} room @param {number} seq @param {boolean} [leaving] whether the page is going away meanwhile */
export const deleteMessage = (room, seq, leaving = false) =>
  call("DELETE", `rooms/${part(room)}/messages/${seq}`, undefined, leaving);

/** @param {string} room @param {number} seq @returns {Promise<Message>} */
export const getMessage = (room, seq) => call("GET", messagePath(room, seq));
/** @param {string} room @param {number} seq @returns {Promise<Person[]>} */
export const getSeen = async (room, seq) => (await call("GET", `${messagePath(room, seq)}/seen`)).items;
/** @param {string} room @param {number} seq @returns {Promise<Version[]>} */
export const getVersions = async (room, seq) => (await call("GET", `${messagePath(room, seq)}/versions`)).items;
/** @param {string} room @param {number} seq @param {string} emoji @returns {Promise<Message>} */
export const addReaction = (room, seq, emoji) => call("PUT", `${messagePath(room, seq)}/reactions/${part(emoji)}`);
/** @param {string} room @param {number} seq @param {string} emoji */
export const removeReaction = (room, seq, emoji) => call("DELETE", `${messagePath(room, seq)}/reactions/${part(emoji)}`);
/** @param {string} room @param {number} seq @param {number} n */
export const dismissPreview = (room, seq, n) => call("DELETE", `${messagePath(room, seq)}/previews/${n}`);
/** @param {string} room @param {number} seq @param {number[]} choices @returns {Promise<Message>} */
export const vote = (room, seq, choices) => call("PUT", `${messagePath(room, seq)}/vote`, { choices });
/** @param {string} room @param {number} seq @returns {Promise<Message>} */
export const closePoll = (room, seq) => call("PUT", `${messagePath(room, seq)}/poll/close`);
/** @param {string} room @returns {Promise<Message[]>} */
export const getPins = async (room) => (await call("GET", `rooms/${part(room)}/pins`)).items;
/** @param {string} room @param {number} seq @returns {Promise<Message>} */
export const pin = (room, seq) => call("PUT", `${messagePath(room, seq)}/pin`);
/** @param {string} room @param {number} seq */
export const unpin = (room, seq) => call("DELETE", `${messagePath(room, seq)}/pin`);
/** @returns {Promise<DueBookmark[]>} */
export const getBookmarks = async () => (await call("GET", "bookmarks")).items;
/** @param {string} room @param {number} seq */
export const addBookmark = (room, seq) => call("PUT", `${messagePath(room, seq)}/bookmark`);
/** @param {string} room @param {number} seq @param {string | null} at null for no more */
export const remindOf = (room, seq, at) => call("PUT", `${messagePath(room, seq)}/bookmark`, { remind_at: at });
/** @param {string} room @param {number} seq */
export const removeBookmark = (room, seq) => call("DELETE", `${messagePath(room, seq)}/bookmark`);
/** @returns {Promise<{ available: boolean, address: string | null, verified: boolean }>} */
export const getEmail = () => call("GET", "me/email");
/** @param {string} address */
export const setEmail = (address) => call("PUT", "me/email", { address });
export const forgetEmail = () => call("DELETE", "me/email");
/** @param {string} code */
export const confirmEmail = (code) => call("POST", "email/confirm", { code });
/** @param {string} code */
export const stopLetters = (code) => call("POST", `email/stop?code=${part(code)}`);
/** @returns {Promise<{ key: string | null, subscribed: boolean }>} */
export const getPush = () => call("GET", "push");
/** @param {PushSubscriptionJSON} subscription */
export const subscribeToPush = (subscription) => call("PUT", "push", subscription);
/** @param {string} endpoint */
export const unsubscribeFromPush = (endpoint) => call("DELETE", `push?endpoint=${part(endpoint)}`);
/** @returns {Promise<ListedThread[]>} */
export const getThreads = async () => (await call("GET", "threads")).items;
/** @param {string} room @param {number} thread @param {number} seq */
export const readThread = (room, thread, seq) => call("PUT", `rooms/${part(room)}/threads/${thread}/read`, { seq });
/** @param {string} room @param {number} thread @param {string} level */
export const followThread = (room, thread, level) => call("PUT", `rooms/${part(room)}/threads/${thread}/follow`, { level });
/** Every emoji there is, with names in English. @returns {Promise<EmojiData[]>} */
export const getEmoji = async () => (await fetch("web/vendor/emoji.json")).json();

/** @param {string} room @param {number} seq */
const messagePath = (room, seq) => `rooms/${part(room)}/messages/${seq}`;

/** @param {string} text */
const part = (text) => encodeURIComponent(text);

/** Every item of a list, page after page. @param {string} path */
async function every(path) {
  const items = [];
  let next = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    /** @type {List} */
    const list = await call("GET", next === null ? path : `${path}${path.includes("?") ? "&" : "?"}after=${part(String(next))}`);
    items.push(...list.items);
    next = list.next ?? null;
    if (next === null) break;
  }
  return items;
}

/**
 * @param {string} method @param {string} path @param {unknown} [body] @param {boolean} [keepalive]
 * @returns {Promise<any>} what the server answered; throws a ChatError for everything but a 2xx
 */
async function call(method, path, body, keepalive = false) {
  const headers = { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }) };
  const request = { method, headers, keepalive, body: body === undefined ? undefined : JSON.stringify(body) };
  const response = await fetch(`api/${path}`, request).catch(() => null);
  if (response === null) throw ChatError.unreachable();
  if (!response.ok) throw await ChatError.ofResponse(response);
  return response.status === 204 ? null : response.json();
}
