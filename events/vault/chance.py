"""Where the vault's chance comes from: the system; in tests one seed, so that two houses draw alike."""

import hmac
import secrets
from collections import Counter
from collections.abc import Callable

Chance = Callable[[int, str], bytes]
"""Gives so many bytes for a purpose."""


def of_the_system(size: int, _purpose: str) -> bytes:
    """Give bytes that nobody can guess."""
    return secrets.token_bytes(size)


class Seeded:
    """The same bytes from the same seed for the n-th draw of a purpose. For tests only."""

    def __init__(self, seed: bytes) -> None:
        self._seed, self._drawn = seed, Counter[str]()

    def __call__(self, size: int, purpose: str) -> bytes:
        """Give at most 32 bytes."""
        self._drawn[purpose] += 1
        return hmac.digest(self._seed, f"{purpose} {self._drawn[purpose]}".encode(), "sha256")[:size]
