"""Bookmarks: messages that somebody keeps for themselves."""
