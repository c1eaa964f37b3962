"""The Python client: a typed, asynchronous view of a chat that survives lost connections and restarts of the server."""

from hubbub.client.backoff import Timing
from hubbub.client.bookmarks import BookmarkFile, Bookmarks, BookmarkStore
from hubbub.client.client import Client
from hubbub.client.feed import Feed
from hubbub.client.message import Message, OtherEvent, Page, Reset
from hubbub.client.room import Room

__all__ = ["BookmarkFile", "BookmarkStore", "Bookmarks", "Client", "Feed", "Message", "OtherEvent", "Page", "Reset", "Room", "Timing"]
