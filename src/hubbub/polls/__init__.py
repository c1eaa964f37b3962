"""Polls: messages whose readers choose from a few options."""
