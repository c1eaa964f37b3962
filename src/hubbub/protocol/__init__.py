"""The words on the wire: events, signals, frames and codes. Imports nothing else of Hubbub."""
