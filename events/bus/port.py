"""The bus: entries of many ledgers to whoever folds them or reacts to them."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

MOST_ENTRIES = 500
"""The largest batch."""

After = Callable[[str], Awaitable[int]]
"""Tells how far a ledger has been taken, by whoever took it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive entries of one ledger, as stored, in order and without a gap; at most 500.

    `more`: those that follow them are at hand, and come without waiting for anybody. Whoever
    writes what he takes may wait with it until there are no more.
    """

    ledger: str
    entries: Sequence[bytes]
    more: bool = False


class Gap(Exception):  # noqa: N818 - it names what was found
    """A ledger misses a sequence where it is kept: the reader stops there."""


class Position(Protocol):
    """Where a ledger stands."""

    @property
    def sequence(self) -> int:
        """Give the sequence of its last entry."""
        ...


class Source(Protocol):
    """The owners' ledgers, to be read: the truth of which a bus is the messenger."""

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        """Give at most `limit` entries of a ledger above `after`, in order.

        Raises:
            ConnectionError: when the owner cannot be asked now.

        """
        ...

    async def heads(self, prefix: str = "") -> Mapping[str, Position]:
        """Give the position of every ledger whose name begins with `prefix`; raises as `fetch`."""
        ...


class Bus(Protocol):
    """The port that the journal itself (embedded) and Kafka fill."""

    def follow(self, group: str, services: Collection[str], after: After) -> AsyncGenerator[Batch, None]:
        """Give the entries of the ledgers of `services`, each ledger from `after(ledger)` on.

        `group` names those who share the work: on Kafka its members divide the ledgers among
        them, each ledger has one follower at a time, and `after` is awaited again whenever a
        ledger may have been elsewhere. Embedded, every follower gets everything.

        Never ends; waits when there is nothing new. Each ledger is in order and gapless.
        A new ledger is found at once. To ask for the next batch is to say that the one before
        was taken.

        Raises:
            Gap: when a sequence is missing.

        """
        ...

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        """Give at most `limit` entries of a ledger above `after`."""
        ...

    async def heads(self, services: Collection[str]) -> Mapping[str, int]:
        """Give the last sequence of each ledger of `services`."""
        ...
