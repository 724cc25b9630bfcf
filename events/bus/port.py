"""The bus: entries of many ledgers to whoever folds them or reacts to them."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive entries of one ledger, as stored, in order and without a gap."""

    ledger: str
    entries: Sequence[bytes]


class Gap(Exception):  # noqa: N818 - it names what was found
    """A ledger misses a sequence: the reader stops there."""


class Bus(Protocol):
    """The port that the journal itself (embedded) and Kafka fill."""

    def follow(self, services: Collection[str], after: Callable[[str], int]) -> AsyncIterator[Batch]:
        """Give every entry of the ledgers of `services`, each ledger from `after(ledger)` on.

        Never ends; waits when there is nothing new. Each ledger is in order and gapless.
        A new ledger is found at once.

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
