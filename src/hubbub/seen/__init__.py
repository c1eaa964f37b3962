"""Seen: who has read as far as a message."""
