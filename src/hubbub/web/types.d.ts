/** The shapes that the browser client works with: those of the wire (`hubbub.v1`, REST) and those of its own state. */

export type Id = string;
export type Seq = number;

// On the wire

export interface Person { id: Id; name: string; kind: "human" | "bot" | "guest" }
export interface User extends Person { role: "owner" | "admin" | "member" | "guest"; avatar: string | null; preferences?: object }
export type RoomKind = "public" | "private" | "direct";
export type RoomRole = "owner" | "admin" | "member" | null;

export interface Room {
  id: Id; kind: RoomKind; name: string; topic: string; role: RoomRole;
  last_seq: Seq; read_seq: Seq; unread: number; mentions: number;
}

export interface Message {
  type: "message.created"; room: Id; seq: Seq; at: string; by: Person; text?: string; key?: string;
  mentions?: Id[]; edited_at?: string; deleted?: boolean; redacted?: boolean; duplicate?: boolean;
}

/** Any numbered event; its further fields depend on `type`. */
export interface RoomEvent {
  type: string; room: Id; seq: Seq; at: string; by: Person; text?: string; key?: string; mentions?: Id[];
  target?: Seq; user?: Person; role?: RoomRole; redacted?: boolean; name?: string; topic?: string; kind?: RoomKind;
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
  seq?: Seq; problem?: string; dueAt?: number;
}

export interface Typing { names: string[]; until: number }

export interface Connection { status: "connecting" | "online" | "waiting" | "refused"; since: number; sentence: string }

export type Route =
  | { page: "rooms" } | { page: "setup"; token: string } | { page: "invite"; code: string }
  | { page: "room"; room: Id; seq: Seq | null; panel: "people" | null };

/** What stands at the foot of the window until it is done with: a sentence, and sometimes one thing to do about it. */
export interface Notice { id: number; text: string; label?: string; act?: () => void }

export type DialogName = "account" | "new-room" | "browse" | "invite" | "shortcuts" | "room-settings";

export interface State {
  phase: "starting" | "signed-out" | "signed-in";
  site: Site | null;
  me: User | null;
  epoch: string | null;
  limits: Limits;
  rooms: Record<Id, MyRoom>;
  timelines: Record<Id, Timeline>;
  outbox: OutboxEntry[];
  drafts: Record<Id, string>;
  typing: Record<Id, Typing>;
  members: Record<Id, Member[]>;
  connection: Connection;
  route: Route;
  /** The first unread message of the open room stands after this number; null when there was nothing new. */
  newAfter: Seq | null;
  /** Whether the person is looking at the newest message of the open room right now. */
  attentive: boolean;
  /** The room that the address names and one is not in: to be joined, or not to be found. */
  visiting: Room | "missing" | null;
  editing: Seq | null;
  /** Deletions that may still be undone. */
  deleting: { room: Id; seq: Seq }[];
  dialog: DialogName | null;
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
