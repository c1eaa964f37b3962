"""Every table, on one page."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text, UniqueConstraint, text

metadata = MetaData()

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
    Column("topic", Text, nullable=False, server_default=""),
    Column("created_at", BigInteger, nullable=False),
    Column("archived_at", BigInteger),
    Column("last_seq", Integer, nullable=False, server_default="0"),
    Column("message_count", Integer, nullable=False, server_default="0"),
)

memberships = Table(
    "memberships",
    metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("room_id", ForeignKey("rooms.id"), primary_key=True),
    Column("role", String, nullable=False),  # owner, admin, member
    Column("read_seq", Integer, nullable=False),
    Column("read_count", Integer, nullable=False),  # the room's message_count at read_seq: unread needs no counting
    Index("memberships_by_room", "room_id", "user_id"),
    sqlite_with_rowid=False,
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
    Column("target", Integer),
    Column("message_count", Integer, nullable=False),  # messages of the room up to here, this one included
    Column("body", LargeBinary, nullable=False),  # the event as it goes over the wire
    UniqueConstraint("room_id", "seq"),
    # The key comes first: clients send time-ordered keys, so inserts stay at the end of this tree too.
    Index("events_by_key", "key", "author_id", "room_id", unique=True, sqlite_where=text("key IS NOT NULL")),
    Index("events_by_target", "room_id", "target", sqlite_where=text("target IS NOT NULL")),
)

edits = Table(
    "edits",
    metadata,
    Column("room_id", String, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("mentions", Text, nullable=False),  # JSON list of user ids
    Column("edited_at", BigInteger, nullable=False),
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

# How far each of the host app's handlers has come in the log of all events.
followers = Table(
    "followers",
    metadata,
    Column("name", String, primary_key=True),
    Column("last_id", BigInteger, nullable=False),
)
