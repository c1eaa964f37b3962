// What the server says, applied to the state: one table for every event of a room's log, one for everything else.

/** @import { State, RoomEvent, Frame, MyRoom, Timeline, Message, Member, Welcome } from "../types.d.ts" */

import { initialState } from "./initial.js";
import { putAway } from "./direct.js";
import { renamed } from "./names.js";
import { onlyWatched, presenceHeard } from "./presence.js";
import { settled, without } from "./outbox.js";
import { allRead, eventSeen, firstUnreadAfter, isSame, mentionsCounted, messageCounted, roomAdded, roomRemoved, roomsWelcomed } from "./rooms.js";
import { wordsOrNames } from "./files.js";
import { openRoom, openThread } from "./routes.js";
import { reminderHeard, scheduledHeard } from "./scheduling.js";
import { seenHeard } from "./seen.js";
import { names, standsInRoom } from "./message-changes.js";
import { firstReplyFollowed, knownMessage, placeOf, replyFollowed, roomOf, singlesChanged, threadRead, withoutPlaces } from "./threads.js";
import { emptyTimeline, messageArrived, messageChanged } from "./timeline.js";
import { typingEnded, typingHeard } from "./typing.js";
import { markedUnread } from "./unread.js";
import { voteHeard, votesAnew } from "./votes.js";

/** @typedef {(state: State, event: RoomEvent) => State} ApplyEvent */

/** What an event may change of a room. @type {("name" | "topic" | "description" | "kind" | "posting" | "history" | "archived")[]} */
const ROOM_FACTS = ["name", "topic", "description", "kind", "posting", "history", "archived"];

/** Every event of the protocol. What this client does not show yet only moves the cursor. @type {Record<string, ApplyEvent>} */
export const EVENTS = {
  "message.created": messageCreated,
  "message.edited": wordsAltered,
  "message.deleted": wordsAltered,
  "message.pinned": messageAltered,
  "message.unpinned": messageAltered,
  "message.previewed": messageAltered,
  "poll.voted": voted,
  "poll.closed": messageAltered,
  "reaction.added": messageAltered,
  "reaction.removed": messageAltered,
  "member.joined": memberCame,
  "member.changed": memberCame,
  "member.left": memberLeft,
  "room.changed": roomChanged,
};

/** Everything without a number of its own in a log. @type {Record<string, (state: State, frame: any, now: number) => State>} */
export const SIGNALS = {
  welcome: welcomed,
  presence: (state, frame) => ({ ...state, presence: presenceHeard(state.presence, frame.room, frame.users) }),
  watched: (state, frame) => onlyWatched(state, frame.rooms),
  "user.changed": (state, frame) => renamed(state, frame.user),
  behind: fellBehind,
  read: readElsewhere,
  seen: seenHeard,
  "thread.read": (state, { room, thread, seq }) => ({ ...state, followed: threadRead(state.followed, placeOf(room, thread), seq) }),
  typing: (state, frame, now) => ({ ...state, typing: typingHeard(state.typing, frame.room, frame.users, now) }),
  hidden: (state, frame) => withRoom(state, frame.room, (room) => putAway(room, frame.seq)),
  unread: (state, frame) => markedUnread(state, frame),
  scheduled: scheduledHeard,
  reminder: reminderHeard,
  folder: (state, frame) => withRoom(state, frame.room, (room) => ({ ...room, folder: frame.folder })),
  "room.added": (state, frame) => ({ ...state, rooms: roomAdded(state.rooms, frame.room, state.me?.id ?? "") }),
  "room.removed": leftBehind,
};

/** @param {State} state @param {Frame} frame @param {number} now @returns {State} */
export function applyFrame(state, frame, now) {
  if (Object.hasOwn(SIGNALS, frame.type)) return SIGNALS[frame.type](state, frame, now);
  return typeof frame.seq === "number" && frame.by ? applyEvent(state, /** @type {any} */ (frame)) : state;
}

/** An event that was seen before changes nothing. @param {State} state @param {RoomEvent} event @returns {State} */
function applyEvent(state, event) {
  const room = state.rooms[event.room];
  if (!room || event.seq <= room.cursor) return state;
  const changed = Object.hasOwn(EVENTS, event.type) ? EVENTS[event.type](state, event) : state;
  const seen = withRoom(changed, event.room, (known) => eventSeen(known, event.seq));
  const outbox = settled(seen.outbox, seen.rooms);
  return outbox === seen.outbox ? seen : { ...seen, outbox };
}

/** @type {ApplyEvent} */
function messageCreated(state, event) {
  const me = state.me?.id ?? "";
  const own = event.by.id === me && !event.scheduled;
  const open = openRoom(state.route) === event.room;
  const room = state.rooms[event.room];
  const attentive = open && state.attentive && state.keptUnread !== event.room;
  const counted = withRoom(state, event.room, (known) => messageCounted(known, event, me, attentive));
  const firstNew = open && !own && !attentive && room.unread === 0 && counted.rooms[event.room].unread > 0;
  const arrived = standsInRoom(event)
    ? withTimeline(counted, event.room, (timeline) => messageArrived(timeline, /** @type {Message} */ (event), attentive || !open)) : counted;
  return {
    ...(event.thread === undefined ? arrived : replyArrived(arrived, event, me)),
    outbox: own && event.key ? without(state.outbox, event.key) : state.outbox,
    typing: typingEnded(state.typing, event.room, event.by.name),
    keptUnread: open && own ? null : state.keptUnread,
    newAfter: firstNew ? room.read_seq : open && own ? null : state.newAfter,
    announcement: open && !own && wordsOrNames(event) && isInView(state.route, event) ? announced(state.announcement, `${event.by.name}: ${wordsOrNames(event)}`) : state.announcement,
  };
}

/** The same words again must differ a little, or a screen reader does not hear them. @param {string} before @param {string} words */
export const announced = (before, words) => (before === words ? `${words}\u00a0` : words);

/** Whether an open room shows a message: in itself, or in the thread beside it. @param {State["route"]} route @param {RoomEvent} event */
const isInView = (route, event) => standsInRoom(event) || openThread(route) === event.thread;

/** A reply joins its thread where that is loaded, and its first message wherever it stands. @param {State} state @param {RoomEvent} event @param {string} me @returns {State} */
function replyArrived(state, event, me) {
  const thread = event.thread ?? 0;
  const place = placeOf(event.room, thread);
  const looking = openRoom(state.route) === event.room && openThread(state.route) === thread && state.attentiveInThread;
  const first = knownMessage(state, event.room, thread);
  const followed = firstReplyFollowed(replyFollowed(state.followed, event, me, looking), event, first, me);
  const joined = state.timelines[place] ? withTimeline(state, place, (timeline) => messageArrived(timeline, /** @type {Message} */ (event), true)) : state;
  return messageAltered({ ...joined, followed }, event);
}

/** @type {ApplyEvent} */
function messageAltered(state, event) {
  const timelines = Object.entries(state.timelines).map(([place, timeline]) => [place, roomOf(place) === event.room ? messageChanged(timeline, event) : timeline]);
  return { ...state, timelines: Object.fromEntries(timelines), singles: singlesChanged(state.singles, event) };
}

/** Whom a message names may be another one then. @type {ApplyEvent} */
function wordsAltered(state, event) {
  const altered = messageAltered(state, event);
  const [before, after] = [state, altered].map((each) => knownMessage(each, event.room, event.target ?? 0));
  if (!before || before === "missing" || !after || after === "missing") return altered;
  return withRoom(altered, event.room, (room) => mentionsCounted(room, event, before, after, state.me?.id ?? ""));
}

/** @type {ApplyEvent} */
function voted(state, event) {
  return { ...messageAltered(state, event), votes: voteHeard(state.votes, event, state.me?.id ?? "") };
}

/** @type {ApplyEvent} */
function memberCame(state, event) {
  const { user, role } = event;
  if (!user) return state;
  const known = user.id === state.me?.id && role ? withRoom(state, event.room, (room) => ({ ...room, role })) : state;
  return withMembers(known, event.room, (members) => {
    const before = members.find((member) => member.user.id === user.id);
    return [...members.filter((member) => member !== before), { user, role: role ?? before?.role ?? "member" }];
  });
}

/** @type {ApplyEvent} */
function memberLeft(state, event) {
  if (event.user?.id === state.me?.id) return leftBehind(state, event);
  return withMembers(state, event.room, (members) => members.filter((member) => member.user.id !== event.user?.id));
}

/** @type {ApplyEvent} */
function roomChanged(state, event) {
  const changed = ROOM_FACTS.filter((fact) => event[fact] !== undefined).map((fact) => [fact, event[fact]]);
  return withRoom(state, event.room, (known) => ({ ...known, ...Object.fromEntries(changed) }));
}

/** @param {State} state @param {Welcome} welcome @param {number} now @returns {State} */
function welcomed(state, welcome, now) {
  const somebodyElse = state.me !== null && state.me.id !== welcome.user.id;
  const known = somebodyElse ? { ...initialState(state.route, now), site: state.site } : state;
  const afresh = somebodyElse || welcome.reset === true || (known.epoch !== null && known.epoch !== welcome.epoch);
  const rooms = roomsWelcomed(known.rooms, welcome.rooms, afresh, welcome.user.id);
  const isKept = (/** @type {string} */ place) => roomOf(place) in rooms && isSame(known.rooms[roomOf(place)], rooms[roomOf(place)]);
  const timelines = afresh ? {} : Object.fromEntries(Object.entries(known.timelines).filter(([place]) => isKept(place)));
  return {
    ...known, rooms, timelines, singles: afresh ? {} : known.singles, followed: afresh ? null : known.followed, me: welcome.user, epoch: welcome.epoch,
    phase: "signed-in", limits: { ...known.limits, ...welcome.limits }, presence: welcome.presence ?? {}, seen: afresh ? {} : known.seen,
    outbox: settled(known.outbox, rooms), votes: votesAnew(known.votes),
    newAfter: known.newAfter ?? firstUnreadAfter(rooms[openRoom(known.route) ?? ""]),
    connection: { status: "online", since: now, sentence: "" },
  };
}

/** Too much is missing: the room begins again at its newest page. @param {State} state @param {{ room: string, last_seq: number }} frame */
function fellBehind(state, { room, last_seq: last }) {
  if (!state.rooms[room]) return state;
  const moved = withRoom(state, room, (known) => ({ ...known, cursor: last, last_seq: last }));
  const timelines = withoutPlaces(moved.timelines, room);
  const fallen = { ...moved, timelines, singles: withoutPlaces(moved.singles, room), outbox: settled(moved.outbox, moved.rooms) };
  if (openRoom(state.route) !== room) return fallen;
  return { ...fallen, attentive: false, attentiveInThread: false, newAfter: firstUnreadAfter({ ...moved.rooms[room], unread: 1 }) };
}

/** Of a room that is not public nothing can be found any more. @param {State} state @param {{ room: string }} frame @returns {State} */
function leftBehind(state, { room }) {
  const isLost = openRoom(state.route) === room && state.rooms[room]?.kind !== "public";
  return withoutRoom(isLost ? { ...state, visiting: "missing" } : state, room);
}

/** @param {State} state @param {{ room: string, seq: number }} frame @returns {State} */
function readElsewhere(state, { room: id, seq }) {
  const timeline = state.timelines[id];
  return withRoom(state, id, (room) => {
    if (seq <= room.read_seq) return room;
    if (seq >= room.last_seq) return allRead(room, seq);
    if (!timeline?.loaded || timeline.after !== null) return { ...room, read_seq: seq };
    const left = timeline.messages.filter((message) => message.seq > seq);
    const mentions = left.filter((message) => names(message, state.me?.id ?? "")).length;
    return { ...room, read_seq: seq, unread: Math.min(room.unread, left.length), mentions: Math.min(room.mentions, mentions) };
  });
}

/** @param {State} state @param {string} id @param {(room: MyRoom) => MyRoom} change @returns {State} */
export function withRoom(state, id, change) {
  const room = state.rooms[id];
  return room ? { ...state, rooms: { ...state.rooms, [id]: change(room) } } : state;
}

/** @param {State} state @param {string} id @param {(timeline: Timeline) => Timeline} change @returns {State} */
export function withTimeline(state, id, change) {
  return { ...state, timelines: { ...state.timelines, [id]: change(state.timelines[id] ?? emptyTimeline()) } };
}

/** @param {State} state @param {string} id @param {(members: Member[]) => Member[]} change @returns {State} */
export function withMembers(state, id, change) {
  const members = state.members[id];
  return members ? { ...state, members: { ...state.members, [id]: change(members) } } : state;
}

/** @param {State} state @param {string} id @returns {State} */
export function withoutRoom(state, id) {
  const timelines = withoutPlaces(state.timelines, id);
  const { [id]: _members, ...members } = state.members;
  return { ...state, timelines, members, singles: withoutPlaces(state.singles, id), seen: withoutPlaces(state.seen, id), rooms: roomRemoved(state.rooms, id) };
}
