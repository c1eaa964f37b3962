"""Pins: the messages of a room that everybody is to find again."""
