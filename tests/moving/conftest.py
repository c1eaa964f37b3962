"""The chat whose data these tests look at."""

from kept_chat import furnished, kept

__all__ = ["furnished", "kept"]
