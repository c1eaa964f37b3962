"""The schema versions themselves."""
