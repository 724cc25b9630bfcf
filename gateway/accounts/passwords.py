"""Passwords: Argon2id in threads, two at a time, a stranger's as dear as anybody's."""

import asyncio
import base64
import contextlib
import secrets
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gateway.accounts.port import Busy

Answer = TypeVar("Answer")

SHORTEST, LONGEST = 8, 256
# Two cores, and 64 MiB each: a flood of sign-ins must leave room for the house.
AT_ONCE = 2
# About two seconds of work; whoever comes later is told to come again.
WAITING = 32


def acceptable(password: str) -> bool:
    """Tell whether a new password has 8 to 256 characters."""
    return SHORTEST <= len(password) <= LONGEST


class Passwords:
    """Hashes and verifies; to be used on one event loop.

    `hasher` says today's parameters (by default 64 MiB and three passes, RFC 9106, in one lane,
    as two hash at once). What hashes raises `Busy` when 32 are waiting already.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)
        self._nobodys = _nobodys(self._hasher)
        self._room = asyncio.Semaphore(AT_ONCE)
        self._under_way = 0

    async def hash(self, password: str) -> str:
        """Give the hash of `password` in PHC form, salted afresh."""
        return await self._run(lambda: self._hasher.hash(_bytes(password)))

    async def verify(self, known: str | None, password: str) -> bool:
        """Compare `password` with the hash known; None (no such login) takes as long, and fails."""
        against = known or self._nobodys
        return await self._run(lambda: self._matches(against, password)) and known is not None

    def outdated(self, known: str) -> bool:
        """Tell whether `known` was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(known)

    def _matches(self, known: str, password: str) -> bool:
        with contextlib.suppress(VerificationError, InvalidHashError):
            return self._hasher.verify(known, _bytes(password))
        return False

    async def _run(self, work: Callable[[], Answer]) -> Answer:
        if self._under_way >= AT_ONCE + WAITING:
            raise Busy
        self._under_way += 1
        try:
            async with self._room:
                return await asyncio.to_thread(work)
        finally:
            self._under_way -= 1


def _bytes(password: str) -> bytes:
    # A lone surrogate is nobody's password, and no reason to fail; nor is a megabyte of text.
    return password[: LONGEST + 1].encode("utf-8", "surrogatepass")


def _nobodys(hasher: PasswordHasher) -> str:
    """Write a hash with the hasher's parameters that no password has: its bytes are random."""
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, tag = (
        base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v=19${cost}${salt}${tag}"
