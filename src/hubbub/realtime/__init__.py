"""Live delivery: a quick path in front of the journal, never instead of it."""
