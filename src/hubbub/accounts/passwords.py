"""Passwords: argon2id, on threads of its own, never on the event loop and never in an endless queue."""

import asyncio
import os
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hubbub.accounts.model import PASSWORD_LENGTHS
from hubbub.errors import Unavailable

T = TypeVar("T")

# OWASP's smaller choice for argon2id: 19 MiB, two rounds, one lane; about 25 ms.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
WAITING_LIMIT = 64
THREADS = min(2, max(1, (os.cpu_count() or 1) // 2))


class Passwords:
    """Hashes and verifies. Over `waiting_limit` jobs under way it refuses with `Unavailable` instead of queueing more."""

    def __init__(self, hasher: PasswordHasher = HASHER, *, waiting_limit: int = WAITING_LIMIT) -> None:
        self._hasher = hasher
        self._places = threading.BoundedSemaphore(waiting_limit)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="hubbub-passwords")
        # The hash of nobody's password, as costly as a real one, so that an unknown name takes as long as a known one.
        self._nobody = f"$argon2id$v=19$m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}$bm9ib2R5J3Mgc2FsdA${'A' * 43}"

    async def hashed(self, password: str) -> str:
        """The hash to keep, with its parameters and salt in it."""
        return await self._on_a_thread(lambda: self._hasher.hash(_normal(password)))

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is the one hashed. Without a hash the answer is no, and takes as long.

        What is longer than any password may be is never hashed, whoever it is for.
        """
        if len(password) > PASSWORD_LENGTHS[1]:
            return False
        is_right = await self._on_a_thread(lambda: self._verify(password, password_hash or self._nobody))
        return is_right and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def close(self) -> None:
        """Let the threads end; nothing that still waits is begun."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _verify(self, password: str, password_hash: str) -> bool:
        try:
            return self._hasher.verify(password_hash, _normal(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _on_a_thread(self, work: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            raise Unavailable("Too many people are signing in at once. Try again in two seconds.", retry_after=2)
        try:
            future: Future[T] = self._threads.submit(work)
        except RuntimeError:
            self._places.release()
            raise Unavailable("The server is stopping. Try again in a moment.", retry_after=2) from None
        # The place is free when the work is done, not when whoever asked for it goes away.
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)


def _normal(password: str) -> bytes:
    # The same password typed on another keyboard may arrive in another normal form.
    return unicodedata.normalize("NFKC", password).encode(errors="surrogatepass")
