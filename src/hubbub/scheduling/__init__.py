"""Scheduling: messages that are sent at a time that their author chose."""
