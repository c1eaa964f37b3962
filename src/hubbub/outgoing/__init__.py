"""Outgoing HTTP: the one way by which Hubbub asks other servers for anything, and what it may reach there."""

from hubbub.outgoing.client import Answer, Outgoing
from hubbub.outgoing.guard import OffLimits, Unreachable

__all__ = ["Answer", "OffLimits", "Outgoing", "Unreachable"]
