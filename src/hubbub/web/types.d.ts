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
  thread?: Seq; also_to_room?: boolean; reply_to?: Seq; reactions?: Reaction[]; replies?: Replies; pinned?: { at: string; by: Person };
}

/** One emoji on a message; `users` in the order in which they chose it. */
export interface Reaction { emoji: string; count: number; users: Id[] }
/** What the first message of a thread says of its replies. */
export interface Replies { count: number; last_seq: Seq; last_at: string; by: Person[]; as_of: Seq }
/** An emoji as one may choose it; those without an order are only parts of others. */
export interface EmojiData { unicode: string; label: string; tags?: string[]; group?: number; order?: number; skins?: EmojiData[] }
/** What a message said, since `at`. */
export interface Version { seq: Seq; at: string; text: string }
/** A thread that one follows. */
export interface FollowedThread { room: Id; thread: Seq; unread: number; last_at: string }

/** Any numbered event; its further fields depend on `type`. */
export interface RoomEvent {
  type: string; room: Id; seq: Seq; at: string; by: Person; text?: string; key?: string; mentions?: Id[];
  target?: Seq; emoji?: string; thread?: Seq; also_to_room?: boolean; reply_to?: Seq; user?: Person; role?: RoomRole; redacted?: boolean; name?: string; topic?: string; kind?: RoomKind;
  description?: string; posting?: Posting; history?: History; archived?: boolean;
}

/** Any frame of the server: an answer, an event or a signal. */
export interface Frame { type: string; [field: string]: any }

export interface Limits { text: number; frame: number; replay: number }
export interface Welcome { type: "welcome"; epoch: string; reset?: boolean; user: User; rooms: Room[]; limits: Limits }
export interface Page { items: Message[]; before: Seq | null; after: Seq | null }
export interface Member { user: Person; role: Exclude<RoomRole, null> }
export interface Login { id: Id; created_at: string; last_seen_at: string; client: string; current: boolean }
/** `sign_in` is false where the chat lives in another app, whose business accounts are. */
export interface Site { name: string; setup: boolean; version: string; sign_in?: boolean }
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
  seq?: Seq; problem?: string; dueAt?: number; thread?: Seq; also_to_room?: boolean; reply_to?: Seq;
}
/** What makes a message a reply. */
export type ReplyFields = Pick<OutboxEntry, "thread" | "also_to_room" | "reply_to">;

export interface Typing { names: string[]; until: number }

export interface Connection { status: "connecting" | "online" | "waiting" | "refused"; since: number; sentence: string }

export type Route =
  | { page: "rooms" } | { page: "setup"; token: string } | { page: "invite"; code: string }
  | { page: "search"; words: string } | { page: "unread" } | { page: "mentions" }
  | { page: "room"; room: Id; seq: Seq | null; panel: PanelName | null; thread?: Seq };
/** What may stand beside a conversation; `thread` with the number of its first message. */
export type PanelName = "people" | "thread" | "threads" | "pins" | "bookmarks";

/** `words` is what was searched for, `next` goes on from what was found. */
export interface SearchState {
  words: string; messages: Message[]; next: string | null; status: "idle" | "searching" | "done" | "failed"; sentence: string;
}

/** What stands at the foot of the window until it is done with: a sentence, and sometimes one thing to do about it. */
export interface Notice { id: number; text: string; label?: string; act?: () => void }

export type DialogName = "palette" | "account" | "new-room" | "new-message" | "react" | "forward" | "versions" | "browse" | "invite" | "shortcuts" | "room-settings";

/** What one is told of in a room. */
export type NotificationLevel = "all" | "mentions" | "nothing";
/** `paused` until this moment, in milliseconds; `quiet` every day between these times, such as `22:00`. */
export interface NotificationSettings {
  desktop: boolean; sound: boolean; quiet: { from: string; to: string } | null; paused: number; rooms: Record<Id, NotificationLevel>;
}

export interface State {
  phase: "starting" | "signed-out" | "signed-in";
  site: Site | null;
  me: User | null;
  epoch: string | null;
  limits: Limits;
  rooms: Record<Id, MyRoom>;
  timelines: Record<Id, Timeline>;
  /** Messages from beyond what is loaded: quoted ones, first ones of threads. By `room/seq`. */
  singles: Record<string, Message | "missing">;
  /** The threads that one follows, by `room/seq` of their first message; null until they were loaded. */
  followed: Record<string, FollowedThread> | null;
  /** Which message the next one quotes, by the place it is written in (a room, or `room/seq` of a thread). */
  replying: Record<string, Seq>;
  outbox: OutboxEntry[];
  drafts: Record<Id, string>;
  typing: Record<Id, Typing>;
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
  /** The room that the address names and one is not in: to be joined, or not to be found. */
  visiting: Room | "missing" | null;
  /** The open room, where it was marked as unread again: it is not read by being looked at. */
  keptUnread: Id | null;
  search: SearchState;
  /** Rooms that one is not in and whose messages were found. */
  strangeRooms: Record<Id, Room>;
  editing: Seq | null;
  /** Deletions that may still be undone. */
  deleting: { room: Id; seq: Seq }[];
  dialog: DialogName | null;
  /** The message that the dialog is about, where it is about one. */
  subject: Message | null;
  /** Whether the rooms lie over the conversation, where there is no space for both. */
  roomsOver: boolean;
  notice: Notice | null;
  /** What a screen reader is to say next. */
  announcement: string;
}

export type Row =
  | { kind: "beginning"; key: string }
  | { kind: "day"; key: string; at: string | number }
  | { kind: "new"; key: string }
  | { kind: "message"; key: string; message: Message; head: boolean }
  | { kind: "outgoing"; key: string; entry: OutboxEntry; head: boolean };
