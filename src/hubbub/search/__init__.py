"""Search: the words of every message, indexed a moment behind the log, and found by those who may read them."""
