"""Telling people of what happens while they look elsewhere: who is to be told, by web push and by e-mail."""
