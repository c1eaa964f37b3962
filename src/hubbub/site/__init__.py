"""The site: what those who run a chat decide for all of it, while it runs."""
