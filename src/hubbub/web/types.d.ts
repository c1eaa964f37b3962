/** The shapes that the browser client works with: those of the wire (`hubbub.v1`, REST) and those of its own state. */

export type Id = string;
export type Seq = number;

// On the wire

export interface Person { id: Id; name: string; kind: "human" | "bot" | "guest" }
export interface User extends Person { role: "owner" | "admin" | "member" | "guest"; avatar: string | null; preferences?: object }
export type RoomKind = "public" | "private" | "direct";
export type Posting = "everyone" | "moderators";
export type History = "all" | "joined";
export type RoomRole = "owner" | "admin" | "member" | null;

export interface Room {
  id: Id; kind: RoomKind; name: string; topic: string; role: RoomRole;
  last_seq: Seq; read_seq: Seq; unread: number; mentions: number;
  description?: string; posting?: Posting; history?: History; archived?: boolean; hidden?: boolean; folder?: string; first_seq?: Seq;
  /** Everybody in a direct room, by whom it is named. */
  members?: Person[];
}

/** What one can say of a room when making or changing it. */
export interface RoomFields {
  kind?: RoomKind; name?: string; topic?: string; description?: string; posting?: Posting; history?: History; archived?: boolean;
}

/** A public room as one finds it: `people` is how many are in it. */
export interface FoundRoom extends Room { people: number }

export interface Message {
  type: "message.created"; room: Id; seq: Seq; at: string; by: Person; text?: string; key?: string;
  mentions?: Id[]; edited_at?: string; deleted?: boolean; redacted?: boolean; duplicate?: boolean;
  thread?: Seq; also_to_room?: boolean; reply_to?: Seq; files?: SharedFile[]; reactions?: Reaction[]; replies?: Replies; pinned?: { at: string; by: Person }; poll?: Poll;
  previews?: Preview[];
}

/** What a file is: as the server found it, not as somebody says. */
export type FileKind = "image" | "video" | "audio" | "file";
/** A file of a message; the measures are known where the server could tell them. */
export interface SharedFile {
  id: Id; name: string; type: string; size: number; kind: FileKind; width?: number; height?: number; duration?: number; voice?: boolean;
}

/** A poll as somebody asks for it. */
export interface NewPoll { options: string[]; multiple?: boolean; closes_at?: string }
/** A poll as it stands: `votes` has one entry for each option, once somebody has voted. */
export interface Poll extends NewPoll { votes?: { count: number; users: Id[] }[]; closed?: { at: string; by: Person } }

/** What a page that a message links to says of itself; `n` stays with it. */
export interface Preview { n: number; url: string; title: string; description?: string; site?: string }

/** One emoji on a message; `users` in the order in which they chose it. */
export interface Reaction { emoji: string; count: number; users: Id[] }
/** What the first message of a thread says of its replies. */
export interface Replies { count: number; last_seq: Seq; last_at: string; by: Person[]; as_of: Seq }
/** An emoji as one may choose it; those without an order are only parts of others. */
export interface EmojiData { unicode: string; label: string; tags?: string[]; group?: number; order?: number; skins?: EmojiData[] }
/** A message that waits for its time; `failed` says why it was not sent then. The room is null where one may not see it any more. */
export interface Scheduled {
  id: Id; room: Id | null; key: string; text: string; at: string; created_at: string; thread?: Seq; also_to_room?: boolean; reply_to?: Seq; failed?: string;
}
/** A message that one keeps; `due` once the time has come to be reminded of it. */
export interface DueBookmark { message: Message; created_at: string; remind_at?: string; due?: boolean }
/** What a message said, since `at`. */
export interface Version { seq: Seq; at: string; text: string }
/** A thread that one follows, or chose otherwise about. */
export interface ListedThread { message: Message; read_seq: Seq; unread: number; level: NotificationLevel }
/** The same as the client keeps it: `last_seq` is the newest reply that is counted in. */
export interface FollowedThread { room: Id; thread: Seq; read_seq: Seq; unread: number; last_at: string; last_seq: Seq; level: NotificationLevel }

/** Any numbered event; its further fields depend on `type`. */
export interface RoomEvent {
  type: string; room: Id; seq: Seq; at: string; by: Person; text?: string; key?: string; mentions?: Id[];
  target?: Seq; emoji?: string; thread?: Seq; also_to_room?: boolean; reply_to?: Seq; user?: Person; role?: RoomRole; redacted?: boolean; files?: SharedFile[]; poll?: Poll; previews?: Preview[]; choices?: number[]; name?: string; topic?: string; kind?: RoomKind;
  description?: string; posting?: Posting; history?: History; archived?: boolean; scheduled?: boolean;
}

/** Any frame of the server: an answer, an event or a signal. */
export interface Frame { type: string; [field: string]: any }

export interface Limits { text: number; frame: number; replay: number; file: number; files: number }
export interface Welcome { type: "welcome"; epoch: string; reset?: boolean; user: User; rooms: Room[]; limits: Limits; presence?: State["presence"] }
export interface Page { items: Message[]; before: Seq | null; after: Seq | null }
export interface Member { user: Person; role: Exclude<RoomRole, null> }
export interface Login { id: Id; created_at: string; last_seen_at: string; client: string; current: boolean }
/** `sign_in` is false where the chat lives in another app, whose business accounts are. */
export interface Site { name: string; setup: boolean; version: string; sign_in?: boolean; previews?: boolean }
export interface ApiToken { id: Id; name: string; token?: string; created_at: string }

// In the client

/** A room of one's own as the client keeps it: `cursor` is the last event it has seen. */
export interface MyRoom extends Room { cursor: Seq }

/** A stretch of a room's messages without a hole; `before` and `after` page on, null at an end. */
export interface Timeline {
  messages: Message[]; before: Seq | null; after: Seq | null; loaded: boolean; loading: PageSide | null;
  failed: PageSide | null; newest: Seq; late: RoomEvent[];
}
export type PageSide = "start" | "before" | "after";

export interface OutboxEntry {
  key: string; room: Id; text: string; at: number; status: "waiting" | "sending" | "sent" | "failed";
  seq?: Seq; problem?: string; dueAt?: number; thread?: Seq; also_to_room?: boolean; reply_to?: Seq; poll?: NewPoll;
  /** The keys of what is to go with it; `files` once the server has all of that. */
  uploads?: string[]; files?: SharedFile[];
}
/** What makes a message a reply. */
export type ReplyFields = Pick<OutboxEntry, "thread" | "also_to_room" | "reply_to" | "uploads" | "poll">;

/** A file on its way to the server; `message` is the key of the one it goes with, once that was sent. Trying a `hopeless` one again is of no use. */
export interface Upload {
  key: string; place: string; message?: string; name: string; size: number; type: string; kind: FileKind; voice?: boolean;
  duration?: number; width?: number; height?: number; status: "waiting" | "sending" | "done" | "failed"; sent: number; tries: number;
  dueAt?: number; id?: Id; chunk?: number; file?: SharedFile; problem?: string; hopeless?: boolean;
}

export interface Typing { names: string[]; until: number }

/** Somebody who lets others see that they have read up to `seq`. */
export interface Reader { person: Person; seq: Seq }

export type PresenceState = "online" | "away" | "offline";

export interface Connection { status: "connecting" | "online" | "waiting" | "refused"; since: number; sentence: string }

export type Route =
  | { page: "rooms" } | { page: "setup"; token: string } | { page: "reset"; token: string } | { page: "invite"; code: string }
  | { page: "email"; act: "confirm" | "stop"; code: string }
  | { page: "search"; words: string } | { page: "unread" } | { page: "mentions" } | { page: "scheduled" }
  | { page: "room"; room: Id; seq: Seq | null; panel: PanelName | null; thread?: Seq; reply?: Seq };
/** What may stand beside a conversation; `thread` with the number of its first message, and of the `reply` that one came for. */
export type PanelName = "people" | "thread" | "threads" | "pins" | "bookmarks";

/** `words` is what was searched for, `next` goes on from what was found. */
export interface SearchState {
  words: string; messages: Message[]; next: string | null; status: "idle" | "searching" | "done" | "failed"; sentence: string;
}

/** What stands at the foot of the window until it is done with: a sentence, and sometimes one thing to do about it. */
export interface Notice { id: number; text: string; label?: string; act?: () => void }

export type DialogName = "send-later" | "remind" | "palette" | "pictures" | "poll" | "account" | "new-room" | "new-message" | "react" | "reacted" | "seen" | "forward" | "versions" | "browse" | "invite" | "shortcuts" | "room-settings";

/** What one is told of in a room. */
export type NotificationLevel = "all" | "mentions" | "nothing";
/**
 * `paused` until this moment, in milliseconds; `quiet` every day between these times, such as `22:00`, by the clocks of `zone`.
 * `keywords` count as if one were named; `words`: whether a push brings along who wrote what. A letter comes after `email_minutes` unread.
 */
export interface NotificationSettings {
  desktop: boolean; sound: boolean; quiet: { from: string; to: string } | null; zone: string; paused: number;
  rooms: Record<Id, NotificationLevel>; keywords: string[]; words: boolean; email: boolean; email_minutes: number;
}

export interface State {
  phase: "starting" | "signed-out" | "signed-in";
  site: Site | null;
  me: User | null;
  epoch: string | null;
  limits: Limits;
  /** How many messages wait for their time, how many could not be sent; `changes` grows with each change of them. */
  scheduled: { waiting: number; failed: number; changes: number };
  /** Messages that one is to be reminded of now, by `room/seq`. */
  due: string[];
  rooms: Record<Id, MyRoom>;
  timelines: Record<Id, Timeline>;
  /** Messages from beyond what is loaded: quoted ones, first ones of threads. By `room/seq`. */
  singles: Record<string, Message | "missing">;
  /** The threads that one follows, by `room/seq` of their first message; null until they were loaded. */
  followed: Record<string, FollowedThread> | null;
  /** Which message the next one quotes, by the place it is written in (a room, or `room/seq` of a thread). */
  replying: Record<string, Seq>;
  outbox: OutboxEntry[];
  uploads: Upload[];
  /** The pictures that one leafs through over the page, and the one that is shown. */
  pictures: { all: import("./state/files.js").Picture[]; id: Id } | null;
  /** One's own votes that the server may not know of yet, by the place of the message. */
  votes: Record<string, { choices: number[]; sent: boolean }>;
  drafts: Record<Id, string>;
  typing: Record<Id, Typing>;
  /** Who is not offline, by room; rooms of which nothing is told are not there. */
  presence: Record<Id, Record<Id, PresenceState>>;
  /** Others in the rooms on the screen who have read something, as far as one may know it. */
  seen: Record<Id, Reader[]>;
  /** Whether one lets others see how far one has read; who does not sees it of nobody. */
  sharesReading: boolean;
  /** Whether nobody looks at this page: it is hidden, or was not touched for a while. */
  away: boolean;
  members: Record<Id, Member[]>;
  notifications: NotificationSettings;
  /** Whether somebody has just come in for the first time. */
  tour: boolean;
  connection: Connection;
  route: Route;
  /** The first unread message of the open room stands after this number; null when there was nothing new. */
  newAfter: Seq | null;
  /** Whether the person is looking at the newest message of the open room right now. */
  attentive: boolean;
  /** The same for the newest reply of the thread that is open beside it. */
  attentiveInThread: boolean;
  /** The room that the address names and one is not in: to be joined, or not to be found. */
  visiting: Room | "missing" | null;
  /** The open room, where it was marked as unread again: it is not read by being looked at. */
  keptUnread: Id | null;
  search: SearchState;
  /** Rooms that one is not in and whose messages were found. */
  strangeRooms: Record<Id, Room>;
  editing: Seq | null;
  /** Deletions that the server does not know of yet. */
  deleting: Deletion[];
  dialog: DialogName | null;
  /** The message that the dialog is about, where it is about one. */
  subject: Message | null;
  /** Whether the rooms lie over the conversation, where there is no space for both. */
  roomsOver: boolean;
  notice: Notice | null;
  /** What a screen reader is to say next. */
  announcement: string;
}

/** A message that is to go: undone until then, unless that is decided already. */
export interface Deletion {
  room: Id;
  seq: Seq;
  until: number;
  decided: boolean;
}

export type Row =
  | { kind: "beginning"; key: string }
  | { kind: "day"; key: string; at: string | number }
  | { kind: "new"; key: string }
  | { kind: "message"; key: string; message: Message; head: boolean }
  | { kind: "outgoing"; key: string; entry: OutboxEntry; head: boolean };
