"""Every table, on one page."""

from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)

metadata = MetaData()

# Rows that every message changes: PostgreSQL keeps the next version on the same page, and no index hears of it.
ROOM_TO_CHANGE = {"fillfactor": 50}


def where(condition: str) -> dict[str, Any]:
    """An index only of some rows, on either database."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


# Times are whole milliseconds since 1970, UTC. Ids are the opaque strings of `protocol.ids`.

meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),  # human, bot, guest
    Column("role", String, nullable=False),  # owner, admin, member, guest
    Column("name", String, nullable=False),
    Column("name_key", String, nullable=False, unique=True),  # the name as it is compared: NFKC, case folded
    Column("external_id", String, unique=True),  # a host app's own id for this person
    Column("password_hash", Text),
    Column("avatar", Text),
    Column("preferences", Text, nullable=False, server_default="{}"),
    Column("created_at", BigInteger, nullable=False),
    Column("deactivated_at", BigInteger),
)

logins = Table(
    "logins",
    metadata,
    Column("id", String, primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("client", String, nullable=False, server_default=""),
    Column("created_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String, primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

invites = Table(
    "invites",
    metadata,
    Column("id", String, primary_key=True),
    Column("code_hash", LargeBinary, nullable=False, unique=True),
    Column("room_id", ForeignKey("rooms.id")),
    Column("created_by", ForeignKey("users.id"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("uses_left", Integer),  # null: as many as like
)

rooms = Table(
    "rooms",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),  # public, private, direct
    Column("name", String, nullable=False),
    Column("name_key", String, unique=True),  # null for direct and archived rooms
    Column("people_key", Text, unique=True),  # direct rooms: the ids of their people, so there is one room for each set of them
    Column("topic", Text, nullable=False, server_default=""),
    Column("description", Text, nullable=False, server_default=""),
    Column("posting", String, nullable=False, server_default="everyone"),  # everyone, moderators
    Column("history", String, nullable=False, server_default="all"),  # what those who join from now on may see: all, joined
    Column("created_at", BigInteger, nullable=False),
    Column("archived_at", BigInteger),
    Column("last_seq", Integer, nullable=False, server_default="0"),
    Column("message_count", Integer, nullable=False, server_default="0"),
    postgresql_with=ROOM_TO_CHANGE,
)

memberships = Table(
    "memberships",
    metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("room_id", ForeignKey("rooms.id"), primary_key=True),
    Column("role", String, nullable=False),  # owner, admin, member
    Column("read_seq", Integer, nullable=False),
    Column("read_count", Integer, nullable=False),  # the room's message_count at read_seq: unread needs no counting
    Column("first_seq", Integer, nullable=False, server_default="1"),  # the first event that they may see
    Column("hidden_seq", Integer, nullable=False, server_default="0"),  # put away until something comes after it
    Column("folder", String, nullable=False, server_default=""),  # where it stands in the user's own list
    Index("memberships_by_room", "room_id", "user_id"),
    sqlite_with_rowid=False,
    postgresql_with=ROOM_TO_CHANGE,
)

# The log. `id` grows with every event of every room, so an insert goes to the end of the tree.
events = Table(
    "events",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("room_id", String, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("type", String, nullable=False),
    Column("author_id", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("key", String),  # the author's own, for messages: a retry finds the first one
    Column("target", Integer),  # the message it is about; of a reply in a thread its first message, negative when also in the room
    Column("message_count", Integer, nullable=False),  # messages of the room up to here, this one included
    Column("body", LargeBinary, nullable=False),  # the event as it goes over the wire
    UniqueConstraint("room_id", "seq"),
    # The key comes first: clients send time-ordered keys, so inserts stay at the end of this tree too.
    Index("events_by_key", "key", "author_id", "room_id", unique=True, **where("key IS NOT NULL")),
    Index("events_by_target", "room_id", "target", **where("target IS NOT NULL")),
)

# What became of a message since it was posted; most have no row here.
message_states = Table(
    "message_states",
    metadata,
    Column("room_id", String, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("text", Text),  # null: never edited
    Column("mentions", Text, nullable=False, server_default="[]"),  # of the edited text: JSON list of user ids
    Column("edited_at", BigInteger),
    Column("notes", Text, nullable=False, server_default="{}"),  # JSON object: reactions, replies, pinned
    sqlite_with_rowid=False,
)

mentions = Table(
    "mentions",
    metadata,
    Column("user_id", String, primary_key=True),
    Column("room_id", String, primary_key=True),
    Column("seq", Integer, primary_key=True),
    sqlite_with_rowid=False,
)

# What those who run the chat decided while it ran, by name.
site_settings = Table(
    "site_settings",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)

# Links of messages that wait for the server to look at them.
preview_jobs = Table(
    "preview_jobs",
    metadata,
    Column("room_id", String, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("author_id", String, nullable=False),
    Column("links", Text, nullable=False),  # JSON list
    Column("created_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

pins = Table(
    "pins",
    metadata,
    Column("room_id", String, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("pinned_seq", Integer, nullable=False),  # the event that pinned it
    sqlite_with_rowid=False,
)

# Threads that somebody follows, and how far they have read there.
thread_follows = Table(
    "thread_follows",
    metadata,
    Column("user_id", String, primary_key=True),
    Column("room_id", String, primary_key=True),
    Column("thread", Integer, primary_key=True),
    Column("read_seq", Integer, nullable=False),
    Column("level", String, nullable=False, server_default="all"),  # what they are told of it: all, mentions, nothing
    Index("thread_follows_by_thread", "room_id", "thread"),
    sqlite_with_rowid=False,
)

bookmarks = Table(
    "bookmarks",
    metadata,
    Column("user_id", String, primary_key=True),
    Column("room_id", String, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("created_at", BigInteger, nullable=False),
    Column("remind_at", BigInteger),
    Column("reminded_at", BigInteger),  # null: they were not told yet
    Index("bookmarks_to_remind_of", "remind_at", **where("remind_at IS NOT NULL AND reminded_at IS NULL")),
    sqlite_with_rowid=False,
)

# Messages that wait for their time.
scheduled_messages = Table(
    "scheduled_messages",
    metadata,
    Column("id", String, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("room_id", ForeignKey("rooms.id"), nullable=False),
    Column("key", String, nullable=False),  # the author's own, which the message has when it is sent
    Column("text", Text, nullable=False),
    Column("thread", Integer),
    Column("also_to_room", Boolean, nullable=False),
    Column("reply_to", Integer),
    Column("due_at", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("failure", Text),  # why it was not sent when its time had come
    UniqueConstraint("user_id", "room_id", "key"),
    Index("scheduled_messages_due", "due_at", **where("failure IS NULL")),
)

# What people uploaded: on its way, whole, or in a message. The bytes are elsewhere, by `content` and `thumbnail`.
files = Table(
    "files",
    metadata,
    Column("id", String, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("key", String),  # the uploader's own: beginning again finds the same upload
    Column("name", Text, nullable=False),
    Column("type", String, nullable=False, server_default=""),  # by its bytes, once they are here
    Column("kind", String, nullable=False, server_default="file"),  # image, video, audio, file
    Column("size", BigInteger, nullable=False),  # as announced, then as it is kept
    Column("width", Integer),
    Column("height", Integer),
    Column("duration", Float),
    Column("is_voice", Boolean, nullable=False),
    Column("digest", String),  # SHA-256 of what is kept
    Column("content", String),  # where the bytes are; several files may have the same
    Column("thumbnail", String),
    Column("created_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),  # null: the bytes are not kept yet
    Column("room_id", String),  # null: in no message
    Column("seq", Integer),
    Index("files_by_user", "user_id", "key", unique=True),
    Index("files_by_digest", "digest", **where("digest IS NOT NULL")),
    Index("files_by_message", "room_id", "seq", **where("room_id IS NOT NULL")),
    Index("files_unsent", "created_at", **where("room_id IS NULL")),
)

# What nothing refers to any more, until it is gone from where files are kept.
file_remains = Table(
    "file_remains",
    metadata,
    Column("address", String, primary_key=True),
    Column("is_upload", Boolean, nullable=False),
)

# How far each of the host app's handlers has come in the log of all events.
followers = Table(
    "followers",
    metadata,
    Column("name", String, primary_key=True),
    Column("last_id", BigInteger, nullable=False),
)

# Browsers that are told of news while no page is open in them, each by the push service of its maker.
push_subscriptions = Table(
    "push_subscriptions",
    metadata,
    Column("id", String, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("credential_id", String, unique=True),  # the login that it ends with; null where a host app signs people in
    Column("endpoint", Text, nullable=False, unique=True),
    Column("p256dh", String, nullable=False),  # the browser's keys, base64url
    Column("auth", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

# What those browsers are still to be told: of each room the newest.
pushes = Table(
    "pushes",
    metadata,
    Column("subscription_id", String, primary_key=True),
    Column("room_id", String, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("due_at", BigInteger, nullable=False, index=True),
    Column("tries", Integer, nullable=False, server_default="0"),
    sqlite_with_rowid=False,
)

# Where people want letters about what they missed.
email_addresses = Table(
    "email_addresses",
    metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("address", String, nullable=False),
    Column("code_hash", LargeBinary, unique=True),  # of the link that shows it to be theirs; null once it was followed
    Column("asked_at", BigInteger, nullable=False),
    Column("verified_at", BigInteger),
    Column("stop_code", String, nullable=False, unique=True),  # in every letter, to have no more of them
    Column("written_at", BigInteger, nullable=False, server_default="0"),  # when the last letter went out
)

# What goes into the next letter to somebody, unless they have read it by then.
missed_messages = Table(
    "missed_messages",
    metadata,
    Column("user_id", String, primary_key=True),
    Column("room_id", String, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# How far it was decided in each room's log who is to be told of what.
notification_places = Table(
    "notification_places",
    metadata,
    Column("room_id", String, primary_key=True),
    Column("seq", Integer, nullable=False),
)

# What search looks through: the words of every message as it stands, a moment behind the log. By the ids of `events`.
search_documents = Table(
    "search_documents",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("room_id", String, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("author_id", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("words", Text, nullable=False),  # as they are compared, with one space between
    Column("has_link", Boolean, nullable=False),
    Column("has_file", Boolean, nullable=False),
    Index("search_documents_by_room", "room_id", "id"),
    Index("search_documents_by_author", "author_id", "id"),
)

# How far each room's log is in there.
search_places = Table(
    "search_places",
    metadata,
    Column("room_id", String, primary_key=True),
    Column("seq", Integer, nullable=False),
)

# The index of the words themselves, which each database has in its own way; both follow the table by themselves.
# The words come with nothing but spaces between them, which is what the ascii tokenizer parts at.
SEARCH_INDEX = {
    "sqlite": [
        "CREATE VIRTUAL TABLE search_words USING fts5(words, content='search_documents', content_rowid='id', tokenize='ascii')",
        # Its parts are put together by `search.store.merge`, a little at a time and 16 of a size at once. By itself SQLite does
        # it in the middle of some commit, hundreds of pages at a time, and four at once, which is twice the work.
        "INSERT INTO search_words (search_words, rank) VALUES ('automerge', 0)",
        "INSERT INTO search_words (search_words, rank) VALUES ('usermerge', 16)",
        "INSERT INTO search_words (search_words, rank) VALUES ('crisismerge', 64)",
        "CREATE TRIGGER search_document_added AFTER INSERT ON search_documents BEGIN "
        "INSERT INTO search_words (rowid, words) VALUES (new.id, new.words); END",
        "CREATE TRIGGER search_document_removed AFTER DELETE ON search_documents BEGIN "
        "INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', old.id, old.words); END",
        "CREATE TRIGGER search_document_changed AFTER UPDATE OF words ON search_documents BEGIN "
        "INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', old.id, old.words); "
        "INSERT INTO search_words (rowid, words) VALUES (new.id, new.words); END",
    ],
    "postgresql": ["CREATE INDEX search_documents_words ON search_documents USING gin (to_tsvector('simple', words))"],
}
for dialect, statements in SEARCH_INDEX.items():
    for statement in statements:
        event.listen(search_documents, "after_create", DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]
