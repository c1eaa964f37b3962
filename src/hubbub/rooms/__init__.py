"""Rooms, who is in them, and the one door to them."""
