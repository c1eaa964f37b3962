"""Reactions: an emoji that somebody puts on a message."""
