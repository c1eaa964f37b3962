"""Threads that people follow: what is new in them."""
