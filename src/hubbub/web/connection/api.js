// REST, one function per endpoint. Addresses are relative to the page, so that any prefix will do.

/** @import { User, Room, Page, Member, Login, Site, ApiToken, Person, Message, RoomKind } from "../types.d.ts" */

import { ChatError } from "./chat-error.js";

/** @typedef {{ items: any[], next?: string | null }} List */

const MOST_PAGES = 20;

/** @returns {Promise<Site>} */
export const getSite = () => call("GET", "site");
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
/** @param {{ kind: RoomKind, name: string, topic?: string }} room @returns {Promise<Room>} */
export const createRoom = (room) => call("POST", "rooms", room);
/** @param {string} room @param {{ name?: string, topic?: string }} fields @returns {Promise<Room>} */
export const changeRoom = (room, fields) => call("PATCH", `rooms/${part(room)}`, fields);

/** @param {string} room @returns {Promise<Member[]>} */
export const getMembers = (room) => every(`rooms/${part(room)}/members?limit=500`);
/** @param {string} room @param {string} user or `me` @returns {Promise<Member>} */
export const addMember = (room, user) => call("PUT", `rooms/${part(room)}/members/${part(user)}`, {});
/** @param {string} room @param {string} user or `me` */
export const removeMember = (room, user) => call("DELETE", `rooms/${part(room)}/members/${part(user)}`);

/** @param {string} room @param {{ before?: number, after?: number, around?: number, limit?: number }} where @returns {Promise<Page>} */
export const getMessages = (room, where) =>
  call("GET", `rooms/${part(room)}/messages?${new URLSearchParams(Object.entries(where).map(([name, value]) => [name, String(value)]))}`);
/** @param {string} room @param {number} seq @param {string} text @returns {Promise<Message>} */
export const editMessage = (room, seq, text) => call("PATCH", `rooms/${part(room)}/messages/${seq}`, { text });
/** @param {string} room @param {number} seq @param {boolean} [leaving] whether the page is going away meanwhile */
export const deleteMessage = (room, seq, leaving = false) =>
  call("DELETE", `rooms/${part(room)}/messages/${seq}`, undefined, leaving);

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
